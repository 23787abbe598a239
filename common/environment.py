"""Settings come from the environment, read strictly: a typing error stops the start instead of meaning something else."""

import os
from pathlib import Path


class BadSetting(ValueError):
    """An environment variable holds something that it must not."""


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """Read `1/true/yes/on` or `0/false/no/off`; anything else raises BadSetting."""
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} is {raw!r}. Write 1 or 0.")


def env_int(name: str, default: int) -> int:
    raw = os.environ.get(name)
    if raw is None or raw == "":
        return default
    try:
        return int(raw)
    except ValueError:
        raise BadSetting(f"{name} is {raw!r}. Write a whole number.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Read a comma-separated list; spaces around the items and empty items are dropped."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def env_path(name: str, default: Path) -> Path:
    raw = os.environ.get(name)
    return Path(raw).resolve() if raw else default
