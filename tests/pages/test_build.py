"""static/dist is what frontend/ makes, and no page type weighs more than it may (gzip, 1 kB = 1,000 bytes)."""

from __future__ import annotations

import filecmp
import gzip
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from common import assets

ROOT = Path(__file__).resolve().parents[2]
FRONTEND, DIST = ROOT / "frontend", ROOT / "static" / "dist"
SOURCE = re.compile(r"\.(ts|css|mjs|txt)$")
PINS = {"package.json", "package-lock.json"}
SKIPPED = {"node_modules", "licences"}

# Page type → its scripts and styles, and how many kB of each it may have.
PAGES = {
    "public, today, portfolio, queue": (["app.js"], 20, ["style.css"], 18),
    "roadmap": (["app.js", "roadmap.js"], 20, ["style.css"], 18),
    "lesson": (["app.js", "lesson.js"], 30, ["style.css", "math.css", "widgets.css"], 22),
    "result": (["app.js", "result.js"], 150, ["style.css"], 18),
    "workspace": (["app.js", "workspace.js"], 150, ["style.css", "math.css"], 18),
}
FIRST_FONTS = ("inter-latin-wght-normal.woff2", "source-serif-4-latin-wght-normal.woff2", "jetbrains-mono-latin-wght-normal.woff2")


def sources_hash() -> str:
    """The same as `sourcesHash` of frontend/scripts/build.mjs: sorted paths and contents, each ended by a zero byte."""
    paths = []
    for folder, inner, names in os.walk(FRONTEND):
        inner[:] = [name for name in inner if name not in SKIPPED]
        paths += [(Path(folder) / name).relative_to(FRONTEND).as_posix() for name in names if SOURCE.search(name) or name in PINS]
    made = hashlib.sha256()
    for path in sorted(paths):
        made.update(path.encode() + b"\0" + (FRONTEND / path).read_bytes() + b"\0")
    return made.hexdigest()


def with_imports(files: set[str]) -> set[str]:
    """These files and all that they import at once, over any number of steps."""
    imports = assets.manifest()["imports"]
    found, waiting = set(), list(files)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imports[path]
    return found


def kilobytes(files: set[str]) -> float:
    return sum(len(gzip.compress((DIST / path).read_bytes(), 9)) for path in with_imports(files)) / 1000


def built(names: list[str]) -> set[str]:
    return {assets.manifest()["assets"][name] for name in names}


def widgets_of_lessons() -> dict[str, set[str]]:
    """Lesson → the widgets in its text."""
    pages = {path.parent.name: path.read_text() for path in (ROOT / "curriculum").glob("*/*/lesson.md")}
    return {slug: set(re.findall(r'^:::+ widget .*?name="([\w-]+)"', text, re.MULTILINE)) for slug, text in pages.items()}


def test_the_assets_were_built_from_these_sources():
    assert assets.manifest()["sources"] == sources_hash(), "frontend/ has changed: run `npm run build` there and commit static/dist"


def test_the_manifest_names_every_script_and_style_and_no_other():
    listed = set(assets.manifest()["imports"])
    there = {path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.suffix in {".js", ".css"}}
    assert listed == there


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node") or not (FRONTEND / "node_modules" / "esbuild").is_dir(), reason="needs Node and `npm ci`")
def test_a_new_build_gives_the_same_bytes(tmp_path):
    dist, icons = tmp_path / "dist", tmp_path / "icons.py"
    environment = os.environ | {"CAIRN_DIST": str(dist), "CAIRN_ICONS": str(icons)}
    subprocess.run(["node", "scripts/build.mjs"], cwd=FRONTEND, env=environment, check=True, capture_output=True)
    files = sorted(path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file())
    assert sorted(path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file()) == files
    _, differing, unreadable = filecmp.cmpfiles(DIST, dist, files, shallow=False)
    assert (differing, unreadable) == ([], [])
    assert icons.read_bytes() == (ROOT / "common" / "icons.py").read_bytes()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_type_weighs_more_than_it_may(page):
    scripts, most_script, styles, most_style = PAGES[page]
    assert kilobytes(built(scripts)) <= most_script
    assert kilobytes(built(styles)) <= most_style


def test_every_script_belongs_to_a_page_type():
    scripts = {name for name in assets.manifest()["assets"] if name.endswith(".js")}
    assert scripts == {name for names, *_ in PAGES.values() for name in names}


def test_a_lesson_with_its_widgets_weighs_no_more_than_a_lesson_may():
    scripts, most, *_ = PAGES["lesson"]
    chunks = assets.manifest()["widgets"]
    alone = {name: {name} for name in chunks}
    for page, names in {**alone, **widgets_of_lessons()}.items():
        weight = kilobytes(built(scripts) | {chunks[name] for name in names if name in chunks})
        assert weight <= most, f"{page}: {weight} kB"


def test_widgets_load_on_their_own():
    at_once = with_imports(built(["app.js", "lesson.js"]))
    assert not at_once & set(assets.manifest()["widgets"].values())


def test_the_fonts_of_a_first_visit_fit():
    names = assets.manifest()["assets"]
    assert sum((DIST / names[font]).stat().st_size for font in FIRST_FONTS) / 1000 <= 145
