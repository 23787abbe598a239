"""The whole site for a browser: live server, a Celery worker in a process of its own as on a real machine, and the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.running_site import until

# Playwright runs an event loop in the test's thread; Django sees it and refuses the ORM there, though nothing is async here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("-m", "celery", "-A", "config.celery", "worker", "-P", "threads", "--without-gossip", "--without-mingle", "--loglevel", "WARNING")


@pytest.fixture(scope="module")  # no longer: its heartbeat would be seen by tests of a site without workers
def grading_worker(django_db_setup, engine_socket) -> Iterator[None]:
    """A real worker on the tests' Redis and their database. Tests that use it commit for real (`live_server` makes them)."""
    from django.conf import settings
    from django.db import connection

    from common.redis import redis_client
    from site_admin.heartbeat import PREFIX

    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {**os.environ, "DATABASE_URL": database, "ENGINE_SOCKET": str(engine_socket)}
    worker = subprocess.Popen([sys.executable, *WORKER], cwd=ROOT, env=environment)
    try:
        assert until(lambda: redis_client().keys(f"{PREFIX}*-{worker.pid}") or worker.poll() is not None, 60)
        assert worker.poll() is None, "the worker ended at once; its words stand above"
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(15)
        except subprocess.TimeoutExpired:  # inside a grading that no test waits for any more
            worker.kill()
            worker.wait()


@pytest.fixture
def site(live_server, engine, grading_worker):
    """The address of a site that grades."""
    return live_server.url
