"""What a result says first: the outcome in words, then what is left and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grading.report import Reason, Verdict
from lessons.models import ExerciseVersion
from submissions.models import Status, Submission
from submissions.pages.checks import CheckRow

MASTERY = 0.9
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`tone` is ok, warn or bad; `chip` two words, `headline` one line, `lead` one or two sentences."""

    tone: str
    chip: str
    headline: str
    lead: str


def count(number: int, noun: str) -> str:
    """`two checks`, `one check`, `14 checks`."""
    return f"{in_words(number)} {noun if number == 1 else noun + 's'}"


def in_words(number: int) -> str:
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def points(value: float) -> str:
    return f"{value:g} point" if value == 1 else f"{value:g} points"


def outcome_of(submission: Submission, version: ExerciseVersion, rows: Sequence[CheckRow]) -> Outcome:
    if submission.status == Status.INVALID:
        return Outcome(tone="bad", chip="Not graded", headline="This notebook could not be read", lead=_sentence(submission))
    if submission.status == Status.FAILED:
        return _our_fault(submission)
    to_fix = [row for row in rows if row.needs_work]
    if submission.passed:
        return _passed(submission, version, to_fix)
    return _not_passed(submission, version, rows, to_fix)


def _sentence(submission: Submission) -> str:
    return str((submission.report or {}).get("sentence", ""))


def _our_fault(submission: Submission) -> Outcome:
    if submission.verdict == Verdict.LESSON_ERROR:
        lead = "A check of ours broke. This try does not count, the author has been told, and your notebook is saved."
        return Outcome(tone="warn", chip="Our fault", headline="We could not grade this, because our check broke", lead=lead)
    lead = "Your notebook is safe and this try does not count. Submit it again in a minute; if it stays, report it below."
    return Outcome(tone="warn", chip="Our fault", headline="We could not grade this; it is our fault", lead=lead)


def _passed(submission: Submission, version: ExerciseVersion, to_fix: list[CheckRow]) -> Outcome:
    if not to_fix:
        lead = f"All {points(version.max_score)}. The checks you could not see used data made for this notebook, and it held there too."
        return Outcome(tone="ok", chip="Passed", headline="Everything holds, on unseen data too", lead=lead)
    is_one = len(to_fix) == 1
    left = sum(row.max_points - row.points for row in to_fix)
    lead = f"{count(len(to_fix), 'check').capitalize()} {'is' if is_one else 'are'} still open, worth {points(left)}."
    mastery = MASTERY * version.max_score
    if (submission.score or 0) < mastery:
        lead += f" Mastering it takes {mastery:g}."
    return Outcome(tone="ok", chip="Passed", headline=f"Passed, with {count(len(to_fix), 'check')} to go", lead=lead)


def _not_passed(submission: Submission, version: ExerciseVersion, rows: Sequence[CheckRow], to_fix: list[CheckRow]) -> Outcome:
    score = submission.score or 0
    lead = f"Passing takes {version.pass_mark:g} of {version.max_score:g} points: {points(version.pass_mark - score)} more."
    if to_fix:
        first = max(to_fix, key=lambda row: row.max_points - row.points)
        lead += f" “{first.title}” alone is worth {first.max_points - first.points:g}."
    if submission.verdict == Verdict.LEARNER_ERROR:
        return Outcome(tone="bad", chip="Not yet", headline=_stopped(submission), lead=lead)
    held = len(rows) - len(to_fix)
    verb = "holds" if held == 1 else "hold"
    headline = f"{in_words(held).capitalize()} of {in_words(len(rows))} checks {verb}" if held else "No check holds yet"
    return Outcome(tone="bad", chip="Not yet", headline=headline, lead=lead)


_STOPPED = {
    Reason.TIME: "Your code ran longer than the limit",
    Reason.MEMORY: "Your code needed more memory than the limit",
    Reason.EXIT: "Your code ended Python before it was checked",
    Reason.CRASH: "Python crashed while it ran your code",
    Reason.OUTPUT: "Your code printed more than the limit",
    Reason.FORBIDDEN: "Your code asked for something that is closed here",
}


def _stopped(submission: Submission) -> str:
    if submission.reason in set(_STOPPED):
        return _STOPPED[Reason(submission.reason)]
    broken = [cell["index"] + 1 for cell in (submission.report or {}).get("cells", []) if cell.get("error")]
    return f"Cell {broken[0]} stopped with an error" if broken else "An error kept some checks from being judged"
