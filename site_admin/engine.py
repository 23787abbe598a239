"""What the engine says about itself, in sentences."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from grading.client import EngineClient
from grading.job import Job
from grading.notebook import Cell
from grading.sandbox.layers import MANDATORY, OPTIONAL
from site_admin.finding import Finding

_START = "Start it: `make run`, or `python manage.py engine`. Without it nothing is graded on this machine."
_MEND_LAYER = "This kernel or container withholds it; docs/operations.md says what each layer needs."


def health_here() -> dict[str, Any]:
    """The engine's own answer, or `{"problem": sentence}` where none comes."""
    try:
        return EngineClient(settings.ENGINE_SOCKET).health()
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with the engine is the finding
        return {"problem": str(problem) or type(problem).__name__}


def problem_of(health: dict[str, Any]) -> str:
    """Why this engine does not grade; empty when it does."""
    if "problem" in health:
        return str(health["problem"])
    main = health.get("runtimes", {}).get("ml", {})
    if missing := main.get("missing"):
        return "it refuses: " + ", ".join(f"{part['layer']} ({part['why']})" for part in missing)
    return "" if main.get("ready") else "it is warming up; this takes some seconds"


def tier_of(health: dict[str, Any]) -> str:
    return str(health.get("runtimes", {}).get("ml", {}).get("tier", ""))


def findings(*, prove: bool) -> Iterator[Finding]:
    """The engine of this machine, PyTorch, and one line for each layer around learners' code. `prove` runs a cell first."""
    health = health_here()
    if problem := problem_of(health):
        yield Finding(part="engine", ok=False, said=problem, mend=_START)
        yield from (_layer(part["layer"], part["why"]) for part in _missing(health))
        return
    said = f"answers, tier {tier_of(health)}"
    if prove or not health["runtimes"]["ml"].get("layers"):
        try:
            said += f", ran a cell in {_ran_a_cell():.2f} s"
        except Exception as fault:  # noqa: BLE001 - as above
            yield Finding(part="engine", ok=False, said=f"{said}, but could not run a cell: {fault}", mend="Read var/log/engine.log.")
            return
        health = health_here()
    yield Finding(part="engine", ok=True, said=said)
    yield _torch(health)
    yield from _layers(health)


def _ran_a_cell() -> float:
    began = time.monotonic()
    report = EngineClient(settings.ENGINE_SOCKET).run(Job(kind="execute", cells=(Cell(index=0, kind="code", source="1 + 1"),)))
    if report.status == "failed" or any(cell.status != "ok" for cell in report.cells):
        raise RuntimeError(f"it answered {report.status}")
    return time.monotonic() - began


def _missing(health: dict[str, Any]) -> list[dict[str, str]]:
    return list(health.get("runtimes", {}).get("ml", {}).get("missing") or [])


def _layer(name: str, why: str) -> Finding:
    return Finding(part=f"sandbox: {name}", ok=False, said=why, mend=_MEND_LAYER)


def _torch(health: dict[str, Any]) -> Finding:
    torch = health.get("runtimes", {}).get("torch", {})
    if torch.get("ready"):
        return Finding(part="PyTorch", ok=True, said=f"ready{', ' + str(torch['torch']) if torch.get('torch') else ''}")
    return Finding(
        part="PyTorch", ok=True, said="not ready yet or not installed; only its own lessons wait for it (`make env` installs it)"
    )


def _layers(health: dict[str, Any]) -> Iterator[Finding]:
    """What the last child reported to be on. A mandatory layer that is off cannot be here: the engine would have refused."""
    main = health.get("runtimes", {}).get("ml", {})
    on = dict(main.get("layers") or {})
    for name in MANDATORY:
        if name in on:
            yield Finding(part=f"sandbox: {name}", ok=True, said=str(on[name]))
        else:
            yield _layer(name, "off")
    for name in OPTIONAL:
        off = f"off, not mandatory: {main.get('why_not') or 'not needed for this user'}"
        yield Finding(part=f"sandbox: {name}", ok=True, said=str(on.get(name) or off))
