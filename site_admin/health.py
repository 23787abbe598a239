"""What works here and what does not, as sentences with their mend: behind `/readyz`, the status page and `manage.py doctor`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.redis import redis_client
from site_admin import engine
from site_admin.finding import Finding
from site_admin.heartbeat import workers

LOW_DISK_BYTES = 1024**3
CLOCK_SECONDS = 5.0


def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone()[0]).split()[0]
        waiting = _waiting_migrations()
    except DatabaseError as problem:
        return Finding(
            part="database",
            ok=False,
            said=_first_line(problem),
            mend="Start PostgreSQL (`make run` does), or set DATABASE_URL to a server that answers.",
        )
    if waiting:
        return Finding(
            part="database",
            ok=False,
            said=f"PostgreSQL {version} answers, {waiting} migrations are missing",
            mend="Run `python manage.py migrate`.",
        )
    return Finding(part="database", ok=True, said=f"PostgreSQL {version} answers, all migrations are applied")


def _waiting_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def broker() -> Finding:
    try:
        version = redis_client().info("server")["redis_version"]
    except redis.RedisError as problem:
        return Finding(
            part="broker",
            ok=False,
            said=_first_line(problem),
            mend="Start Redis (`make run` does), or set REDIS_URL to a server that answers.",
        )
    return Finding(part="broker", ok=True, said=f"Redis {version} answers")


def grading_workers() -> Finding:
    start = "Start one: `make run`, or `celery -A config.celery worker -P threads`."
    try:
        alive = workers()
    except redis.RedisError:
        return Finding(
            part="workers", ok=False, said="the broker does not answer, so workers cannot be seen", mend="Mend the broker first."
        )
    if not alive:
        return Finding(part="workers", ok=False, said="no grading worker has reported within 20 seconds", mend=start)
    grading = [worker for worker in alive if not worker.engine_problem]
    if not grading:
        return Finding(
            part="workers",
            ok=False,
            said=f"{_count(alive, 'worker')} here, but no engine grades: {alive[0].engine_problem}",
            mend="Start the engine beside the worker (`python manage.py engine`) and read what it says.",
        )
    slots = sum(worker.slots for worker in grading)
    return Finding(part="workers", ok=True, said=f"{_count(grading, 'worker')} with {slots} slots, engine answers")


def mail() -> Finding:
    if settings.EMAIL_HOST:
        return Finding(part="mail", ok=True, said=f"sent through {settings.EMAIL_HOST}")
    mend = "Set EMAIL_HOST to send them." if settings.PRODUCTION else ""
    return Finding(part="mail", ok=not settings.PRODUCTION, said=f"not sent, written to {settings.EMAIL_FILE_PATH}", mend=mend)


def disk() -> Finding:
    place = Path(settings.VAR_DIR)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    enough = free >= LOW_DISK_BYTES
    return Finding(
        part="disk",
        ok=enough,
        said=f"{free / 1024**3:.1f} GiB free at {place}",
        mend="" if enough else "Make room: PostgreSQL stops accepting work on a full disk.",
    )


def clock() -> Finding:
    """Leases and sign-ins compare times of several processes: this machine's against the database's."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            there: datetime = cursor.fetchone()[0]
    except DatabaseError:
        return Finding(
            part="clock", ok=False, said="the database does not answer, so there is nothing to compare with", mend="Mend the database."
        )
    apart = abs((datetime.now(UTC) - there).total_seconds())
    fine = apart < CLOCK_SECONDS
    return Finding(
        part="clock",
        ok=fine,
        said=f"{apart:.1f} s apart from the database's, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC",
        mend="" if fine else "Synchronise the clocks of both machines, for example with systemd-timesyncd.",
    )


def readiness() -> list[Finding]:
    """What must answer before people are sent here."""
    return [database(), broker(), grading_workers()]


def everything(*, prove: bool = False) -> list[Finding]:
    """All of it. `prove` also sends a cell through the engine."""
    single: list[Callable[[], Finding]] = [database, broker, grading_workers, mail, disk, clock]
    return [*(check() for check in single), *engine.findings(prove=prove)]


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]


def _count(things: list[Any], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"
