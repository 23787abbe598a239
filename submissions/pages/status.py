"""Where a submission stands, in one sentence and as data for the page that waits for it."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.urls import reverse

from submissions.models import Kind, Status, Submission
from submissions.selectors import queue_position

TOKEN_SECONDS = 2 * 3600
_SALT = "submissions.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the timeline; `state` is done, now or wait."""

    title: str
    detail: str = ""
    state: str = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One moment on the way to the verdict. `mark` changes whenever anything shown has changed."""

    kind: str
    status: str
    place: int | None = None
    stage: str = ""
    cell: int | None = None
    of: int | None = None

    @property
    def is_final(self) -> bool:
        return self.status not in {Status.QUEUED, Status.RUNNING}

    @property
    def mark(self) -> str:
        return f"{self.status}.{self.place or ''}.{self.stage}.{self.cell or ''}"

    @property
    def sentence(self) -> str:
        if self.status == Status.QUEUED:
            return f"In the queue, place {self.place}." if self.place else "In the queue."
        if self.status == Status.RUNNING:
            return self._running()
        return _final_sentence(self.kind, self.status)

    def _running(self) -> str:
        if self.stage == "checking":
            return "Checking."
        return f"Running cell {self.cell} of {self.of}." if self.cell and self.of else "Starting Python."

    @property
    def steps(self) -> list[Step]:
        """Queued, running, checking, graded, as far as it has come."""
        is_queued, is_checking = self.status == Status.QUEUED, self.stage == "checking"
        ran = f"Cell {self.cell} of {self.of}" if self.cell and self.of else ""
        queue_detail = f"Place {self.place}" if self.place else "Waiting for a free place"
        return [
            Step(title="Queued", detail=queue_detail if is_queued else "", state="now" if is_queued else "done"),
            Step(
                title="Running your cells",
                detail=ran if self.status == Status.RUNNING and not is_checking else "",
                state="wait" if is_queued else "done" if is_checking else "now",
            ),
            Step(title="Checking", state="now" if is_checking else "wait"),
            Step(title="Graded"),
        ]

    def to_json(self) -> dict[str, Any]:
        steps = [asdict(step) for step in self.steps]
        return {**asdict(self), "is_final": self.is_final, "mark": self.mark, "sentence": self.sentence, "steps": steps}


def _final_sentence(kind: str, status: str) -> str:
    if status == Status.FAILED:
        return "We could not grade this; it is our fault. Your notebook is safe, and this try does not count."
    if status == Status.INVALID:
        return "This notebook could not be graded."
    return {Kind.RUN.value: "The cells have run.", Kind.CHECK.value: "Checked."}.get(kind, "Graded.")


def standing_of(submission: Submission, news: dict[str, Any] | None = None) -> Standing:
    """Where the row says it is; `news` of the same submission, heard since, is fresher about the cell that runs."""
    status, stage = submission.status, dict(submission.stage or {})
    if status == Status.RUNNING and news and isinstance(news.get("stage"), dict):
        stage = {**stage, **news["stage"]}
    is_running = status == Status.RUNNING
    return Standing(
        kind=submission.kind,
        status=status,
        place=queue_position(submission) if status == Status.QUEUED else None,
        stage=str(stage.get("name", "")) if is_running else "",
        cell=_whole(stage.get("cell")) if is_running else None,
        of=_whole(stage.get("of")) if is_running else None,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def status_url(public_id: uuid.UUID) -> str:
    """An address that says by itself which submission may be asked for: asking again costs no session and no permission query."""
    token = signing.dumps(public_id.hex, salt=_SALT)
    return f"{reverse('submissions:status', args=[public_id])}?token={token}"


def token_allows(public_id: uuid.UUID, token: str) -> bool:
    try:
        return bool(signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS) == public_id.hex)
    except signing.BadSignature:
        return False


def next_ask(standing: Standing, seconds_each: float = 2.0) -> float:
    """Seconds until asking again is worth it, for those further back in the queue: a fifth of the wait, between 0.5 and 5."""
    if standing.status != Status.QUEUED:
        return 0.5
    return min(5.0, max(0.5, (standing.place or 1) * seconds_each / 5))
