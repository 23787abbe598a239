"""News of a submission for whoever waits: told over Redis, heard by `submissions.live`. The row stays the truth; news may be lost."""

from __future__ import annotations

import json
import logging
from typing import Any

import redis

from common.redis import redis_client

logger = logging.getLogger(__name__)

CHANNEL = "cairn:news"


def publish(public_id: object, news: dict[str, Any]) -> None:
    """Tell that something changed. A Redis that does not answer delays the page, and nothing else."""
    try:
        redis_client().publish(CHANNEL, json.dumps({"id": str(public_id), **news}))
    except redis.RedisError as problem:
        logger.warning("news_not_published", extra={"reason": type(problem).__name__})
