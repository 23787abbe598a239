"""Addresses of the built front end: logical names to hashed ones, from the manifest that `make assets` writes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TypedDict, cast

from django.conf import settings


class Manifest(TypedDict):
    """`assets`: logical name → file; `imports`: file → the chunks it needs at once; `sources`: SHA-256 over all sources;
    `widgets`: name → the chunk that a lesson with this widget fetches."""

    assets: dict[str, str]
    imports: dict[str, list[str]]
    sources: str
    widgets: dict[str, str]


def manifest_path() -> Path:
    return Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"


def manifest() -> Manifest:
    """The manifest, read again when its file has changed, so that a rebuild needs no restart."""
    path = manifest_path()
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, _changed_at: int) -> Manifest:
    return cast("Manifest", json.loads(path.read_text()))


def asset_url(name: str) -> str:
    """The address of `app.js`, `style.css` or a font; KeyError names what the build did not make."""
    return f"{settings.STATIC_URL}dist/{manifest()['assets'][name]}"


def chunks_of(name: str) -> list[str]:
    """Addresses of the chunks that a script imports at once: the page asks for them early."""
    built = manifest()
    return [f"{settings.STATIC_URL}dist/{path}" for path in built["imports"].get(built["assets"][name], [])]
