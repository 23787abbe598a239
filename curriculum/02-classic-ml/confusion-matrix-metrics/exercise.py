# %% [markdown]
# # Count the errors of a fraud model
#
# In four steps you write the tools that tell what a model gets wrong: the confusion matrix, the numbers read from
# it, an average over classes, and the group of payments that the model serves worst.
#
# Keep the names of the functions. *Check* tries a few small examples that you can see; *Submit* also tries
# inputs that you cannot.

# %% tags=["given"]
import numpy as np
import pandas as pd
from coursekit.data import card_transactions

payments = card_transactions(seed=0)
y = payments["is_fraud"].to_numpy()  # the truth: 1 is fraud, 0 is honest

# The model of the lesson: an alarm (1) from two warning signs on.
signs = (
    (payments["amount_ratio_30d"] > 2).astype(int)
    + (payments["channel"] == "online")
    + payments["is_foreign"]
    + (payments["hour"] < 6)
    + (payments["n_tx_24h"] >= 4)
).to_numpy()
p = (signs >= 2).astype(int)

# %% [markdown]
# ## Task 1: the confusion matrix (25 points)
#
# `confusion(y, p)` takes two NumPy arrays of one length, both of 0 and 1: `y` is the truth, `p` what the model said.
# It returns an integer array of shape (2, 2): `[[TN, FP], [FN, TP]]`.
#
# * Rows are the truth, columns what the model said.
# * The shape stays (2, 2), also if one of the two classes never occurs.

# %% tags=["task:confusion"]
def confusion(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Counts of the four kinds of answer, as `[[TN, FP], [FN, TP]]`."""
    ### BEGIN SOLUTION
    truth, alarm = y == 1, p == 1
    return np.array(
        [
            [(~truth & ~alarm).sum(), (~truth & alarm).sum()],
            [(truth & ~alarm).sum(), (truth & alarm).sum()],
        ]
    )
    ### END SOLUTION


# %%
confusion(y, p)  # [[36241, 3402], [127, 230]]

# %% [markdown]
# ## Task 2: precision, recall, specificity and F (25 points)
#
# `prf(y, p, beta=1.0)` takes the same two arrays and returns a dict with the keys `"precision"`, `"recall"`,
# `"specificity"` and `"f"`. The last one is F-beta, which for `beta=1` is F1.
#
# * Wherever the lower half of a fraction is zero, the value is `0.0`.

# %% tags=["task:prf"]
def prf(y: np.ndarray, p: np.ndarray, beta: float = 1.0) -> dict[str, float]:
    """Precision, recall, specificity and F-beta of the positive class 1."""
    ### BEGIN SOLUTION
    (tn, fp), (fn, tp) = confusion(y, p).tolist()

    def share(part: float, whole: float) -> float:
        return part / whole if whole else 0.0

    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    return {
        "precision": precision,
        "recall": recall,
        "specificity": share(tn, tn + fp),
        "f": share((1 + beta**2) * precision * recall, beta**2 * precision + recall),
    }
    ### END SOLUTION


# %%
prf(y, p)  # precision 0.063, recall 0.644, specificity 0.914, f 0.115

# %% [markdown]
# ## Task 3: macro F1 (25 points)
#
# `macro_f1(y, p, k)` takes arrays of classes, whole numbers from 0 to `k - 1`, and returns the plain mean of the
# `k` F1 values: each class in turn is the positive one.
#
# * A class that occurs neither in `y` nor in `p` has F1 `0.0` and counts in the mean like every other.

# %% tags=["task:macro_f1"]
def macro_f1(y: np.ndarray, p: np.ndarray, k: int) -> float:
    """The mean F1 of the classes 0 to k - 1, one vote each."""
    ### BEGIN SOLUTION
    values = [prf((y == each).astype(int), (p == each).astype(int))["f"] for each in range(k)]
    return sum(values) / k
    ### END SOLUTION


# %%
macro_f1(np.array([0, 0, 0, 0, 1, 1, 2]), np.array([0, 0, 0, 0, 1, 0, 1]), 3)  # (8/9 + 1/2 + 0) / 3: 0.463

# %% [markdown]
# ## Task 4: the group that is served worst (25 points)
#
# `worst_slice(df, y, p, column, min_rows)` takes a table and, for its rows in their order, the truth `y` and the
# answers `p`, arrays of 0 and 1. A *slice* is all rows with one value in `column`. Return a tuple: the value whose
# slice has the lowest recall, and that recall.
#
# * Skip slices of fewer than `min_rows` rows, and slices without a row where `y` is 1: there is nothing to catch.
# * Equal recall: the value that comes first in sorted order.
# * If no slice is left, raise `ValueError`.
# * Leave `df` as it is. Its row labels can be any numbers, in any order.

# %% tags=["task:worst_slice"]
def worst_slice(df: pd.DataFrame, y: np.ndarray, p: np.ndarray, column: str, min_rows: int) -> tuple[object, float]:
    """The value of `column` with the lowest recall among the slices that are large enough, and that recall."""
    ### BEGIN SOLUTION
    values = df[column].to_numpy()
    worst = None
    for value in sorted(set(values.tolist())):
        inside = values == value
        if inside.sum() < min_rows or not (y[inside] == 1).any():
            continue
        recall = prf(y[inside], p[inside])["recall"]
        if worst is None or recall < worst[1]:
            worst = (value, recall)
    if worst is None:
        raise ValueError(f"no slice of {column!r} has {min_rows} rows and a positive one")
    return worst
    ### END SOLUTION


# %%
worst_slice(payments, y, p, "channel", 7_000)  # the chip payments: ("chip", 0.436)
