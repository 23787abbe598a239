"""What works here and what does not, as sentences with their mend: behind `/readyz`, the status page and `manage.py doctor`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from common.redis import redis_client
from site_admin.heartbeat import engine_health, workers

LOW_DISK_BYTES = 1024**3
CLOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a doctor's report. `mend` says what to do, and is empty when `ok`."""

    part: str
    ok: bool
    said: str
    mend: str = ""


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


def engine() -> Iterator[Finding]:
    """The engine of this machine, and one line for each layer of its sandbox."""
    health = engine_health()
    if "problem" in health:
        yield Finding(
            part="engine",
            ok=False,
            said=str(health["problem"]),
            mend="Start it: `make run`, or `python manage.py engine`. Without it nothing is graded on this machine.",
        )
        return
    ok = health.get("ok", True) is not False
    said = f"answers, tier {health['tier']}" if health.get("tier") else "answers"
    yield Finding(
        part="engine",
        ok=ok,
        said=said if ok else str(health.get("reason") or "refuses to grade"),
        mend="" if ok else "See the layers below.",
    )
    yield from _layers(health.get("layers") or {})


def _layers(layers: Any) -> Iterator[Finding]:
    """Each layer is a bool, or a map with `on`, `mandatory`, `said` and `mend`."""
    rows = layers.items() if isinstance(layers, dict) else [(str(row.get("name")), row) for row in layers]
    for name, row in rows:
        facts = row if isinstance(row, dict) else {"on": bool(row)}
        on, mandatory = bool(facts.get("on")), bool(facts.get("mandatory", True))
        said = str(facts.get("said") or ("on" if on else "off"))
        fine = on or not mandatory
        mend = str(facts.get("mend") or "This kernel or container withholds it; see docs/operations.md, The sandbox on your machine.")
        yield Finding(part=f"sandbox: {name}", ok=fine, said=said if mandatory or on else f"{said} (optional)", mend="" if fine else mend)


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


def everything() -> list[Finding]:
    single: list[Callable[[], Finding]] = [database, broker, grading_workers, mail, disk, clock]
    return [*(check() for check in single), *engine()]


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]


def _count(things: list[Any], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"
