"""How packages are had: pip's settings reach uv, and a second start has nothing to do."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.local import pip_settings
from config.local.installer import Installer
from config.local.processes import was_interrupted

ROOT = Path(__file__).resolve().parents[2]


def test_uv_is_told_what_pip_knows():
    listing = "global.find-links='/wheels /more'\nglobal.index-url='https://mirror/simple'\nglobal.extra-index-url='file:///x/simple'\n"
    told = pip_settings.for_uv(pip_settings.parse(listing, {"PIP_CERT": "/ca.pem", "PIP_DEFAULT_TIMEOUT": "180"}))
    assert told == {
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INDEX_URL": "https://mirror/simple",
        "UV_EXTRA_INDEX_URL": "file:///x/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/ca.pem",
        "UV_HTTP_TIMEOUT": "180",
    }


def test_the_environment_wins_over_pips_files_and_the_install_section_over_the_global_one():
    listing = "global.find-links='/a'\ninstall.find-links='/b'\n:env:.find-links='/c'\n"
    assert pip_settings.parse(listing, {})["find-links"] == "/b"
    assert pip_settings.parse(listing, {"PIP_FIND_LINKS": "/c"})["find-links"] == "/c"


def test_what_the_person_has_set_for_uv_stays(monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "/from-pip")
    monkeypatch.setenv("UV_FIND_LINKS", "/from-the-person")
    assert pip_settings.environment_for_uv([])["UV_FIND_LINKS"] == "/from-the-person"


def test_nothing_of_another_environment_reaches_an_installation(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    handed = Installer(root=ROOT, var=tmp_path, say=print)._full_environment(["pip"])
    assert not {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"} & handed.keys()


def test_an_environment_is_ready_only_for_the_lock_and_the_place_it_was_made_for(tmp_path):
    installer = Installer(root=tmp_path, var=tmp_path / "var", say=print)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("django==5\n")
    (tmp_path / "requirements" / "dev.lock").write_text("django==5\nruff==0\n")
    assert not installer.is_ready(tests=False)
    installer.python.parent.mkdir(parents=True)
    installer.python.symlink_to(sys.executable)
    installer._stamp(tests=True).write_text(installer._wanted(tests=True))
    assert installer.is_ready(tests=True)
    assert installer.is_ready(tests=False), "an environment for tests serves the site as well"
    (tmp_path / "requirements" / "dev.lock").write_text("django==6\n")
    assert not installer.is_ready(tests=True)


def test_both_locks_agree_and_every_package_has_its_hashes():
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / name).read_text()
        assert text.count("==") == len(re.findall(r"== *[^\\]+\\\n +--hash=sha256", text)), f"{name}: a package without hashes"
        return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]+\])?==(\S+)", text, flags=re.MULTILINE | re.IGNORECASE))

    run, dev = versions("run.lock"), versions("dev.lock")
    assert {name: dev[name] for name in run} == run
    assert "torch" not in dev, "PyTorch is installed apart, without hashes: a processor-only build has others"
    assert not re.search(r"https?://", (ROOT / "requirements" / "dev.lock").read_text())


@pytest.mark.skipif(not Path("/usr/bin/make").exists(), reason="needs make")
def test_make_that_keeps_an_interrupt_to_itself_is_seen(tmp_path):
    (tmp_path / "Makefile").write_text("run:\n\t@sleep 30\n")
    make = subprocess.Popen(["/usr/bin/make", "run"], cwd=tmp_path, start_new_session=True, preexec_fn=_with_sigint)  # noqa: PLW1509
    try:
        time.sleep(0.5)
        assert not was_interrupted(make.pid)
        make.send_signal(signal.SIGINT)
        end = time.monotonic() + 5
        while not was_interrupted(make.pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert was_interrupted(make.pid)
    finally:
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()


def _with_sigint():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
