"""The queue in numbers: for the status page and for Prometheus."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from submissions.models import Status, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`by_status` counts everything that was ever sent, by (kind, status)."""

    waiting: int
    running: int
    oldest_waiting_seconds: float
    by_status: dict[tuple[str, str], int]
    graded_last_hour: int
    failed_last_day: int


def look() -> Queue:
    """Three queries, whatever the number of submissions waiting."""
    now = timezone.now()
    counted = Submission.objects.values_list("kind", "status").annotate(number=Count("pk")).order_by()
    by_status = {(kind, status): number for kind, status, number in counted}
    oldest = Submission.objects.filter(status=Status.QUEUED).aggregate(at=Min("created_at"))["at"]
    recent = dict(
        Submission.objects.filter(graded_at__gte=now - timedelta(days=1), status=Status.FAILED).values_list("status").annotate(Count("pk"))
    )
    return Queue(
        waiting=sum(number for (_, status), number in by_status.items() if status == Status.QUEUED),
        running=sum(number for (_, status), number in by_status.items() if status == Status.RUNNING),
        oldest_waiting_seconds=(now - oldest).total_seconds() if oldest else 0.0,
        by_status=by_status,
        graded_last_hour=Submission.objects.filter(graded_at__gte=now - timedelta(hours=1), status=Status.GRADED).count(),
        failed_last_day=recent.get(Status.FAILED, 0),
    )
