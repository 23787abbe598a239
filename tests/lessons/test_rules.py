"""Every rule of the content: a fault is found once where it is, by its name, with the line to go to."""

import re
from html.parser import HTMLParser

import pytest

from lessons.content.findings import Findings, Source
from lessons.content.page import render_page
from tests.config.test_docs_of_content import rules as rules_in_the_code
from tests.lessons.small_content import PUBLISHED, STAGE, matter

LESSON, EXERCISE, CHECKS = f"{PUBLISHED}/lesson.md", f"{PUBLISHED}/exercise.yaml", f"{PUBLISHED}/checks.py"
SOURCE, QUIZ, NUMBERS = f"{PUBLISHED}/exercise.py", f"{PUBLISHED}/quiz.yaml", f"{STAGE}/numbers/lesson.md"
STAGE_FILE, TRIPLES = f"{STAGE}/stage.yaml", f"{STAGE}/triples/lesson.md"

# rule: the file, what stands there, what is put instead
EDITS = {
    "front-matter": (NUMBERS, "---\n", ""),
    "yaml-syntax": (NUMBERS, "minutes: 30", "minutes: [30"),
    "yaml-type": (NUMBERS, "minutes: 30", 'minutes: "soon"'),
    "yaml-missing": (NUMBERS, "minutes: 30\n", ""),
    "yaml-unknown": (NUMBERS, "minutes: 30", "minutes: 30\nmood: good"),
    "yaml-duplicate": (NUMBERS, "minutes: 30", "minutes: 30\nminutes: 30"),
    "yaml-short": (NUMBERS, '["say it", "do it"]', '["say it"]'),
    "yaml-long": (NUMBERS, "About numbers", "x" * 121),
    "yaml-slug": (STAGE_FILE, "slug: foundations", "slug: Foundations"),
    "yaml-uuid": (NUMBERS, "uuid: ", "uuid: x"),
    "percent-format": (SOURCE, "# %% [markdown]", "# -*- coding: latin-9 -*-\n# %% [markdown]"),
    "python-syntax": (SOURCE, "import math", "import math ="),
    "page-empty": (LESSON, None, ""),
    "lesson-whole": (LESSON, "word " * 640, "word "),
    "heading-level": (LESSON, "## One", "# One"),
    "heading-twice": (LESSON, "## Two", "## One"),
    "markdown-tag": (LESSON, "## One", "Title\n=====\n\n## One"),
    "markdown-link": (LESSON, "Twice.", "[Twice](javascript:alert)."),
    "markdown-image": (LESSON, "Twice.", "![Twice](/a.png)"),
    "math-invalid": (LESSON, "$x + x$", "$\\frac{x$"),
    "math-open": (LESSON, "$$2 x$$", "$$2 x"),
    "math-alone": (LESSON, "$$2 x$$", "$$2 x$$ and so on"),
    "fence-open": (LESSON, "## Three", "````python\nx\n\n## Three"),
    "fence-language": (LESSON, "```python run", "```klingon\nx\n```\n\n```python run"),
    "fence-flag": (LESSON, "```python run", "```python walk\nx\n```\n\n```python run"),
    "run-output": (LESSON, "```output\n6\n```", ""),
    "block-indented": (LESSON, "## Three", "  ```python\n\n## Three"),
    "container-unknown": (LESSON, "::: callout", "::: shout"),
    "container-open": (LESSON, "Twice.\n:::", "Twice."),
    "container-closed": (LESSON, "## Three", ":::\n\n## Three"),
    "callout-kind": (LESSON, 'kind="remember"', 'kind="shout"'),
    "attributes": (LESSON, 'kind="remember"', "kind=remember"),
    "claim-empty": (LESSON, '"Doubling adds two."\n\nIt does not: $2 \\cdot 5 = 10$.', "```python\nx\n```"),
    "claim-unbroken": (LESSON, "\n\nIt does not: $2 \\cdot 5 = 10$.", ""),
    "figure-words": (LESSON, 'alt="A line" ', ""),
    "figure-missing": (LESSON, "figures/line.svg", "figures/../../../../etc/passwd"),
    "figure-invalid": (f"{PUBLISHED}/figures/line.svg", "<line", "<script>1</script><line"),
    "widget-name": (LESSON, 'name="doubles"', 'name="Doubles of x"'),
    "widget-data": (LESSON, '{"x": 1}', '{"x": }'),
    "widget-fallback": (LESSON, "It shows doubles.\n", ""),
    "stage-order": None,
    "lesson-order": (TRIPLES, "order: 3", "order: 2"),
    "module-unknown": (NUMBERS, "module: maths", "module: physics"),
    "skill-unknown": (NUMBERS, "skills: [counting]", "skills: [juggling]"),
    "skill-twice": ("skills.yaml", 'title: "Counting"}]', 'title: "Counting"}, {slug: counting, title: "Again"}]'),
    "prerequisite-unknown": (NUMBERS, "prerequisites: []", "prerequisites: [nothing]"),
    "prerequisite-redundant": (TRIPLES, "[doubles]", "[doubles, numbers]"),
    "graph-cycle": (NUMBERS, "prerequisites: []", "prerequisites: [triples]"),
    "onward-unknown": (LESSON, 'slug: numbers, why: "Back."', 'slug: nothing, why: "Back."'),
    "map-cell": (TRIPLES, "col: 2", "col: 1"),
    "map-width": (TRIPLES, "col: 2", "col: 9"),
    "map-left-to-right": (NUMBERS, "col: 0", "col: 5"),
    "map-line": (TRIPLES, "[doubles]", "[numbers]"),
    "uuid-twice": None,
    "slug-twice": None,
    "lesson-missing": None,
    "file-missing": None,
    "file-encoding": None,
    "quiz-id": (QUIZ, "id: item-4", "id: item-3"),
    "quiz-right": (QUIZ, "right: false", "right: true"),
    "quiz-tolerance": (QUIZ, "tolerance: 0", "tolerance: -1"),
    "points-total": (EXERCISE, "points: 100", "points: 90"),
    "pass-mark": (EXERCISE, "limits:", "pass_mark_share: 1.5\nlimits:"),
    "task-twice": None,
    "task-cell": (SOURCE, "task:double", "task:treble"),
    "task-points": (CHECKS, "points=70", "points=60"),
    "cell-tag": (SOURCE, '"given"', '"taken"'),
    "solution-markers": (SOURCE, "    ### END SOLUTION\n", ""),
    "hints": (EXERCISE, '"Add.", ', ""),
    "limit-unknown": (EXERCISE, "cpu_seconds", "patience"),
    "truth-unknown": (EXERCISE, "tasks:", "truth: [coursekit_truth.nothing]\ntasks:"),
    "visible-share": (CHECKS, "points=30", "points=31"),
    "visible-none": (CHECKS, ", visible=True", ""),
    "check-declaration": (CHECKS, "points=70", "points=SEVENTY"),
    "check-signature": (CHECKS, "def unseen(nb, rng)", "def unseen(nb)"),
    "check-points": (CHECKS, "points=70", "points=0"),
    "check-twice": (CHECKS, "def unseen", "def seen"),
    "check-task": (CHECKS, 'task="double", points=70', 'task="treble", points=70'),
    "mistake-header": (f"{PUBLISHED}/mistakes/adds_two.py", "# message: You added two\n", ""),
    "mistake-check": (f"{PUBLISHED}/mistakes/adds_two.py", "unseen", "nowhere"),
    "hardcoded-missing": None,
}
TOLD_OF_THE_OTHER = {"map-cell", "map-left-to-right", "map-line", "graph-cycle", "lesson-order"}  # two lessons have part in it
# Those that only the grader can find: test_proof.py.
PROVEN = {
    "reference-fails", "reference-cell", "starter-verdict", "starter-passes", "starter-check", "starter-message", "mistake-uncaught",
    "mistake-message", "hardcoded-passes", "hardcoded-visible", "example-raises", "example-output",
}  # fmt: skip


