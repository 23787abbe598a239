"""A whole content root in few files, without a finding: one published lesson, two that are coming, one exercise that stands alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from lessons.content.findings import Finding, Findings
from lessons.content.model import Curriculum
from lessons.content.places import Places
from lessons.content.tree import read_curriculum

STAGE = "01-foundations"
PUBLISHED = f"{STAGE}/doubles"


def uid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def matter(slug: str, *, order: int, col: int, needs: str = "", status: str = "coming", more: str = "") -> str:
    return f"""---
uuid: {uid(slug)}
title: "About {slug}"
status: {status}
minutes: 30
module: maths
order: {order}
col: {col}
row: 0
summary: "What {slug} are."
objectives: ["say it", "do it"]
prerequisites: [{needs}]
skills: [counting]
{more}---
"""


FILES = {
    "track.yaml": f'uuid: {uid("track")}\nslug: track\ntitle: "Track"\nsummary: "A way."\nstages: [{STAGE}]\n',
    "skills.yaml": 'groups:\n  - slug: maths\n    title: "Maths"\n    skills: [{slug: counting, title: "Counting"}]\n',
    f"{STAGE}/stage.yaml": f"""uuid: {uid("stage")}
slug: foundations
title: "Foundations"
summary: "What everything rests on."
outcome: "Count."
order: 1
modules:
  - {{slug: maths, title: "Maths"}}
""",
    f"{STAGE}/numbers/lesson.md": matter("numbers", order=1, col=0),
    f"{STAGE}/triples/lesson.md": matter("triples", order=3, col=2, needs="doubles"),
    f"{PUBLISHED}/lesson.md": matter(
        "doubles",
        order=2,
        col=1,
        needs="numbers",
        status="published",
        more="""onward:
  - {slug: triples, why: "Next."}
  - {slug: numbers, why: "Back."}
  - {slug: triples, why: "Deeper."}
""",
    )
    + f"""
{"word " * 640}

## One

A formula $x + x$ in text, and one alone:

$$2 x$$

```python run
print(2 * 3)
```

```output
6
```

## Two

::: claim
"Doubling adds two."

It does not: $2 \\cdot 5 = 10$.
:::

::: figure src="figures/line.svg" alt="A line" caption="A line"
It goes from left to right.
:::

## Three

::: widget name="doubles" data='{{"x": 1}}'
It shows doubles.
:::

::: callout kind="remember"
Twice.
:::
""",
    f"{PUBLISHED}/figures/line.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><line x1="0" y1="0" x2="9" y2="9"/></svg>'
    ),
    f"{PUBLISHED}/quiz.yaml": "items:\n"
    + "".join(
        f"""  - id: item-{number}
    type: single
    prompt: "Twice {number}?"
    options:
      - {{id: a, text: "{2 * number}", right: true, why: "Yes."}}
      - {{id: b, text: "{number + 2}", right: false, why: "That adds two."}}
"""
        for number in range(3, 8)
    )
    + """  - id: last
    type: numeric
    prompt: "Twice 4?"
    answer: 8
    tolerance: 0
    why: "4 + 4."
    near: [{value: 6, why: "That adds two."}]
""",
    f"{PUBLISHED}/exercise.yaml": f"""uuid: {uid("exercise")}
title: "Doubles"
limits: {{cpu_seconds: 5}}
tasks:
  - id: double
    title: "Double"
    points: 100
    signature: "double(x) -> float"
    defines: [double]
    hints: ["Add.", "Add it to itself.", "`x + x`"]
""",
    f"{PUBLISHED}/exercise.py": """# %% [markdown]
# # Doubles

# %% tags=["given"]
import math

# %% tags=["task:double"]
def double(x):
    ### BEGIN SOLUTION
    return 2.0 * x
    ### END SOLUTION
""",
    f"{PUBLISHED}/checks.py": """from grading.checks import check, close


@check("double(3) is 6", task="double", points=30, visible=True)
def seen(nb, rng):
    close(nb.call("double", 3), 6.0, "double(3)")


@check("double agrees on random numbers", task="double", points=70)
def unseen(nb, rng):
    x = float(rng.normal())
    close(nb.call("double", x), 2 * x, "a double", mistakes={"You added two.": x + 2})
""",
    f"{PUBLISHED}/mistakes/adds_two.py": (
        "# caught_by: unseen\n# message: You added two\ndef double(x):\n    return 6.0 if x == 3 else x + 2\n"
    ),
    f"{PUBLISHED}/mistakes/hardcoded.py": "def double(x):\n    return 6.0\n",
}


@dataclass(frozen=True)
class Content:
    """The files below `root/curriculum`, ready to be spoilt."""

    root: Path

    @property
    def places(self) -> Places:
        return Places(root=self.root, curriculum=self.root / "curriculum", extra_exercises=self.root / "fixtures" / "exercises")

    def path(self, name: str) -> Path:
        return self.root / "curriculum" / name

    def write(self, name: str, text: str | bytes) -> None:
        place = self.path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text()
        assert text.count(old) >= 1, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new, 1))

    def rename(self, old: str, new: str) -> None:
        self.path(old).rename(self.path(new))

    def read(self) -> tuple[Curriculum, list[Finding]]:
        findings = Findings()
        return read_curriculum(self.places, findings), sorted(findings.items)


def small_content(root: Path) -> Content:
    content = Content(root)
    for name, text in FILES.items():
        content.write(name, text)
    return content
