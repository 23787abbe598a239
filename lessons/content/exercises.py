"""Reads an exercise's folder: `exercise.yaml`, `exercise.py`, `checks.py`, `mistakes/`, `data/`."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast

from grading.exercise import ExercisePackage, Runtime, TaskSpec
from grading.limits import Limits
from lessons.content.checks_source import read_checks
from lessons.content.fields import Fields, read_fields
from lessons.content.findings import Findings, Source
from lessons.content.model import ExerciseFile, Mistake
from lessons.content.notebooks import read_exercise_source
from lessons.content.page import render_text
from lessons.content.places import Places

PASS_MARK_SHARE = 0.7
VISIBLE_SHARE = 0.3
HARD_CODED = "hardcoded"
_HEADER = re.compile(r"#\s*(caught_by|message):\s*(.*\S)\s*")


def read_exercise(folder: Path, places: Places, findings: Findings) -> ExerciseFile:
    """Read everything of one exercise; its slug is the folder's name."""
    settings = Source.read(folder / "exercise.yaml", places.root, findings)
    notebook = Source.read(folder / "exercise.py", places.root, findings)
    checks = Source.read(folder / "checks.py", places.root, findings)
    head = read_fields(settings)
    truth = _truth(head, places)
    files = {path.name: path.read_bytes() for path in sorted((folder / "data").glob("*")) if path.is_file()}
    starter, reference = read_exercise_source(notebook)
    specs, check_lines = read_checks(checks)
    tasks, hints = _tasks(head, settings)
    mistakes = [_mistake(path, places, findings) for path in sorted((folder / "mistakes").glob("*.py"))]
    hard_coded = next((mistake.code for mistake in mistakes if mistake.name == HARD_CODED), None)
    made = ExerciseFile(
        path=settings.name,
        folder=folder,
        uuid=head.uuid(),
        slug=folder.name,
        title=head.text("title", longest=120),
        version=_version([settings, notebook, checks], truth, files),
        runtime=cast("Runtime", head.choice("runtime", ("ml", "torch"), "ml")),
        pass_mark_share=head.number("pass_mark_share", PASS_MARK_SHARE),
        visible_share=head.number("visible_share", VISIBLE_SHARE),
        tasks=tasks,
        checks=specs,
        check_lines=check_lines,
        checks_source=checks.text,
        hints=hints,
        truth=truth,
        files={name: base64.b64encode(content).decode() for name, content in files.items()},
        limits=_limits(head),
        starter=starter,
        reference=reference,
        mistakes=tuple(mistake for mistake in mistakes if mistake.name != HARD_CODED),
        hard_coded=hard_coded,
    )
    head.done()
    return made


def package_of(exercise: ExerciseFile) -> ExercisePackage:
    """What grading takes."""
    return ExercisePackage(
        slug=exercise.slug,
        version=exercise.version,
        title=exercise.title,
        runtime=exercise.runtime,
        pass_mark=round(exercise.max_score * exercise.pass_mark_share, 6),
        tasks=exercise.tasks,
        checks=exercise.checks,
        checks_source=exercise.checks_source,
        truth=exercise.truth,
        files=exercise.files,
        limits=exercise.limits,
    )


def _tasks(head: Fields, source: Source) -> tuple[tuple[TaskSpec, ...], dict[str, list[str]]]:
    tasks: list[TaskSpec] = []
    hints: dict[str, list[str]] = {}
    for entry in head.mappings("tasks", least=1):
        task = TaskSpec(
            id=entry.text("id"),
            title=entry.text("title", longest=120),
            max_score=entry.number("points"),
            defines=entry.texts("defines", least=1),
            signature=entry.text("signature", ""),
        )
        line = entry.line_of("hints")
        hints[task.id] = [render_text(source, hint, line) for hint in entry.texts("hints")]
        entry.done()
        tasks.append(task)
    return tuple(tasks), hints


def _truth(head: Fields, places: Places) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in head.texts("truth"):
        path = places.code / (name.replace(".", "/") + ".py")
        if not re.fullmatch(r"coursekit_truth(\.\w+)+", name) or not path.is_file():
            head.report("truth", "truth-unknown", f"`{name}` is no module of coursekit_truth.")
            continue
        found[name] = path.read_text(encoding="utf-8")
    return found


def _limits(head: Fields) -> dict[str, float]:
    limits = head.numbers("limits")
    known = {field.name for field in fields(Limits)}
    for name in limits.keys() - known:
        head.report("limits", "limit-unknown", f"`{name}` is not a limit. Known: {', '.join(sorted(known))}.")
    return limits


def _version(sources: list[Source], truth: dict[str, str], files: dict[str, bytes]) -> str:
    """First 12 hex digits of the SHA-256 over all that decides a grade. Known mistakes do not."""
    parts = [(source.path.name, source.text.encode()) for source in sources]
    parts += [(name, text.encode()) for name, text in truth.items()] + list(files.items())
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


@dataclass(slots=True)
class _Header:
    caught_by: str = ""
    message: str = ""


def _mistake(path: Path, places: Places, findings: Findings) -> Mistake:
    source = Source.read(path, places.root, findings)
    header = _Header()
    for line in source.text.split("\n"):
        if match := _HEADER.fullmatch(line.strip()):
            setattr(header, match[1], match[2])
        elif not line.startswith("#"):
            break
    if path.stem != HARD_CODED and not (header.caught_by and header.message):
        source.report(1, "mistake-header", "Begin with `# caught_by: CHECK` and `# message: WORDS THE LEARNER READS`.")
    return Mistake(path=source.name, name=path.stem, caught_by=header.caught_by, message=header.message, code=source.text)
