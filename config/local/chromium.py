"""The browser of the browser tests: found, or installed where that is possible without asking anybody."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_LOUD = "!" * 100


def found() -> str:
    """The path in CHROMIUM, or that of the first browser on the PATH that runs; empty when there is none."""
    wanted = os.environ.get("CHROMIUM")
    candidates = [wanted] if wanted else [path for name in _NAMES if (path := shutil.which(name))]
    return next((path for path in candidates if path and _runs(path)), "")


def _runs(path: str) -> bool:
    """Ubuntu's package may be a mere pointer to a snap: it exists and does not run."""
    try:
        return subprocess.run([path, "--version"], check=False, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def found_or_installed(say: Callable[[str], None]) -> str:
    """Installs the package as root on Debian or Ubuntu; elsewhere names the one command that would, and says what is left out."""
    if path := found():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get") and _family() & {"debian", "ubuntu"}:
        say("Installing Chromium for the browser tests (apt-get install chromium)")
        _apt("update", "-qq")
        for package in ("chromium", "chromium-browser"):
            if _apt("install", "-y", "-qq", "--no-install-recommends", package) and (path := found()):
                return path
    command = "sudo apt-get install chromium" if _family() & {"debian", "ubuntu"} else "install the package `chromium` of your system"
    say(f"{_LOUD}\nNO CHROMIUM: the browser tests are skipped. To run them: {command}, or set CHROMIUM to a browser.\n{_LOUD}")
    return ""


def _apt(*arguments: str) -> bool:
    environment = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    return (
        subprocess.run(["apt-get", *arguments], check=False, env=environment, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
    )


def _family() -> set[str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return set()
    facts = dict(line.split("=", 1) for line in lines if "=" in line)
    return {word for key in ("ID", "ID_LIKE") for word in facts.get(key, "").strip('"').split()}
