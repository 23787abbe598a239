"""The launcher of the embedded servers, with real servers in folders of their own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from config.local import services, unprivileged
from config.local.paths import runtime_dir
from config.local.postgres import Postgres
from config.local.processes import is_alive, wait_until_gone
from config.local.redis import Redis

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def var(tmp_path):
    folder = tmp_path / "var"
    yield folder
    if folder.exists():
        services.stop(folder)


def ask(var: Path, question: str):
    connection = psycopg2.connect(host=str(runtime_dir(var)), user="cairn", dbname="cairn")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_a_start_gives_a_database_that_sorts_the_same_everywhere(var):
    services.start(var)
    assert ask(var, "SELECT lower('ÄÖ') || (SELECT datlocprovider::text FROM pg_database WHERE datname = 'cairn')") == "äöb"
    assert ask(var, "SHOW listen_addresses") == ""
    assert Redis(var).answers()


def test_stop_leaves_no_process_and_nothing_outside_the_folder(var):
    services.start(var)
    sockets = runtime_dir(var)
    running = [*Postgres(var).processes(), *Redis(var).processes()]
    assert len(running) > 2
    services.stop(var)
    assert wait_until_gone(running, 1) == []
    assert not sockets.exists()


def test_what_was_committed_survives_a_kill_of_postgresql(var):
    services.start(var)
    ask(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(Postgres(var).processes()[0], signal.SIGKILL)
    services.start(var)
    assert ask(var, "SELECT answer FROM kept") == 42


def test_a_lock_whose_number_is_somebody_elses_today_is_stale(var):
    services.start(var)
    services.stop(var)
    (var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{var}/postgres\n")
    services.start(var)
    assert ask(var, "SELECT 1") == 1


def test_a_moved_folder_starts_and_the_server_on_the_old_place_is_ended(var, tmp_path):
    services.start(var)
    ask(var, "CREATE TABLE kept AS SELECT 7 AS answer")
    old = Postgres(var).processes()
    moved = tmp_path / "moved"
    var.rename(moved)
    try:
        services.start(moved)
        assert ask(moved, "SELECT answer FROM kept") == 7
        assert not any(is_alive(pid) for pid in old)
    finally:
        services.stop(moved)
        shutil.rmtree(runtime_dir(var), ignore_errors=True)


def test_two_folders_run_beside_each_other(var, tmp_path):
    other = tmp_path / "other"
    try:
        services.start(var)
        services.start(other)
        ask(var, "CREATE TABLE here AS SELECT 1")
        assert ask(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'here'") == 0
        services.stop(other)
        assert ask(var, "SELECT 1") == 1
    finally:
        services.stop(other)


def test_the_command_prints_exports_that_lead_there(var):
    environment = dict(os.environ) | {"CAIRN_VAR": str(var)}
    command = [sys.executable, "-m", "config.local.services"]
    started = subprocess.run([*command, "start"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert f"export DATABASE_URL='postgresql://cairn@/cairn?host={runtime_dir(var)}'" in started.stdout
    assert subprocess.run([*command, "status"], cwd=ROOT, env=environment, check=False, capture_output=True).returncode == 0
    subprocess.run([*command, "stop"], cwd=ROOT, env=environment, check=True)
    assert Postgres(var).processes() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lower its rights")
@pytest.mark.parametrize("way", ["namespace", "account"])
def test_root_finds_a_way_to_run_postgresql_without_an_account_of_its_own(way, monkeypatch):
    if way == "namespace" and unprivileged._way() != "namespace":
        pytest.skip("this kernel or container forbids user namespaces")
    monkeypatch.setattr(unprivileged, "_way", lambda: way)
    passwd, open_to_all = Path("/etc/passwd").read_bytes(), Path("/var/tmp") / f"cairn-test-{os.getpid()}-{way}"
    open_to_all.mkdir(mode=0o755)
    try:
        if way == "account":
            _wheels_must_be_reachable()
        services.start(open_to_all / "var")
        assert ask(open_to_all / "var", "SELECT 1") == 1
        assert Path("/etc/passwd").read_bytes() == passwd
    finally:
        services.stop(open_to_all / "var")
        shutil.rmtree(open_to_all)


def _wheels_must_be_reachable():
    folders = Path(sys.prefix).resolve().parents
    if any(not folder.stat().st_mode & 0o001 for folder in folders):
        pytest.skip("the clone lies in a private folder")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can lower its rights")
def test_a_private_folder_without_namespaces_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(unprivileged, "_way", lambda: "account")
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(unprivileged.CannotLowerRights, match="DATABASE_URL"):
        services.start(private / "var")
    services.stop(private / "var")


def test_a_folder_of_sockets_that_others_may_enter_is_refused(tmp_path):
    place = runtime_dir(tmp_path / "var")
    place.chmod(0o755)
    with pytest.raises(PermissionError, match="not a private folder"):
        runtime_dir(tmp_path / "var")
    place.rmdir()


def test_redis_keeps_its_data_over_a_stop(var):
    services.start(var)
    cli = Path(Redis(var).command()[0]).with_name("redis-cli")
    subprocess.run([cli, "-s", Redis(var).socket, "set", "kept", "1"], check=True, capture_output=True)
    services.stop(var)
    services.start(var)
    end = time.monotonic() + 5
    while not Redis(var).answers() and time.monotonic() < end:
        time.sleep(0.05)
    assert subprocess.run([cli, "-s", Redis(var).socket, "get", "kept"], check=True, capture_output=True, text=True).stdout.strip() == "1"
