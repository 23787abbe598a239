"""Where the content lies on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from common.environment import env_path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """`root` names files in findings; `code` holds `coursekit_truth`."""

    root: Path
    curriculum: Path
    extra_exercises: Path
    code: Path = REPOSITORY


def default_places() -> Places:
    """The repository's own content, or what CURRICULUM_DIR names."""
    curriculum = env_path("CURRICULUM_DIR", REPOSITORY / "curriculum")
    root = REPOSITORY if curriculum.is_relative_to(REPOSITORY) else curriculum.parent
    return Places(root=root, curriculum=curriculum, extra_exercises=root / "fixtures" / "exercises")
