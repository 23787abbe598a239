"""The API in which authors write checks: `from grading.checks import check, close, equal`. Shown by example in docs/checks.md."""

from grading.checks.compare import close, equal, frame_equal, series_equal, unchanged
from grading.checks.failures import CheckFailed, LearnerError, LessonFault, NotJudged, fail
from grading.checks.properties import (
    at_least,
    at_most,
    describe,
    faster_than,
    function,
    generator,
    keeps_input,
    raises,
    returns,
    same_seed_same_result,
    skill,
)
from grading.checks.proxy import Handle, LearnerNotebook
from grading.checks.registry import Check, check
from grading.checks.source import avoids, calls, signature_is, uses_no_loop

__all__ = [
    "Check",
    "CheckFailed",
    "Handle",
    "LearnerError",
    "LearnerNotebook",
    "LessonFault",
    "NotJudged",
    "at_least",
    "at_most",
    "avoids",
    "calls",
    "check",
    "close",
    "describe",
    "equal",
    "fail",
    "faster_than",
    "frame_equal",
    "function",
    "generator",
    "keeps_input",
    "raises",
    "returns",
    "same_seed_same_result",
    "series_equal",
    "signature_is",
    "skill",
    "unchanged",
    "uses_no_loop",
]
