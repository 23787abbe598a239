"""Reads the whole content: track, skills, stages, lessons, and the exercises that stand alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lessons.content.exercises import read_exercise
from lessons.content.fields import Fields, read_fields
from lessons.content.findings import ContentInvalid, Findings, Source
from lessons.content.lessons import read_lesson
from lessons.content.model import Curriculum, ModuleFile, StageFile
from lessons.content.places import Places, default_places
from lessons.content.rules import check_curriculum


def read_curriculum(places: Places, findings: Findings) -> Curriculum:
    """Read and check everything; what is wrong goes to `findings`."""
    track = read_fields(Source.read(places.curriculum / "track.yaml", places.root, findings))
    stages = tuple(_stage(places.curriculum / folder, places, findings) for folder in track.texts("stages", least=1))
    extra = sorted(places.extra_exercises.glob("*/exercise.yaml"))
    made = Curriculum(
        track_uuid=track.uuid(),
        title=track.text("title", longest=120),
        summary=track.text("summary", longest=240),
        skills=_skills(Source.read(places.curriculum / "skills.yaml", places.root, findings)),
        stages=stages,
        extra_exercises=tuple(read_exercise(path.parent, places, findings) for path in extra),
    )
    track.slug("slug")
    track.done()
    check_curriculum(made, findings)
    return made


def sound_curriculum(places: Places | None = None) -> Curriculum:
    """The content, if nothing is wrong with it. Raises ContentInvalid."""
    findings = Findings()
    made = read_curriculum(places or default_places(), findings)
    if findings:
        raise ContentInvalid(findings.items)
    return made


def _stage(folder: Path, places: Places, findings: Findings) -> StageFile:
    source = Source.read(folder / "stage.yaml", places.root, findings)
    head = read_fields(source)
    stage = StageFile(
        path=source.name,
        uuid=head.uuid(),
        slug=head.slug("slug"),
        title=head.text("title", longest=80),
        summary=head.text("summary", longest=200),
        outcome=head.text("outcome", longest=200),
        order=head.integer("order", least=1, most=9),
        modules=tuple(_module(entry) for entry in head.mappings("modules", least=1)),
    )
    head.done()
    folders = [path.parent for path in sorted(folder.glob("*/lesson.md"))]
    for stray in sorted(path for path in folder.iterdir() if path.is_dir() and path not in folders) if folder.is_dir() else ():
        if not stray.name.startswith((".", "_")):
            findings.add(stray.relative_to(places.root).as_posix(), 1, "lesson-missing", "This folder has no lesson.md.")
    lessons = [read_lesson(one, places, findings) for one in folders]
    return replace(stage, lessons=tuple(sorted(lessons, key=lambda lesson: lesson.order)))


def _module(entry: Fields) -> ModuleFile:
    module = ModuleFile(slug=entry.slug("slug"), title=entry.text("title", longest=80))
    entry.done()
    return module


def _skills(source: Source) -> dict[str, str]:
    head = read_fields(source)
    found: dict[str, str] = {}
    for group in head.mappings("groups", least=1):
        group.slug("slug")
        group.text("title")
        for skill in group.mappings("skills", least=1):
            slug = skill.slug("slug")
            if slug in found:
                skill.report("slug", "skill-twice", f"The skill `{slug}` stands here twice.")
            found[slug] = skill.text("title")
            skill.done()
        group.done()
    head.done()
    return found
