"""The checks of an exercise as the panel and the result show them, with what the last try came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lessons.models import ExerciseVersion
from submissions.models import Status, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check. `state` is pass, fail or wait; `message` says what the learner's code gave and what was expected."""

    id: str
    title: str
    max_points: float
    state: str = "wait"
    points: float = 0.0
    message: str = ""
    is_hidden: bool = False
    is_judged: bool = True
    task: str = ""

    @property
    def needs_work(self) -> bool:
        return self.state == "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckList:
    """The visible checks with their last outcome, and how many hidden ones wait for Submit."""

    rows: tuple[CheckRow, ...]
    hidden_count: int
    hidden_points: float
    ran_at: datetime | None = None
    sentence: str = ""

    @property
    def passed(self) -> int:
        return sum(row.state == "pass" for row in self.rows)

    @property
    def has_run(self) -> bool:
        return any(row.state != "wait" for row in self.rows)

    @property
    def share(self) -> int:
        return int(100 * self.passed / len(self.rows)) if self.rows else 0

    def to_json(self) -> dict[str, Any]:
        rows = [asdict(row) for row in self.rows]
        return {"rows": rows, "passed": self.passed, "total": len(self.rows), "share": self.share, "sentence": self.sentence}


def check_list(version: ExerciseVersion, checked: Submission | None) -> CheckList:
    """The panel's list; `checked` is the newest finished check or submission of this version, if there is one."""
    specs = version.package["checks"]
    outcomes = {check["id"]: check for check in _checks_of(checked)} if checked else {}
    visible = tuple(_row(spec, outcomes.get(spec["id"])) for spec in specs if spec["visible"])
    hidden = [spec for spec in specs if not spec["visible"]]
    return CheckList(
        rows=visible,
        hidden_count=len(hidden),
        hidden_points=sum(spec["points"] for spec in hidden),
        ran_at=checked.graded_at if checked else None,
        sentence=_beside_the_rows(checked, visible) if checked else "",
    )


def _beside_the_rows(checked: Submission, rows: tuple[CheckRow, ...]) -> str:
    """The report's sentence where it says something that no row says already: a limit, an exit, an error before the checks."""
    sentence = str((checked.report or {}).get("sentence", ""))
    is_said = all(row.state == "pass" for row in rows) or any(row.message and row.message in sentence for row in rows)
    return "" if is_said else sentence


def _checks_of(submission: Submission) -> Iterable[dict[str, Any]]:
    return (check for task in (submission.report or {}).get("tasks", []) for check in task["checks"])


def _row(spec: dict[str, Any], outcome: dict[str, Any] | None) -> CheckRow:
    row = CheckRow(
        id=spec["id"], title=spec["title"], max_points=spec["points"], is_hidden=not spec["visible"], task=str(spec.get("task", ""))
    )
    return row if outcome is None else outcome_row(outcome, task=row.task)


def outcome_row(outcome: dict[str, Any], *, task: str = "") -> CheckRow:
    """One check of a report."""
    return CheckRow(
        id=outcome["id"],
        title=outcome["title"],
        max_points=outcome["max_points"],
        points=outcome["points"],
        state="pass" if outcome["passed"] else "fail",
        message=outcome["message"],
        is_hidden=not outcome["visible"],
        is_judged=outcome.get("judged", True),
        task=task,
    )


def rows_of(submission: Submission) -> list[CheckRow]:
    """All checks of a graded submission, failing ones first, each group in the exercise's order."""
    if submission.status != Status.GRADED:
        return []
    rows = [outcome_row(check, task=task["id"]) for task in (submission.report or {}).get("tasks", []) for check in task["checks"]]
    return sorted(rows, key=lambda row: row.state == "pass")