def test_the_small_content_has_no_finding(content):
    curriculum, findings = content.read()
    assert findings == []
    assert [lesson.slug for lesson in curriculum.lessons] == ["numbers", "doubles", "triples"]


def test_every_rule_of_the_code_is_tried():
    assert set(rules_in_the_code()) - EDITS.keys() - PROVEN == set()


def spoil(content, rule):
    match rule:
        case "stage-order":
            stage = content.path(STAGE_FILE).read_text()
            other = re.sub(r"uuid: \S+", "uuid: 7d8f3a52-5d0c-4c7e-9c38-7f3c7a5f6b1e", stage).replace("slug: foundations", "slug: more")
            content.write("02-more/stage.yaml", other)
            content.edit("track.yaml", f"[{STAGE}]", f"[{STAGE}, 02-more]")
        case "uuid-twice":
            content.write(f"{STAGE}/fours/lesson.md", matter("numbers", order=4, col=4))
        case "slug-twice":
            content.write("02-more/numbers/lesson.md", matter("others", order=1, col=0))
            stage = content.path(STAGE_FILE).read_text()
            other = re.sub(r"uuid: \S+", "uuid: 7d8f3a52-5d0c-4c7e-9c38-7f3c7a5f6b1e", stage).replace("order: 1", "order: 2")
            content.write("02-more/stage.yaml", other.replace("slug: foundations", "slug: more"))
            content.edit("track.yaml", f"[{STAGE}]", f"[{STAGE}, 02-more]")
        case "lesson-missing":
            content.write(f"{STAGE}/notes/ideas.txt", "later")
        case "file-missing":
            content.path(QUIZ).unlink()
        case "file-encoding":
            content.write(NUMBERS, "café".encode("latin-1"))
        case "task-twice":
            text = content.path(EXERCISE).read_text()
            content.write(EXERCISE, text + text[text.index("  - id: double") :])
        case "hardcoded-missing":
            content.path(f"{PUBLISHED}/mistakes/hardcoded.py").unlink()
        case "page-empty":
            text = content.path(LESSON).read_text()
            content.write(LESSON, text[: text.index("---\n", 4) + 4])
        case _:
            edit = EDITS[rule]
            assert edit is not None
            name, old, new = edit
            content.edit(name, old, new)


