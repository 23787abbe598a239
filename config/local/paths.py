"""Where the processes of one machine keep their data and meet each other. Standard library only: used before anything is installed."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path


def runtime_dir(var_dir: Path) -> Path:
    """A short private folder for sockets: their paths may have 107 bytes at most, and a clone may lie deep.

    Made with mode 0700. Raises PermissionError where somebody else has made a folder of that name.
    """
    digest = hashlib.sha256(str(var_dir.resolve()).encode()).hexdigest()[:12]
    place = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"cairn-{os.geteuid()}-{digest}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{place} is not a private folder of yours. Remove it and start again.")
    return place
