"""Brings database and content up to date before the site starts: `python -m config.local.prepare`, in one process.

What was done is remembered in `var/prepared`, by the contents of every file that could change the outcome: a second start skips it.
"""

import hashlib
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MATTERS = ("*/migrations/*.py", "*/models.py", "curriculum/**/*", "fixtures/**/*", "lessons/content/**/*.py", "lessons/services/*.py",
            "coursekit*/**/*.py", "*/management/commands/*.py", "requirements/run.lock")  # fmt: skip


def fingerprint(database: str, data: Path | None) -> str:
    """Names, sizes and times of the files that matter, the database's address, and which data folder it is."""
    digest = hashlib.sha256(f"{database} {_identity(data)}".encode())
    for path in sorted(_files()):
        found = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for pattern in _MATTERS:
        yield from (path for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc")


def _identity(data: Path | None) -> str:
    """A data folder that was made anew is another one, even under the same name."""
    marker = data / "PG_VERSION" if data else None
    return f"{marker.stat().st_ino} {marker.stat().st_mtime_ns}" if marker and marker.exists() else "outside"


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command, get_commands
    from django.core.management.base import CommandError

    known = get_commands()
    call_command("migrate", interactive=False, verbosity=0)
    steps = [("curriculum", "load")] + ([("demo",)] if settings.DEMO else [])
    failed = False
    for name, *arguments in steps:
        if name not in known:
            print(f"There is no command {name} yet", file=sys.stderr)
            failed = True
            continue
        try:
            call_command(name, *arguments)
        except (CommandError, SystemExit) as problem:
            print(f"{name}: {problem}", file=sys.stderr)
            failed = True
        except Exception:  # noqa: BLE001 - content that breaks our own code must not keep the rest of the site away
            traceback.print_exc()
            failed = True
    return 3 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
