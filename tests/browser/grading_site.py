"""The whole site for a browser: live server, a Celery worker and the engine, as on a real machine but in one process."""

from __future__ import annotations

import os

import pytest

# Playwright runs an event loop in the test's thread; Django sees it and refuses the ORM there, though nothing is async here.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def grading_worker(django_db_setup, django_db_blocker):
    """A real Celery worker on the tests' Redis. Tests that use it commit for real (`live_server` makes them)."""
    from celery.contrib.testing.worker import start_worker

    from config.celery import app

    app.loader.import_default_modules()
    with django_db_blocker.unblock(), start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=30):
        yield


@pytest.fixture
def site(live_server, engine, grading_worker):
    """The address of a site that grades."""
    return live_server.url
