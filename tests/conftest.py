"""What every test may rely on: a PostgreSQL and a Redis of its own, and people with names.

The servers are those of `config.local`, in a folder of their own (CAIRN_TEST_VAR, default `var/test`), so that tests run beside `make run`
and beside each other. With DATABASE_URL and REDIS_URL set, those servers are used and none is started.
"""

import fcntl
import importlib
import importlib.util
import os
import re
import signal
import sys
from pathlib import Path
from typing import IO

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

pytest_plugins = [name for name in ("tests.engine_fixture",) if importlib.util.find_spec(name)]

PASSWORD = "learn-by-doing"


class Servers:
    """The servers of one run: started by the process that the person called, shared with its xdist workers."""

    def __init__(self) -> None:
        self.var: Path | None = None
        self._lock: IO[str] | None = None

    def start(self) -> None:
        if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
            return
        from config.local import services

        self.var = self._free_folder(Path(os.environ.get("CAIRN_TEST_VAR") or ROOT / "var" / "test"))
        for name, value in services.start(self.var, lasting=False).items():
            os.environ.setdefault(name, value)
        os.environ["CAIRN_VAR"] = str(self.var)

    def stop(self) -> None:
        if self.var is not None:
            from config.local import services

            services.stop(self.var)
            self.var = None

    def _free_folder(self, wanted: Path) -> Path:
        """The wanted folder, or a numbered one beside it when another run is using it."""
        for number in range(1, 50):
            folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "tests.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._lock = lock
            return folder
        raise RuntimeError(f"{wanted} and its neighbours are all in use by other test runs.")


SERVERS = Servers()


def _redis_of_worker(url: str, worker: str) -> str:
    """Each xdist worker takes a database number of its own, so that no queue is shared."""
    number = int(re.sub(r"\D", "", worker) or 0) + 1
    if "db=" in url:
        return re.sub(r"db=\d+", f"db={number}", url)
    return re.sub(r"/\d*$", "", url) + f"/{number}"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before Django reads its settings: pytest-django does so in its own hook of this name, which comes last."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = _redis_of_worker(os.environ["REDIS_URL"], worker)
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped then, too
        SERVERS.start()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    importlib.import_module("config.celery")  # as in the web processes: tasks that views send go to this run's Redis


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """xdist starts its workers after this: without the variable they read the settings only after choosing their Redis database."""
    if getattr(session.config.option, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        SERVERS.stop()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The real hasher takes a quarter of a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def password():
    """The password of all people of the tests."""
    return PASSWORD


@pytest.fixture
def person(db):
    """Makes a person: `person("ada", "learner")`, all with the same password."""
    from django.contrib.auth.models import Group

    from accounts.models import User

    def make(name: str, *roles: str, **fields) -> User:
        user = User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.capitalize(), **fields)
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
        return user

    return make


@pytest.fixture
def ada(person):
    """A learner."""
    return person("ada", "learner")


@pytest.fixture
def eve(person):
    """Another learner, who must see nothing of Ada's."""
    return person("eve", "learner")


@pytest.fixture
def mona(person):
    """A mentor."""
    return person("mona", "mentor")


@pytest.fixture
def alex(person):
    """An admin."""
    return person("alex", "admin", "author", is_staff=True, is_superuser=True)
