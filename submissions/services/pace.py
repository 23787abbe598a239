"""How many and how often: limits that protect everybody's waiting time, and a pause for code that was tried before."""

from __future__ import annotations

import datetime as dt
import math

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from common.errors import TooMany
from grading.limits import SUBMISSIONS_A_MINUTE, WAITING_SUBMISSIONS
from submissions.models import Kind, Status, Submission

REPEATS_FREE = 3  # so many tries that did not pass may have the very same code
PAUSES = (30, 60, 120, 300)  # seconds before the next one, and the one after that, and so on


class TooManyWaiting(TooMany):
    code = "too_many_waiting"


class TooOften(TooMany):
    code = "too_often"


class SameCodeAgain(TooMany):
    code = "same_code_again"


def must_not_flood(learner: User, kind: Kind) -> None:
    """Submissions are counted apart from runs and checks: a queue of the one does not stop the other."""
    mine = Submission.objects.filter(learner=learner)
    alike: QuerySet[Submission] = mine.filter(kind=kind) if kind is Kind.SUBMIT else mine.exclude(kind=Kind.SUBMIT)
    if alike.filter(status__in=[Status.QUEUED, Status.RUNNING]).count() >= WAITING_SUBMISSIONS:
        detail = f"{WAITING_SUBMISSIONS} of your notebooks are still waiting. Nothing is lost: try again when one of them is done."
        raise TooManyWaiting(detail, retry_after=5)
    now = timezone.now()
    recent = alike.filter(created_at__gt=now - dt.timedelta(minutes=1)).order_by("-created_at").values_list("created_at", flat=True)
    times = list(recent[:SUBMISSIONS_A_MINUTE])
    if len(times) >= SUBMISSIONS_A_MINUTE:
        wait = _seconds_until(times[-1] + dt.timedelta(minutes=1), now)
        raise TooOften(f"You sent {SUBMISSIONS_A_MINUTE} notebooks in a minute, the limit here. Try again in {wait} s.", retry_after=wait)


def must_not_repeat(submission: Submission) -> None:
    """Pace only code that did not pass three times already: reading the feedback helps more than another try of the same."""
    tries = Submission.objects.filter(
        learner=submission.learner_id,
        exercise=submission.exercise_id,
        exercise_version=submission.exercise_version_id,
        kind=Kind.SUBMIT,
        code_hash=submission.code_hash,
        status=Status.GRADED,
        passed=False,
    )
    times = list(tries.order_by("-graded_at").values_list("graded_at", flat=True)[: REPEATS_FREE + len(PAUSES)])
    if len(times) < REPEATS_FREE or times[0] is None:
        return
    now = timezone.now()
    pause = PAUSES[min(len(times) - REPEATS_FREE, len(PAUSES) - 1)]
    wait = _seconds_until(times[0] + dt.timedelta(seconds=pause), now)
    if wait > 0:
        detail = (
            f"This very code was graded {len(times)} times and did not pass; the same code gets the same grade. Change it,"
            f" or try again in {wait} s."
        )
        raise SameCodeAgain(detail, retry_after=wait)


def _seconds_until(moment: dt.datetime, now: dt.datetime) -> int:
    return max(0, math.ceil((moment - now).total_seconds()))