@pytest.mark.parametrize("rule", EDITS)
def test_the_fault_is_found_in_its_file_and_line(content, rule):
    spoil(content, rule)
    _, findings = content.read()
    found = [finding for finding in findings if finding.rule == rule]
    assert found, findings
    one = found[0]
    assert re.fullmatch(r"[\w./-]+:[1-9]\d* [a-z]+(-[a-z0-9]+)* \S.*", str(one))
    if EDITS[rule] and rule not in TOLD_OF_THE_OTHER:
        assert one.path.startswith(f"curriculum/{EDITS[rule][0].removesuffix('figures/line.svg').rsplit('/', 1)[0]}")


@pytest.mark.parametrize(
    ("rule", "words"),
    [("yaml-type", "minutes:"), ("prerequisite-unknown", "prerequisites:"), ("skill-unknown", "skills:"), ("yaml-unknown", "mood:")],
)
def test_the_line_is_that_of_the_fault(content, rule, words):
    spoil(content, rule)
    _, findings = content.read()
    [line] = {finding.line for finding in findings if finding.rule == rule}
    assert content.path(NUMBERS).read_text().splitlines()[line - 1].startswith(words)


def test_one_fault_does_not_hide_another(content):
    for rule in ("yaml-unknown", "callout-kind", "quiz-id", "check-points", "graph-cycle"):
        spoil(content, rule)
    assert {"yaml-unknown", "callout-kind", "quiz-id", "check-points", "graph-cycle"} <= {finding.rule for finding in content.read()[1]}


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<style>*{}</style>", "<iframe src=/>", "text{: onclick=alert(1) }",
    "[x](javascript:alert(1))", "[x](//evil.example)", "[x](data:text/html,1)", '[x](https://a.b "t"){: onclick=alert(1) style=color:red }',
    "$\\href{javascript:alert(1)}{x}$", "$\\htmlClass{a}{x}$", "## Title {: #id onclick=alert(1) }",
    "| a |\n| --- |\n| <b onclick=x>c</b> |",
]  # fmt: skip


class Seen(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_page_carries_no_markup_of_its_author(content, hostile):
    source = Source(content.path(LESSON), "lesson.md", hostile, Findings())
    seen = Seen(render_page(source, hostile, 1, content.path(PUBLISHED)).html)
    assert not seen.tags & {"script", "img", "style", "iframe", "b"}
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name != "href" or re.match(r"https://|/[^/]|#", value)
