"""Exceptions are told in one plain sentence, with a likely mend and the learner's own line."""

import pytest

from grading.inside.friendly import explain, nearest
from grading.inside.learner import Kernel
from tests.grading.pair import fresh_process


@pytest.fixture(scope="module")
def kernel():
    fresh_process()
    yield Kernel()
    fresh_process()


def told(kernel, *cells):
    """The error of the last cell, as its cell_end tells it."""
    for index, source in enumerate(cells):
        end = kernel.run(index, source, [])
    return end["error"]


CASES = [
    ("scores = [1]\nscore", "NameError", "There is no name `score` here.", "Did you mean `scores`?", 2),
    ("np.zeros(3)", "NameError", "There is no name `np` here.", "Add `import numpy as np` above.", 1),
    ("zzqy", "NameError", "There is no name `zzqy` here.", "Is the cell that defines it above this one?", 1),
    ("def f():\n    x += 1\nx = 1\nf()", "UnboundLocalError", "`x` is used here before it has a value in this function.", None, 2),
    ("[].push(1)", "AttributeError", "A list has no attribute `push`.", None, 1),
    ("'a'.uper()", "AttributeError", "Text has no attribute `uper`.", "Did you mean `upper`?", 1),
    (
        "None.shape",
        "AttributeError",
        "This value is None, and None has no `shape`.",
        "Is a `return` missing in the function that made it?",
        1,
    ),
    ("import math\nmath.sqroot(3)", "AttributeError", "The module math has no attribute `sqroot`.", "Did you mean `sqrt`?", 2),
    (
        "import pandas as pd\ndf = pd.DataFrame({'score': [1], 'name': ['a']})\ndf['scores']",
        "KeyError",
        "This table has no column `scores`.",
        "Did you mean `score`?",
        3,
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1], 'b': [2]})\ndf['zebra']",
        "KeyError",
        "This table has no column `zebra`.",
        "Its columns are a, b.",
        3,
    ),
    (
        "df = __import__('pandas').DataFrame({'total': [1]})\ndf.totl",
        "AttributeError",
        "This table has no column or method `totl`.",
        "Did you mean `total`?",
        2,
    ),
    ("prices = {'apple': 1}\nprices['aple']", "KeyError", "There is no key `aple` in this dict.", "Did you mean `apple`?", 2),
    ("x = [1, 2]\nx[5]", "IndexError", "An index is past the end of a list.", "Indices count from 0: the last is the length minus 1.", 2),
    ("import numpy as np\nnp.zeros((2, 3))[5]", "IndexError", "Index 5 is outside axis 0, which has 2 entries.", None, 2),
    ("import numpy as np\nnp.ones(3) + np.ones(4)", "ValueError", "Shapes (3,) and (4,) do not fit together.", None, 2),
    (
        "import numpy as np\na = np.ones((2, 3)); b = np.ones((2, 3))\na @ b",
        "ValueError",
        "The inner lengths of this matrix product differ: 3 and 2.",
        None,
        3,
    ),
    (
        "import numpy as np\nnp.dot(np.ones((2, 3)), np.ones(2))",
        "ValueError",
        "A product of shapes (2,3) and (2,) is not defined.",
        None,
        2,
    ),
    (
        "import numpy as np\nif np.ones(2) > 0: pass",
        "ValueError",
        "An `if`, `and` or `or` needs one yes or no, and this array holds many.",
        None,
        2,
    ),
    ("import numpy as np\nnp.arange(6).reshape(4, 2)", "ValueError", "6 values cannot be arranged in shape (4,2).", None, 2),
    ("a, b = 1, 2, 3", "ValueError", "2 values were expected on the left, and more came.", None, 1),
    ("float('$3')", "ValueError", "The text '$3' is not a number.", None, 1),
    ("{[1]: 2}", "TypeError", "A list cannot be a key of a dict or a member of a set.", "Use a tuple instead.", 1),
    ("None + 1", "TypeError", "A value on this line is None.", "Is a `return` missing in the function that made it?", 1),
    ("(3)(4)", "TypeError", "A whole number was called like a function.", None, 1),
    ("'a' + 1", "TypeError", "A whole number cannot be added to text.", "Convert one of them first.", 1),
    ("1 + 'a'", "TypeError", "`+` does not work between a whole number and text.", "", 1),
    ("x = 1\n1/0", "ZeroDivisionError", "Something is divided by zero on this line.", None, 2),
    ("import nunpy", "ModuleNotFoundError", "There is no package `nunpy` here.", "Did you mean `numpy`?", 1),
    ("from math import sqr", "ImportError", "`math` has nothing called `sqr`.", "Did you mean `sqrt`?", 1),
    ("open('no_such_file.csv')", "FileNotFoundError", "There is no file `no_such_file.csv` in the working folder.", None, 1),
    ("def f(): return f()\nf()", "RecursionError", "A function called itself too many times.", None, 1),
    ("raise SystemExit", "SystemExit", "This ended Python.", None, 1),
    (
        "input()",
        "InputNotAvailable",
        "input() cannot be answered here, for nobody sits at the keyboard.",
        "Write the value into the code instead.",
        1,
    ),
    ("print('a'", "SyntaxError", "The bracket `(` is never closed: it opens on line 1.", None, 1),
    ("x = 'abc", "SyntaxError", "A text is never closed: it begins on line 1.", "Add the missing quote.", 1),
    ("def f()\n    pass", "SyntaxError", "A `:` is missing on line 1.", None, 1),
    ("if True:\nx = 1", "IndentationError", "Something indented is missing on line 2.", None, 2),
    ("x = 1\n  y = 2", "IndentationError", "The indentation does not fit on line 2.", None, 2),
    ("if x = 3: pass", "SyntaxError", "`=` stands where a comparison is expected on line 1.", "Use `==` to compare.", 1),
    ("print 'a'", "SyntaxError", "print needs brackets on line 1.", "Write `print(...)`.", 1),
    ("raise ValueError('Give at least one row.')", "ValueError", "Give at least one row.", "", 1),
    ("class Odd(Exception): pass\nraise Odd", "Odd", "Odd was raised without a text.", "", 2),
]


