"""One Redis client a process: rate limits and live news. Jobs go through Celery, cached pages through Django's cache."""

from functools import cache

import redis
from django.conf import settings


@cache
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_connect_timeout=2, health_check_interval=30)


def redis_client() -> "redis.Redis":
    """Thread-safe, with a pool of connections; answers are bytes."""
    return _client(settings.REDIS_URL)
