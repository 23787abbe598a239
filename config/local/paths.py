"""Where the processes of one machine keep their data and meet each other. Standard library only: used before anything is installed."""

import hashlib
import os
import stat
from pathlib import Path

from config.local.unprivileged import server_account

SHARED_TEMPORARY = Path("/tmp")  # fixed, not $TMPDIR: a command in another shell must find the same sockets; the folder is private


def var_dir() -> Path:
    """The folder of everything that is kept: CAIRN_VAR, or `var/` of this clone."""
    raw = os.environ.get("CAIRN_VAR")
    return Path(raw).resolve() if raw else Path(__file__).resolve().parents[2] / "var"


def runtime_dir(var_dir: Path) -> Path:
    """A short private folder for sockets: their paths may have 107 bytes at most, and a clone may lie deep.

    Made with mode 0700. Raises PermissionError where somebody else has made a folder of that name.
    """
    digest = hashlib.sha256(str(var_dir.resolve()).encode()).hexdigest()[:12]
    place = SHARED_TEMPORARY / f"cairn-{os.geteuid()}-{digest}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    ours = {os.geteuid()} | ({server_account()} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
        raise PermissionError(f"{place} is not a private folder of yours. Remove it and start again.")
    return place
