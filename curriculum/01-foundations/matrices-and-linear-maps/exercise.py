# %% [markdown]
# # Bill every store, price every house
#
# Larkspur's purchasing wants all bills at once, its analysts want all scores at once, and the staff-relocation
# scheme wants a price line for houses. In four steps you build the matrix tools for that.
#
# Keep the names of the functions. *Check* tries a few small examples that you can see; *Submit* also tries
# inputs that you cannot.

# %% tags=["given"]
import numpy as np

quantities = np.array(
    [
        [10, 2, 20, 5],  # North: pots, lamps, mugs, games
        [4, 8, 0, 10],  # Harbour
        [6, 0, 12, 3],  # Mill
    ]
)
prices = np.array(
    [
        [12, 11],  # pots: at home, abroad
        [48, 50],  # lamps
        [12, 11],  # mugs
        [24, 25],  # games
    ]
)
houses = np.array([[40.0], [60.0], [80.0], [100.0]])  # one feature: area in square metres
sold_for = np.array([150.0, 190.0, 270.0, 310.0])  # thousand euros

# %% [markdown]
# ## Task 1: the matrix product by hand (20 points)
#
# `matmul(A, B)` takes two matrices (2-D arrays) and returns their product, an array with the rows of `A` and the
# columns of `B`.
#
# * Build it from dot products: one row of `A` with one column of `B`. Do without `@` and without NumPy's
#   `dot`, `matmul`, `inner`, `vdot`, `tensordot` and `einsum`; they are what you are building.
# * Inner sizes that differ raise `ValueError`.
# * The numbers may have decimal places.

# %% tags=["task:matmul"]
def matmul(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """The matrix product of `A` (n, d) and `B` (d, k), of shape (n, k)."""
    ### BEGIN SOLUTION
    n, d = A.shape
    rows_of_b, k = B.shape
    if d != rows_of_b:
        raise ValueError(f"cannot join {A.shape} and {B.shape}: {d} columns meet {rows_of_b} rows")
    product = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            product[i, j] = (A[i] * B[:, j]).sum()
    return product
    ### END SOLUTION


# %%
matmul(quantities, prices)  # North, Harbour and Mill: [[576, 555], [672, 694], [288, 273]]

# %% [markdown]
# ## Task 2: a layer of scores (25 points)
#
# `linear_scores(X, W, b)` takes customers `X` of shape (n, d), weights `W` of shape (d, k) and offsets `b` of shape
# (k,). It returns the scores, of shape (n, k): row i holds all scores of customer i.
#
# * Every row gets the same offsets.
# * No Python loop.

# %% tags=["task:linear_scores"]
def linear_scores(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Every score of every row of `X`."""
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


# %%
linear_scores(quantities, prices, np.array([20, 35]))  # the bills with delivery, 20 euros at home and 35 abroad

# %% [markdown]
# ## Task 3: fit a price line (30 points)
#
# `fit_least_squares(X, y)` takes features `X` of shape (n, d) and targets `y` of shape (n,). It returns the weights
# with the smallest sum of squared misses, of shape (d + 1,): the intercept first, then one weight per column of `X`.
#
# * `X` comes without a column of ones.
# * Two equal columns, or one that is a multiple of another, must not break it: the predictions are still the best
#   possible ones. Use `np.linalg.lstsq`.

# %% tags=["task:fit_least_squares"]
def fit_least_squares(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Intercept and weights of the least-squares fit of `y` on the columns of `X`."""
    ### BEGIN SOLUTION
    with_ones = np.column_stack([np.ones(len(X)), X])
    weights, *_ = np.linalg.lstsq(with_ones, y)
    return weights
    ### END SOLUTION


# %%
fit_least_squares(houses, sold_for)  # 34 thousand euros, and 2.8 thousand per square metre

# %% [markdown]
# ## Task 4: put features on one scale (25 points)
#
# `standardise(X)` takes a table `X` of shape (n, d), one customer per row and one feature per column. It returns
# three things: `Z`, the table with every column at mean 0 and standard deviation 1; `mean` and `std`, the means and
# standard deviations of the columns of `X`, each of shape (d,).
#
# * The standard deviation divides by n, as NumPy does by default.
# * A column whose values are all equal becomes a column of zeros. What `std` holds for it is up to you.
# * Rounding can leave such a column with a deviation like `7e-15`. It becomes zeros too.
# * `X` stays as it is.

# %% tags=["task:standardise"]
def standardise(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`X` with its columns at mean 0 and deviation 1, and their means and deviations."""
    ### BEGIN SOLUTION
    mean, std = X.mean(axis=0), X.std(axis=0)
    is_constant = X.max(axis=0) == X.min(axis=0)  # exact, where a computed deviation may be a rounding error
    Z = (X - mean) / np.where(is_constant, 1.0, std)
    return np.where(is_constant, 0.0, Z), mean, std
    ### END SOLUTION


# %%
standardise(np.column_stack([houses, [3.0, 3.0, 3.0, 3.0]]))  # the second column is constant: zeros
