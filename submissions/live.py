"""Held status requests: one Redis subscription per process wakes everybody who waits for news of a submission.

A thread per waiting browser would cost nothing, a subscription per waiting browser would; so one thread listens and hands on.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import redis
from django.conf import settings

from submissions.services.news import CHANNEL

logger = logging.getLogger(__name__)

News = dict[str, Any]
RECONNECT_SECONDS = 1.0
SUBSCRIBE_SECONDS = 2.0


class Ear:
    """What one waiting request hears: news of its submission, from the moment it began to listen."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[News] = SimpleQueue()

    def hear(self, news: News) -> None:
        self._queue.put(news)

    def wait(self, seconds: float) -> News | None:
        """The next news, or None after so many seconds. An empty dict means: the line was cut, read the row again."""
        try:
            return self._queue.get(timeout=max(0.0, seconds))
        except Empty:
            return None


class NewsDesk:
    """The subscription of this process, started by the first who listens; after a fork the child starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ears: dict[str, set[Ear]] = defaultdict(set)
        self._pid = 0
        self._is_subscribed = threading.Event()

    @contextmanager
    def listening(self, public_id: object) -> Iterator[Ear]:
        """Listen to one submission. Read its row inside: what happens after that is heard, what happened before is in the row."""
        ear, key = Ear(), str(public_id)
        with self._lock:
            self._start()
            self._ears[key].add(ear)
        self._is_subscribed.wait(SUBSCRIBE_SECONDS)
        try:
            yield ear
        finally:
            with self._lock:
                self._ears[key].discard(ear)
                if not self._ears[key]:
                    del self._ears[key]

    def _start(self) -> None:
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._ears.clear()
        self._is_subscribed = threading.Event()
        threading.Thread(target=self._listen_for_ever, name="news", daemon=True).start()

    def _listen_for_ever(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                logger.warning("news cut", extra={"error": str(error)})
            self._is_subscribed.clear()
            self._hand_on(None, {})  # those who wait read the row instead of waiting in vain
            pause.wait(RECONNECT_SECONDS)

    def _listen(self) -> None:
        with redis.Redis.from_url(settings.REDIS_URL, health_check_interval=15).pubsub() as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(CHANNEL)
            for message in subscription.listen():
                if message["type"] == "subscribe":
                    self._is_subscribed.set()
                elif message["type"] == "message":
                    self._read(message["data"])

    def _read(self, raw: bytes) -> None:
        try:
            news = json.loads(raw)
            self._hand_on(str(news["id"]), news)
        except (ValueError, KeyError, TypeError):
            logger.warning("news unreadable", extra={"bytes": len(raw)})

    def _hand_on(self, public_id: str | None, news: News) -> None:
        with self._lock:
            keys = list(self._ears) if public_id is None else [public_id]
            for key in keys:
                for ear in self._ears.get(key, ()):
                    ear.hear(news)


desk = NewsDesk()
listening = desk.listening


def wait_for_news(public_id: object, seconds: float) -> News | None:
    """Wait for the next news of a submission; None after so many seconds without any."""
    with listening(public_id) as ear:
        return ear.wait(seconds)
