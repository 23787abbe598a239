"""What the warm parent does before its first child: import what notebooks import, and do a little of everything once.

An import alone is not enough: the first fit, the first figure and the first optimiser step each pull in code that every child would
otherwise load again, and pages that every child would copy.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import os
import re
from collections.abc import Callable
from pathlib import Path

from grading.exercise import Runtime
from grading.sandbox import syscalls

HUGE_PAGE = 2 * 1024 * 1024
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # a pool of threads would not survive fork
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JOBLIB_MULTIPROCESSING": "0",  # n_jobs=2 then quietly works in one process, where it would be refused a second
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108  the warm parent's own tmpfs
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
    "XDG_CACHE_HOME": "/tmp",  # noqa: S108
    "HOME": "/box",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TZ": "UTC",
}
LIBRARIES = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "sklearn.linear_model",
    "sklearn.preprocessing",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.metrics",
    "sklearn.ensemble",
    "sklearn.cluster",
    "sklearn.datasets",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "IPython.core.interactiveshell",
    "grading.inside.learner",
    "grading.inside.checker",
    "grading.checks",
)


def warm_up(runtime: Runtime) -> None:
    """Import and rehearse, then freeze what is there, so that children share it. Raises ImportError without torch where it is wanted."""
    os.environ.update(ENVIRONMENT)
    for name in LIBRARIES:
        importlib.import_module(name)
    if importlib.util.find_spec("coursekit"):
        importlib.import_module("coursekit.data")
    _rehearse(_a_fit, _a_figure, _a_table, _a_notebook)
    if runtime == "torch":
        _warm_torch()
    gc.collect()
    gc.freeze()
    _collapse_pages()


def _rehearse(*parts: Callable[[], None]) -> None:
    for part in parts:
        with contextlib.suppress(Exception):  # a rehearsal that fails costs time later, nothing else
            part()


def _a_fit() -> None:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(0)
    features, target = rng.normal(size=(80, 3)), rng.integers(0, 2, 80)
    train, test, train_target, _ = train_test_split(features, target, random_state=0, stratify=target)
    make_pipeline(StandardScaler(), LogisticRegression()).fit(train, train_target).predict(test)
    HistGradientBoostingClassifier(max_iter=2).fit(train, train_target).predict(test)


def _a_figure() -> None:
    import io

    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0], label="one")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    plt.close("all")


def _a_table() -> None:
    import pandas as pd

    frame = pd.DataFrame({"region": ["a", "b", "a"], "units": [1, 2, 3]})
    frame.groupby("region").sum().reset_index().sort_values("units").to_html()
    repr(frame.describe())


def _a_notebook() -> None:
    from grading.inside import learner

    learner.prepare()


def _warm_torch() -> None:
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    model = torch.nn.Linear(3, 1)
    optimiser = torch.optim.AdamW(model.parameters())
    torch.nn.functional.mse_loss(model(torch.ones(4, 3)), torch.zeros(4, 1)).backward()  # type: ignore[no-untyped-call]
    optimiser.step()


def _collapse_pages() -> None:
    """Ask for huge pages over what we hold: fork copies page tables, and shorter ones are copied faster. Best effort (Linux 6.1)."""
    with contextlib.suppress(OSError), Path("/proc/self/maps").open(encoding="ascii") as maps:
        for start, end in _anonymous_ranges(maps.read()):
            with contextlib.suppress(OSError):
                syscalls.advise_memory(start, end - start, syscalls.MADV_COLLAPSE)


def _anonymous_ranges(maps: str) -> list[tuple[int, int]]:
    """Private, writable ranges without a file, cut to whole huge pages."""
    ranges = []
    for match in re.finditer(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0(?:\s+\[heap\])?\s*$", maps, re.MULTILINE):
        start = -(-int(match[1], 16) // HUGE_PAGE) * HUGE_PAGE
        end = int(match[2], 16) // HUGE_PAGE * HUGE_PAGE
        if end > start:
            ranges.append((start, end))
    return ranges
