"""Where a grading is, told while it runs: on the row for whoever loads the page, as news for whoever waits."""

from __future__ import annotations

import time
import uuid
from typing import Any

from submissions.models import Status, Submission
from submissions.services.news import publish

WRITE_SECONDS = 0.5  # the row is written at most so often: a hundred quick cells are not a hundred writes


class StageTeller:
    """Hears the engine's events of one grading."""

    def __init__(self, submission: Submission, claim: uuid.UUID) -> None:
        self._submission = submission
        self._claim = claim
        self._written_at = float("-inf")

    def hear(self, event: dict[str, Any]) -> None:
        stage = _stage_of(event)
        if stage is None:
            return
        now = time.monotonic()
        if now - self._written_at >= WRITE_SECONDS or stage["name"] != "running":
            self._written_at = now
            Submission.objects.filter(pk=self._submission.pk, claim=self._claim).update(stage=stage)
        publish(self._submission.public_id, {"status": Status.RUNNING.value, "stage": stage})


def _stage_of(event: dict[str, Any]) -> dict[str, Any] | None:
    match event["event"]:
        case "cell":
            return {"name": "running", "cell": event["number"], "of": event["of"]}
        case "checking":
            return {"name": "checking"}
        case _:
            return None