@pytest.mark.parametrize(
    ("source", "name", "message", "hint", "line"), CASES, ids=[f"{case[1]}-{number}" for number, case in enumerate(CASES)]
)
def test_an_exception_is_told_in_plain_words(kernel, source, name, message, hint, line):
    kernel.shell.user_ns.pop("np", None)
    if "input()" in source:
        from grading.inside.shell import attach

        detach = attach(kernel.outlet)
        error = told(kernel, source)
        detach()
    else:
        error = told(kernel, source)
    assert (error["name"], error["message"], error["line"]) == (name, message, line)
    if hint is not None:
        assert error["hint"] == hint


def test_tensors_of_other_shapes_are_told_with_both(kernel):
    pytest.importorskip("torch")
    assert told(kernel, "import torch\ntorch.ones(2, 3) @ torch.ones(4, 5)")["message"] == "A matrix product of 2x3 and 4x5 is not defined."
    assert told(kernel, "torch.ones(3) + torch.ones(4)")["message"] == "Two tensors differ along dimension 0: 3 and 4."


def test_the_line_is_the_cell_s_own_even_when_another_cell_s_function_raised(kernel):
    error = told(kernel, "def half(x):\n    y = x\n    return y / 0", "a = 1\nb = half(a)")
    assert error["line"] == 2
    assert "Cell 1, line 3, in half" in error["traceback"]
    assert "Cell 2, line 2, in <module>" in error["traceback"]


def test_the_traceback_shows_no_frame_and_no_folder_of_ours(kernel):
    trace = told(kernel, "import pandas as pd\npd.DataFrame({'a': [1]})['b']")["traceback"]
    assert 'File "pandas/core/frame.py"' in trace
    assert "IPython" not in trace
    assert "grading" not in trace
    assert "site-packages" not in trace


@pytest.mark.parametrize(
    "body",
    [
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
        "class E(Exception):\n    def __str__(self): return 'x' * 10**8\nraise E",
        "class E(AttributeError):\n    name = 'x'\n    @property\n    def obj(self): raise KeyboardInterrupt\nraise E",
        "class M(type):\n    def __instancecheck__(*_): 1/0\nclass O(metaclass=M):\n    def __dir__(self): raise MemoryError\nO().nothing",
        "raise KeyError(type('K', (), {'__repr__': lambda s: 1/0, '__hash__': lambda s: 1, '__eq__': lambda a, b: 1/0})())",
        "raise Exception(*range(10**5))",
        "raise ExceptionGroup('many', [ValueError(1), KeyError(2)])",
        "e = ValueError('loop'); e.__context__ = e; raise e",
        "raise Exception('\\ud800')",
    ],
)
def test_exceptions_that_misbehave_are_told_all_the_same(kernel, body):
    error = told(kernel, body)
    assert error["name"]
    assert len(error["message"]) <= 2000
    assert len(error["traceback"]) <= 8000


def test_an_exception_without_a_traceback_is_told():
    told = explain(ValueError("x"), lambda name: None)
    assert (told.name, told.message, told.line, told.kinds[:3]) == ("ValueError", "x", None, ("ValueError", "Exception", "BaseException"))


def test_near_names_are_found_by_case_first():
    assert nearest("Score", ["score", "Scored"]) == "score"
    assert nearest("zzz", ["score"]) is None
    assert nearest(3, ["score"]) is None
