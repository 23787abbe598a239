"""docs/checks.md names every public helper, and each of its examples is true."""

import re
from pathlib import Path

import pytest

import grading.checks
from tests.grading.pair import CHECK, grade

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

# A notebook that does everything the examples ask for.
RIGHT = """
import numpy as np, pandas as pd

def dot(u, v): return float(sum(a * b for a, b in zip(u, v)))

class Model:
    def fit(self, x, y): self.up = x[y == 1].mean(axis=0); self.down = x[y == 0].mean(axis=0); return self
    def predict(self, x): return (((x - self.up) ** 2).sum(1) < ((x - self.down) ** 2).sum(1)).astype(int)
def train(x, y): return Model().fit(x, y)

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
def tokens(text): return text.lower().split()
def by_region(df): return df.groupby("region", as_index=False)["units"].sum()
def units(df): return df["units"]
def standardise(x): return (x - x.mean(0)) / x.std(0), x.mean(0), x.std(0)
def forecast_error(): return 0.23
def scale(x):
    if not len(x): raise ValueError("empty")
    return x / x.max()
def sample(n, seed): return np.random.default_rng(seed).normal(size=n)
def shuffle(items, rng): rng.shuffle(items); return items
def slope(f, x): return (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
def nearest(p): return ((p[:, None] - p[None]) ** 2).sum(-1).argsort(1)[:, 1]
def fit(x, y): return np.linalg.lstsq(x, y)[0]
def decide(): return 0.3
"""
BARE = re.sub(r"(?m)^(def \w+\(.*?\)):.*(\n    .*)*", r"\1: ...", RIGHT)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: CHECK.search(text)["name"])
def test_each_example_passes_a_right_notebook_and_fails_a_bare_one(example):
    names = [match["name"] for match in CHECK.finditer(example)]
    right = grade(RIGHT, example)
    assert {name: right.message(name) for name in names} == dict.fromkeys(names, "")
    assert all(right.passed(name) for name in names)
    bare = grade(BARE, example)
    assert not any(bare.passed(name) for name in names)
    assert all(bare.checks[name]["fault"] is None for name in names)


@pytest.mark.parametrize("name", grading.checks.__all__)
def test_the_page_names_every_public_helper(name):
    assert re.search(rf"`{name}\b", PAGE) or re.search(rf"\b{name}\(", PAGE)


def test_softmax_reads_as_the_page_says():
    example = next(text for text in EXAMPLES if "softmax_rows" in text)
    wrong = grade("import numpy as np\ndef softmax(z): return np.exp(z) / np.exp(z).sum()", example)
    assert re.fullmatch(
        r"softmax of random rows: 28 of 28 values differ; the largest difference is 0\.\d+\. The call was `softmax\(array\(4, 7\)\)`\.",
        wrong.message("softmax_rows"),
    )
