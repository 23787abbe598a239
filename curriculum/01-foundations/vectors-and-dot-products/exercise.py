# %% [markdown]
# # Find customers who shop alike
#
# Larkspur keeps one row of monthly spend per customer. In four steps you build the tool that finds, for any
# customer, the past customers most like them, and the shadow that one arrow casts on another.
#
# Keep the names of the functions. *Check* tries a few small examples that you can see; *Submit* also tries
# inputs that you cannot.

# %% tags=["given"]
import numpy as np

spend = np.array(
    [
        [10.0, 20.0, 20.0],  # Bruno: garden, kitchen, games
        [180.0, 60.0, 130.0],  # Cleo
        [100.0, 700.0, 250.0],  # Dev
    ]
)
ana = np.array([20.0, 10.0, 20.0])

# %% [markdown]
# ## Task 1: the dot product in plain Python (20 points)
#
# `dot(u, v)` takes two lists of numbers and returns their dot product as a float. Use plain Python, no NumPy.
#
# * Two empty lists give `0.0`.
# * Lists of unequal length raise `ValueError`.

# %% tags=["task:dot"]
def dot(u: list[float], v: list[float]) -> float:
    """The sum of the products, position by position."""
    ### BEGIN SOLUTION
    if len(u) != len(v):
        raise ValueError(f"dot needs two vectors of one length, got {len(u)} and {len(v)}")
    total = 0.0
    for a, b in zip(u, v):
        total += a * b
    return total
    ### END SOLUTION


# %%
dot([20, 10, 20], [10, 20, 20])  # Ana and Bruno: 800.0

# %% [markdown]
# ## Task 2: cosine similarity that never breaks (20 points)
#
# `cosine(u, v)` takes two NumPy arrays of one length and returns a float.
#
# * If either vector is all zeros, return `0.0`.
# * The result always lies in the range from -1 to 1, rounding or not.
# * Tiny numbers such as `1e-200` must work too. Their squares are too small for a float.

# %% tags=["task:cosine"]
def cosine(u: np.ndarray, v: np.ndarray) -> float:
    """The cosine of the angle between `u` and `v`; 0.0 if one of them is zero."""
    ### BEGIN SOLUTION
    largest_u, largest_v = np.abs(u).max(), np.abs(v).max()
    if largest_u == 0 or largest_v == 0:
        return 0.0
    u, v = u / largest_u, v / largest_v  # the direction stays, and no square can vanish
    value = (u @ v) / (np.linalg.norm(u) * np.linalg.norm(v))
    return float(np.clip(value, -1.0, 1.0))
    ### END SOLUTION


# %%
cosine(ana, spend[1])  # Ana and Cleo: about 0.9855

# %% [markdown]
# ## Task 3: the k most similar customers (30 points)
#
# `top_k(Q, X, k)` takes query customers `Q` (one per row), past customers `X` (one per row) and a number `k`.
# It returns an integer array with one row per query: the row numbers in `X` of the `k` most similar customers
# by cosine, most similar first.
#
# * Equal similarity: the lower row number comes first.
# * A customer who bought nothing has similarity 0 to everybody.
# * Work on whole arrays. No Python loop over the rows of `Q` or `X`.

# %% tags=["task:top_k"]
def top_k(Q: np.ndarray, X: np.ndarray, k: int) -> np.ndarray:
    """For each row of `Q`, the `k` nearest rows of `X` by cosine, as row numbers."""
    ### BEGIN SOLUTION
    def unit_rows(rows: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, 1.0, lengths)

    similarity = unit_rows(Q) @ unit_rows(X).T
    return np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    ### END SOLUTION


# %%
top_k(ana.reshape(1, -1), spend, 2)  # Cleo, then Bruno: [[1, 0]]

# %% [markdown]
# ## Task 4: the shadow of one arrow on another (30 points)
#
# `project(u, onto)` returns the projection of `u` on the line through `onto`, an array of the same length.
#
# * If `onto` is all zeros there is no line: return zeros.

# %% tags=["task:project"]
def project(u: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """The part of `u` that lies along `onto`."""
    ### BEGIN SOLUTION
    squared_length = onto @ onto
    if squared_length == 0:
        return np.zeros_like(u, dtype=float)
    return (u @ onto) / squared_length * onto
    ### END SOLUTION


# %%
project(np.array([5.0, 5.0]), np.array([4.0, 2.0]))  # [6., 3.]
