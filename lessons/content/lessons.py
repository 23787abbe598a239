"""Reads a lesson's folder: front matter, page, quiz and exercise."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

from lessons.content.exercises import read_exercise
from lessons.content.fields import Fields, read_fields
from lessons.content.findings import Findings, Source
from lessons.content.model import LessonFile, Onward, Page, Status
from lessons.content.page import render_page
from lessons.content.places import Places
from lessons.content.quiz import read_quiz

LINED = ("module", "order", "col", "row", "prerequisites", "skills", "onward")


def read_lesson(folder: Path, places: Places, findings: Findings) -> LessonFile:
    """Read one lesson; its slug is the folder's name. A published one has a page, a quiz and an exercise."""
    source = Source.read(folder / "lesson.md", places.root, findings)
    matter, body, body_line = _split(source)
    head = read_fields(source, matter, offset=1)
    status = cast("Status", head.choice("status", ("coming", "published")))
    is_published = status == "published"
    lesson = LessonFile(
        path=source.name,
        folder=folder,
        uuid=head.uuid(),
        slug=folder.name,
        title=head.text("title", longest=120),
        status=status,
        minutes=head.integer("minutes", least=5, most=240),
        module=head.slug("module"),
        order=head.integer("order", least=1, most=99),
        col=head.integer("col", most=20),
        row=head.integer("row", most=20),
        summary=head.text("summary", longest=240),
        objectives=head.texts("objectives", least=2),
        prerequisites=head.texts("prerequisites"),
        skills=head.texts("skills", least=1),
        onward=_onward(head),
        content_hash=_hash(folder),
        page=render_page(source, body, body_line, folder) if body.strip() else Page(),
        quiz=read_quiz(Source.read(folder / "quiz.yaml", places.root, findings)) if is_published else (),
        exercise=read_exercise(folder, places, findings) if is_published else None,
        lines={name: head.line_of(name) for name in LINED},
    )
    head.done()
    if is_published and not body.strip():
        source.report(body_line, "page-empty", "A published lesson has a page.")
    return lesson


def _split(source: Source) -> tuple[str, str, int]:
    """Front matter, body, and the body's first line."""
    lines = source.text.split("\n")
    if lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        if source.text:
            source.report(1, "front-matter", "A lesson begins with its front matter between two lines of `---`.")
        return "", source.text, 1
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2


def _onward(head: Fields) -> tuple[Onward, ...]:
    links = []
    for entry in head.mappings("onward"):
        links.append(Onward(slug=entry.slug("slug"), why=entry.text("why", longest=200)))
        entry.done()
    return tuple(links)


def _hash(folder: Path) -> str:
    """SHA-256 over every file of the folder, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
