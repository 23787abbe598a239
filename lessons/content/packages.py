"""Exercises from the files by their slug, for graders that use no database."""

from __future__ import annotations

import re
from pathlib import Path

from grading.exercise import ExercisePackage
from lessons.content.exercises import package_of, read_exercise
from lessons.content.findings import ContentInvalid, Findings
from lessons.content.model import ExerciseFile
from lessons.content.places import Places, default_places


class NoSuchExercise(LookupError):
    """There is no exercise of this slug; the text says so to a person."""


def exercise_folder(slug: str, places: Places) -> Path:
    """Raises NoSuchExercise."""
    if re.fullmatch(r"[a-z0-9-]+", slug):
        for folder in (*sorted(places.curriculum.glob(f"*/{slug}")), places.extra_exercises / slug):
            if (folder / "exercise.yaml").is_file():
                return folder
    raise NoSuchExercise(f"There is no exercise called {slug!r}. Known: {', '.join(exercise_slugs(places))}.")


def exercise_slugs(places: Places) -> list[str]:
    found = [*places.curriculum.glob("*/*/exercise.yaml"), *places.extra_exercises.glob("*/exercise.yaml")]
    return sorted(path.parent.name for path in found)


def exercise_from_files(slug: str, places: Places | None = None) -> ExerciseFile:
    """Raises NoSuchExercise, or ContentInvalid with all that is wrong with it."""
    places = places or default_places()
    findings = Findings()
    exercise = read_exercise(exercise_folder(slug, places), places, findings)
    if findings:
        raise ContentInvalid(findings.items)
    return exercise


def package_for(slug: str, places: Places | None = None) -> ExercisePackage:
    """Raises NoSuchExercise, or ContentInvalid with all that is wrong with it."""
    return package_of(exercise_from_files(slug, places))
