"""How often something may happen: a sliding window a key, kept in Redis and shared by all web processes."""

import hashlib
import math
import secrets
import time

from common.redis import redis_client

_PREFIX = "cairn-rate:"


def seconds_to_wait(key: str, *, limit: int, window: int) -> int:
    """0 while `key` has happened fewer than `limit` times in the last `window` seconds, else whole seconds until it may again."""
    name, now = _name(key), time.time()
    with redis_client().pipeline() as commands:
        commands.zremrangebyscore(name, "-inf", now - window)
        commands.zcard(name)
        commands.zrange(name, -limit, -limit, withscores=True)
        _, happened, oldest_that_counts = commands.execute()
    if happened < limit:
        return 0
    return max(1, math.ceil(float(oldest_that_counts[0][1]) + window - now))


def count(key: str, *, window: int) -> None:
    """Note that it happened now."""
    name, now = _name(key), time.time()
    with redis_client().pipeline() as commands:
        commands.zadd(name, {f"{now}-{secrets.token_hex(4)}": now})
        commands.expire(name, window)
        commands.execute()


def forget(key: str) -> None:
    redis_client().delete(_name(key))


def _name(key: str) -> str:
    """Keys may hold e-mail addresses: only their hash is stored."""
    return _PREFIX + hashlib.sha256(key.encode()).hexdigest()
