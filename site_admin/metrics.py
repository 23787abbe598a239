"""Numbers for Prometheus. What lies in rows is counted when asked; requests are counted by each web process and added up in Redis."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

import redis
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from common.redis import redis_client
from site_admin import queue
from site_admin.heartbeat import workers

logger = logging.getLogger(__name__)

KEY = "cairn:requests"
FLUSH_SECONDS = 5.0


class RequestCounter:
    """Counts in memory and adds to Redis every few seconds: a request pays for no round trip."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._flushed = time.monotonic()

    def count(self, method: str, status: int, seconds: float) -> None:
        with self._lock:
            self._counts[f"number|{method}|{status}"] += 1
            self._counts[f"microseconds|{method}|{status}"] += round(seconds * 1e6)
            is_due = time.monotonic() - self._flushed > FLUSH_SECONDS
        if is_due:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            counts, self._counts, self._flushed = self._counts, Counter(), time.monotonic()
        try:
            with redis_client().pipeline(transaction=False) as pipe:
                for name, number in counts.items():
                    pipe.hincrby(KEY, name, number)
                pipe.execute()
        except redis.RedisError as problem:
            logger.warning("requests_not_counted", extra={"reason": str(problem)})


REQUESTS = RequestCounter()


class CountRequests:
    """Middleware: one count per answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        REQUESTS.count(method or "other", response.status_code, time.perf_counter() - began)
        return response


class SiteCollector:
    """Everything that `/metrics` shows."""

    def collect(self) -> Iterable[Metric]:
        now = queue.look()
        yield GaugeMetricFamily("cairn_queue_waiting", "Submissions, checks and runs that wait for a worker", now.waiting)
        yield GaugeMetricFamily("cairn_queue_running", "Those that a worker holds", now.running)
        yield GaugeMetricFamily("cairn_queue_oldest_seconds", "How long the oldest one has been waiting", now.oldest_waiting_seconds)
        rows = GaugeMetricFamily("cairn_submissions", "All that were ever sent", labels=["kind", "status"])
        for (kind, status), number in sorted(now.by_status.items()):
            rows.add_metric([kind, status], number)
        yield rows
        yield from self._of_redis()

    def _of_redis(self) -> Iterable[Metric]:
        REQUESTS.flush()
        try:
            alive, counted = workers(), redis_client().hgetall(KEY)
        except redis.RedisError:
            yield GaugeMetricFamily("cairn_broker_up", "Whether Redis answers", 0)
            return
        yield GaugeMetricFamily("cairn_broker_up", "Whether Redis answers", 1)
        yield GaugeMetricFamily("cairn_workers", "Workers whose engine grades", sum(not worker.engine_problem for worker in alive))
        number = CounterMetricFamily("cairn_requests", "Answers of the web processes", labels=["method", "status"])
        seconds = CounterMetricFamily("cairn_request_seconds", "Time spent on them", labels=["method", "status"])
        for raw, value in sorted(counted.items()):
            name = raw.decode() if isinstance(raw, bytes) else raw
            what, method, status = name.split("|")
            family, scale = (number, 1.0) if what == "number" else (seconds, 1e-6)
            family.add_metric([method, status], int(value) * scale)
        yield number
        yield seconds


def exposition() -> bytes:
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return generate_latest(registry)
