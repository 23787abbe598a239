"""How deep JSON from outside may be nested: later code walks it by recursion, and Python's own limit would end that in our fault."""

from __future__ import annotations

from typing import Any

DEEPEST = 100  # levels; outputs of real notebooks have about ten


def is_deeper_than(value: Any, levels: int) -> bool:
    """Whether lists and mappings lie in each other in more than so many levels; walks level by level, without recursion."""
    here = [value] if isinstance(value, list | dict) else []
    for _ in range(levels):
        if not here:
            return False
        here = [inner for one in here for inner in (one.values() if isinstance(one, dict) else one) if isinstance(inner, list | dict)]
    return bool(here)
