"""What `make test` and its smaller sisters run, inside `.venv`: `python -m config.local.checks all|fast|lint|types|…`.

In `all` every check is run even when an earlier one has failed; pytest comes last and has the last word on the screen.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.local import chromium
from config.local.installer import Installer
from config.local.paths import var_dir

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


LINT = (
    Check("ruff check", _python("-m", "ruff", "check", "--quiet", "--no-cache", ".")),
    Check("ruff format", _python("-m", "ruff", "format", "--check", "--quiet", "--no-cache", ".")),
)
TYPES = (Check("mypy", _python("-m", "mypy", "--no-error-summary", ".")),)
IMPORTS = (Check("imports", (str(BIN / "lint-imports"), "--no-cache")),)
MIGRATIONS = (Check("migrations", _python("manage.py", "makemigrations", "--check", "--dry-run")),)
TEMPLATES = (Check("templates", _python("-m", "djlint", "--quiet", "--lint", "templates")),)
STATIC = (*LINT, *TYPES, *IMPORTS, *MIGRATIONS, *TEMPLATES)

PYTEST = _python("-m", "pytest")
FAST = (*PYTEST, "-q", "-m", "not browser and not slow")
FULL = (*PYTEST, "-q", "-n", "2", "--dist", "loadfile")


def say(line: str) -> None:
    print(f"cairn: {line}", flush=True)


def passes(check: Check) -> bool:
    """Run it; its words are shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        check.command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    seconds = time.monotonic() - began
    say(f"{'ok     ' if done.returncode == 0 else 'FAILED '} {check.name} ({seconds:.1f} s)")
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def run_all(*tests: str) -> int:
    """Static checks, then every test. 0 only when all of it held."""
    installer = Installer(root=ROOT, var=var_dir(), say=say)
    if not installer.has_torch() and Path(sys.prefix) == installer.venv and not installer.install_torch():
        say("PyTorch could not be installed: what needs it is skipped. The reason is in var/log/torch.log.")
    browser = chromium.found_or_installed(say)
    failed = [check.name for check in STATIC if not passes(check)]
    if failed:
        say(f"These failed: {', '.join(failed)}. The tests follow; the whole run fails.")
    code = subprocess.run([*FULL, *tests], cwd=ROOT, env=_environment() | {"CHROMIUM": browser}, check=False).returncode
    return 1 if failed else code


def _environment() -> dict[str, str]:
    left_out = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    return {name: value for name, value in os.environ.items() if name not in left_out} | {"CAIRN_VAR": str(var_dir())}


def main(what: str = "all", *rest: str) -> int:
    os.chdir(ROOT)
    several = {"lint": LINT, "types": TYPES, "imports": IMPORTS, "migrations": MIGRATIONS, "templates": TEMPLATES}
    single = {
        "fast": FAST,
        "bench": (*PYTEST, "-q", "-p", "no:randomly", "--benchmark-only", "tests/bench"),
        "curriculum": _python("manage.py", "curriculum", "check"),
        "fmt": _python("-m", "ruff", "format", "."),
    }
    if what in several:
        held = [passes(check) for check in several[what]]  # a list: each is run even after one has failed
        return 0 if all(held) else 1
    if what in single:
        return subprocess.run([*single[what], *rest], env=_environment(), check=False).returncode
    return run_all(*rest)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
