"""A secret of one machine, made once and kept: what was signed yesterday stays valid, and the same notebook gets the same grade."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_secret(place: Path) -> str:
    """The text of the file; made with mode 0600 when there is none. Of several processes that start at once, one makes it."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(fresh, place)
        fresh.unlink()
    return place.read_text().strip()
