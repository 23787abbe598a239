"""How the grading workers tell the rest of the site that they are there: a key in Redis that lives a little longer than the beat.

Web may run on another machine than the workers and their engines, so this is also how a page knows what an engine can do.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings

from common.redis import redis_client
from site_admin import engine

logger = logging.getLogger(__name__)

PREFIX = "cairn:worker:"
LIVES_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One grading worker as it last described itself. `engine` is the answer of its engine's health call, or `{"problem": sentence}`."""

    name: str
    slots: int
    started: float
    seen: float
    engine: dict[str, Any]

    @property
    def engine_problem(self) -> str:
        """Empty when its engine grades."""
        return engine.problem_of(self.engine)

    @property
    def tier(self) -> str:
        return engine.tier_of(self.engine)

    @property
    def seconds_ago(self) -> float:
        return max(0.0, time.time() - self.seen)


def beat(started: float) -> None:
    """Say once that this worker is here, and how its engine is."""
    name = f"{socket.gethostname()}-{os.getpid()}"
    told = {
        "name": name,
        "slots": settings.CELERY_WORKER_CONCURRENCY,
        "started": started,
        "seen": time.time(),
        "engine": engine.health_here(),
    }
    redis_client().set(PREFIX + name, json.dumps(told), ex=LIVES_SECONDS)


def start_beating() -> threading.Event:
    """Beat in a thread for as long as the process lives; setting the event ends it."""
    stop, started = threading.Event(), time.time()

    def run() -> None:
        while not stop.is_set():
            try:
                beat(started)
            except redis.RedisError as problem:
                logger.warning("heartbeat_not_sent", extra={"reason": str(problem)})
            stop.wait(settings.HEARTBEAT_SECONDS)

    threading.Thread(target=run, name="site-heartbeat", daemon=True).start()
    return stop


def workers() -> list[Worker]:
    """Those that beat within the last twenty seconds, by name. Raises redis.RedisError when Redis does not answer."""
    client = redis_client()
    keys = sorted(client.scan_iter(match=f"{PREFIX}*", count=200))
    found = []
    for raw in client.mget(keys) if keys else []:
        if raw:
            told = json.loads(raw)
            found.append(Worker(**{name: told[name] for name in ("name", "slots", "started", "seen", "engine")}))
    return found
