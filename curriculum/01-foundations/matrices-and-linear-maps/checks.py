"""Checks of *Bill every store, price every house*.

The limit for numbers, and what was measured for it, stands below.
"""

import ast

import numpy as np

from grading.checks import LearnerError, avoids, check, close, fail, keeps_input, returns, uses_no_loop

# One limit for all hidden comparisons, measured on 20 seeds as the largest gap / (1 + |expected|) of a check. "Worst" is the reference's
# worst seed; "other" the worst of other right ways (plain loops, normal equations, pinv, scikit-learn); "mistake" the best seed of the
# nearest mistake, among those that raise nothing and keep the shape. On duplicated columns `inv` and `solve` raise on every seed.
#   matmul_random          worst 5e-14   other 5e-14    mistake 0.30 (cuts off decimals)
#   scores_random          worst 0       -              mistake 2.9 (no offsets)
#   scores_shift           worst 4e-16   -              mistake 0.87 (offsets ignored)
#   fit_random             worst 0       other 6e-10    mistake 0.96 (padded with zero)
#   fit_residuals          worst 3e-13   other 1e-11    mistake 0.044 (shifted intercept)
#   fit_duplicates         worst 0       other 7e-11    mistake 1.0 (zeros where `inv` raises)
#   standardise_random     worst 0       other 2e-14    mistake 0.12 (n - 1)
#   standardise_properties worst 1e-14   other 1e-14    -
#   standardise_constant   worst 2e-15   other 4e-15    mistake nan
#   standardise_rounded    worst 6e-16   other 1e-14    mistake 1.0 (trusts a deviation of 0)
NEAR = {"rtol": 1e-8, "atol": 1e-8}


def short(*matrices):
    """Matrices as text where they are short enough to read, else their shape."""
    return " and ".join(str(np.round(m, 3).tolist()) if m.size <= 4 else f"a matrix of shape {m.shape}" for m in matrices)


# Task 1: matmul

ELEMENTWISE = "Same shape in, same shape out: that is the Hadamard product, entry by entry. An entry here is a row of A dot a column of B."
OTHER_ORDER = "That is B times A. The order matters: rows of A meet columns of B."
ROWS_WITH_ROWS = "You took rows of both. A row of A meets a column of B, which is `B[:, j]`."
TURNED_OVER = "Rows and columns of the result are exchanged. Entry i, j belongs to row i of A and column j of B."
CUT_OFF = "The decimal places are gone. An array of whole numbers cuts off what is written into it: start from `np.zeros((n, k))`."


def wrong_products(A, B):
    wrong = {TURNED_OVER: (A @ B).T, CUT_OFF: np.trunc(A @ B)}
    if A.shape == B.shape:  # the other mistakes give a value only there
        wrong |= {ELEMENTWISE: A * B, OTHER_ORDER: B @ A, ROWS_WITH_ROWS: A @ B.T}
    return wrong


@check("matmul gives the product on two small examples", task="matmul", points=6, visible=True)
def matmul_small(nb, rng):
    A, B = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
    close(nb.call("matmul", A, B), A @ B, "matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]])", mistakes=wrong_products(A, B))
    quantities = np.array([[10, 2, 20, 5], [4, 8, 0, 10], [6, 0, 12, 3]])
    prices = np.array([[12, 11], [48, 50], [12, 11], [24, 25]])
    close(nb.call("matmul", quantities, prices), quantities @ prices, "matmul(quantities, prices), the bills of the lesson")


@check("matmul agrees with NumPy on matrices up to 30 by 40", task="matmul", points=7)
def matmul_random(nb, rng):
    # Square ones first: there the named mistakes give a value, elsewhere most of them raise.
    for n, d, k in ((2, 2, 2), (3, 3, 3), (1, 1, 1), (1, 3, 2), (3, 1, 2), (4, 2, 5), (30, 40, 20)):
        A, B = rng.normal(size=(n, d)) * 5, rng.normal(size=(d, k)) * 5
        close(nb.call("matmul", A, B), A @ B, f"matmul of {short(A, B)}", mistakes=wrong_products(A, B), **NEAR)


@check("matmul refuses matrices whose inner sizes differ", task="matmul", points=5)
def matmul_refuses(nb, rng):
    A, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 2))
    # Who refuses everything earns nothing here.
    close(nb.call("matmul", A, B), A @ B, f"matmul of {short(A, B)}", mistakes=wrong_products(A, B), **NEAR)
    # Equal shapes let `*` through, and a size of 1 is repeated by NumPy without a word.
    for left, right in (((2, 3), (2, 3)), ((2, 3), (1, 2)), ((2, 1), (3, 2)), ((3, 2), (4, 3)), ((3, 4), (2, 3))):
        A, B = rng.normal(size=left), rng.normal(size=right)
        hint = f"Shapes {left} and {right} went through silently, though {left[1]} is not {right[0]}. Compare the inner sizes first."
        nb.call_raises("matmul", ValueError, A, B, hint=hint)


@check("matmul is built from dot products", task="matmul", points=2)
def matmul_by_hand(nb, rng):
    A, B = rng.normal(size=(2, 2)), rng.normal(size=(2, 2))
    # An empty function avoids `@` too, and earns nothing.
    close(nb.call("matmul", A, B), A @ B, f"matmul of {short(A, B)}", mistakes=wrong_products(A, B), **NEAR)
    words = "`matmul` hands the work to NumPy. This first time, combine the rows and columns yourself: it shows what `@` does later."
    avoids(nb, "matmul", "matmul", "inner", "vdot", "tensordot", "einsum", message=words)
    for node in nb.parsed.reach("matmul"):  # a function of your own may be called dot; NumPy's comes after a point
        if isinstance(node, ast.MatMult) or (isinstance(node, ast.Attribute) and node.attr == "dot"):
            fail(words)


# Task 2: linear_scores

NO_OFFSETS = "The offsets are missing: add b to every row."


def wrong_scores(X, W, b):
    wrong = {NO_OFFSETS: X @ W}
    if W.shape[0] == W.shape[1]:
        shapes = f"X is {X.shape} and W is {W.shape}"
        wrong[f"W went in transposed: {shapes}, so the inner sizes agree as they are. Each column of W is one model."] = X @ W.T + b
    if len(X) == len(b):
        wrong["You added b downwards, one offset per customer. It holds one offset per score, the same for every row."] = X @ W + b[:, None]
    return wrong


@check("linear_scores gives one row of scores per customer", task="linear_scores", points=7, visible=True)
def scores_small(nb, rng):
    X, W, b = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]]), np.array([[2.0, 0.5], [1.0, 4.0]]), np.array([10.0, 20.0])
    words = "linear_scores([[1, 2], [3, 0], [0, 1]], [[2, 0.5], [1, 4]], [10, 20])"
    close(nb.call("linear_scores", X, W, b), X @ W + b, words, mistakes=wrong_scores(X, W, b))


@check("linear_scores agrees with the reference for up to 200 customers", task="linear_scores", points=9)
def scores_random(nb, rng):
    for n, d, k in ((3, 3, 3), (5, 2, 2), (1, 3, 2), (4, 3, 4), (3, 5, 1), (200, 8, 6)):
        X, W, b = rng.normal(size=(n, d)), rng.normal(size=(d, k)), rng.normal(size=k) * 5
        words = f"linear_scores with X {X.shape}, W {W.shape} and b {b.shape}"
        close(nb.call("linear_scores", X, W, b), X @ W + b, words, mistakes=wrong_scores(X, W, b), **NEAR)
    X, W, b = rng.integers(0, 20, size=(3, 4)), rng.integers(5, 50, size=(4, 2)), np.array([0.5, 2.25])
    words = "linear_scores with whole numbers in X and W, and parts of one in b"
    try:
        close(nb.call("linear_scores", X, W, b), X @ W + b, words, mistakes=wrong_scores(X, W, b), **NEAR)
    except LearnerError as error:
        if "UFuncTypeError" in error.kinds:
            fail(f"{words}: `+=` cannot put parts of one into a product of whole numbers. Add with `+`, which makes a new array.")
        raise


@check("adding c to the offsets adds c to every row of scores", task="linear_scores", points=5)
def scores_shift(nb, rng):
    for n, d, k in ((2, 2, 2), (4, 3, 2), (6, 2, 5)):
        X, W, b, c = rng.normal(size=(n, d)), rng.normal(size=(d, k)), rng.normal(size=k), rng.uniform(1, 9, size=k)
        before, after = nb.call("linear_scores", X, W, b), nb.call("linear_scores", X, W, b + c)
        for scores in (before, after):
            returns(scores, "array", f"linear_scores with X {X.shape}, W {W.shape} and b {b.shape}", shape=(n, k))
        close(
            after - before,
            np.tile(c, (n, 1)),
            f"what changes in {n} rows of scores when {np.round(c, 3).tolist()} is added to b",
            mistakes={"The scores stay the same whatever b is. Add b to every row.": np.zeros((n, k))},
            **NEAR,
        )


@check("linear_scores has no loop", task="linear_scores", points=4)
def scores_no_loop(nb, rng):
    X, W, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=2)
    words = "linear_scores with X (3, 4), W (4, 2) and b (2,)"
    close(nb.call("linear_scores", X, W, b), X @ W + b, words, mistakes=wrong_scores(X, W, b), **NEAR)
    uses_no_loop(nb, "linear_scores")


# Task 3: fit_least_squares

SINGULAR = "Singular on duplicated columns: X.T @ X has no inverse there. `np.linalg.lstsq` needs none."


def with_ones(X):
    return np.column_stack([np.ones(len(X)), X])


def best_weights(X, y):
    return np.linalg.lstsq(with_ones(X), y, rcond=None)[0]


def wrong_weights(X, y):
    through_origin = np.linalg.lstsq(X, y, rcond=None)[0]
    origin = "Your line is forced through the origin: "
    return {
        origin + "put a column of ones in front of X, and the fit finds the intercept.": through_origin,
        origin + "its intercept is 0. Put a column of ones in front of X instead.": np.concatenate([[0.0], through_origin]),
        "These are the right weights with the intercept last. Put the column of ones first.": np.roll(best_weights(X, y), -1),
        "These are the weights without the intercept. Return all of them, the intercept first.": best_weights(X, y)[1:],
    }


def town(rng, houses, features):
    """Houses with areas and other features in their own units, and noisy prices in thousand euros."""
    X = rng.normal(80, 25, size=(houses, features)) * rng.choice([0.1, 1.0, 5.0], size=features)
    y = 40 + X @ (rng.uniform(0.5, 3, size=features) / X.std(axis=0)) * 30 + rng.normal(0, 20, size=houses)
    return X, y


@check("fit_least_squares finds an exact line", task="fit_least_squares", points=9, visible=True)
def fit_exact_line(nb, rng):
    X, y = np.array([[40.0], [60.0], [80.0]]), np.array([150.0, 210.0, 270.0])
    words, weights = "fit_least_squares([[40], [60], [80]], [150, 210, 270])", nb.call("fit_least_squares", X, y)
    returns(weights, "array", words, hint="`np.linalg.lstsq` returns four things; the weights are the first.")
    close(weights, np.array([30.0, 3.0]), words, mistakes=wrong_weights(X, y))


@check("fit_least_squares agrees with the reference for up to 200 houses", task="fit_least_squares", points=8)
def fit_random(nb, rng):
    for houses, features in ((5, 1), (8, 2), (40, 4), (200, 6)):
        X, y = town(rng, houses, features)
        words = f"the weights for X {X.shape}"
        close(nb.call("fit_least_squares", X, y), best_weights(X, y), words, mistakes=wrong_weights(X, y), **NEAR)


@check("what the fit leaves over stands at a right angle to every column", task="fit_least_squares", points=5)
def fit_residuals(nb, rng):
    for houses, features in ((5, 1), (12, 2), (60, 4)):
        X, y = town(rng, houses, features)
        weights = nb.call("fit_least_squares", X, y)
        returns(weights, "array", f"fit_least_squares for X {X.shape}", shape=(features + 1,), hint="The intercept comes first.")
        A = with_ones(X)
        rest = y - A @ weights
        cosines = (A.T @ rest) / (np.linalg.norm(A, axis=0) * np.linalg.norm(rest))
        words = f"the cosines between the misses of {houses} houses and the columns, ones first"
        close(cosines, np.zeros(features + 1), words, hint="Some other weights come closer to the prices.", **NEAR)


@check("fit_least_squares predicts as well where columns are duplicated", task="fit_least_squares", points=8)
def fit_duplicates(nb, rng):
    # Whole numbers: X.T @ X is exact, so an inverse of it fails for certain. The multiples are not, and let `inv` return nonsense.
    for houses, features, factor in ((4, 1, 1), (9, 1, 1), (12, 2, 1), (30, 3, 1), (8, 1, 10.764), (20, 2, 10.764)):
        X = rng.integers(30, 150, size=(houses, features)).astype(float)
        y = 40 + X.sum(axis=1) * 2.5 + rng.normal(0, 20, size=houses)
        # Where the fit is off anyway, no word about duplicated columns: they are not to blame.
        words = f"the weights for X {X.shape}, before a column is duplicated"
        close(nb.call("fit_least_squares", X, y), best_weights(X, y), words, mistakes=wrong_weights(X, y), **NEAR)
        X = np.column_stack([X, X[:, 0] * factor])
        try:
            weights = nb.call("fit_least_squares", X, y)
        except LearnerError as error:
            if "LinAlgError" in error.kinds:
                fail(SINGULAR)
            raise
        returns(weights, "array", f"fit_least_squares for X {X.shape}", shape=(features + 2,), hint="The intercept comes first.")
        what = "twice" if factor == 1 else "in square metres and in square feet"
        words = f"the predictions for {houses} houses when one column stands there {what}"
        close(with_ones(X) @ weights, with_ones(X) @ best_weights(X, y), words, hint=SINGULAR, **NEAR)


# Task 4: standardise

BY_ROWS = "You standardised customers, not features. A feature is a column: take mean and deviation along `axis=0`."
WHOLE_TABLE = "You took one mean and one deviation of the whole table. Each column has its own: use `axis=0`."
SAMPLE = "You divided by n - 1 inside the deviation. The task divides by n, as NumPy does by default."
VARIANCE = "You divided by the variance. The standard deviation is its square root."
ONLY_CENTRED = "The means are gone and the units are still there: divide by the deviations as well."
NAN = "0/0: a constant column has deviation 0. The task says that it becomes zeros."
ROUNDED = "A constant column did not become zeros: its deviation is a rounding error instead of 0. Compare its largest and smallest value."


def wrong_tables(X):
    centred = X - X.mean(axis=0)
    with np.errstate(all="ignore"):
        return {
            BY_ROWS: (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True),
            WHOLE_TABLE: (X - X.mean()) / X.std(),
            SAMPLE: centred / X.std(axis=0, ddof=1),
            VARIANCE: centred / X.var(axis=0),
            ONLY_CENTRED: centred,
        }


def table_from(answer, X):
    """The three parts of what standardise returned for X, each of the right kind and shape."""
    words = f"standardise for X {X.shape}"
    returns(answer, "tuple", words, length=3, hint="Return `Z, mean, std`.")
    for name, part, shape in zip(("Z", "mean", "std"), answer, (X.shape, X.shape[1:], X.shape[1:])):
        # One number per customer comes from axis=1; saying so helps more than the two shapes.
        is_by_rows = name != "Z" and np.shape(part) in {(len(X),), (len(X), 1)} and np.shape(part) != shape
        returns(part, "array", f"`{name}` of {words}", shape=shape, hint=BY_ROWS if is_by_rows else "")
    return answer


def features(rng, customers, columns):
    """Columns in very different units, as age, spend and distance are."""
    return rng.normal(rng.uniform(-3, 3, size=columns), 1.0, size=(customers, columns)) * 10.0 ** rng.integers(-2, 5, size=columns)


@check("standardise puts one column on mean 0 and deviation 1", task="standardise", points=7, visible=True)
def standardise_one_column(nb, rng):
    X = np.array([[20.0], [40.0], [40.0], [40.0], [50.0], [50.0], [70.0], [90.0]])
    Z, mean, std = table_from(nb.call("standardise", X), X)
    close(Z, (X - 50) / 20, "Z for the column 20, 40, 40, 40, 50, 50, 70, 90", mistakes=wrong_tables(X))
    close(mean, np.array([50.0]), "mean of that column")
    close(std, np.array([20.0]), "std of that column", mistakes={SAMPLE: X.std(axis=0, ddof=1), VARIANCE: X.var(axis=0)})


@check("standardise agrees with the reference for features in different units", task="standardise", points=6)
def standardise_random(nb, rng):
    for customers, columns in ((3, 2), (5, 4), (60, 3), (200, 8)):
        X = features(rng, customers, columns)
        answer = nb.call("standardise", X)
        returns(answer, "tuple", f"standardise for X {X.shape}", length=3, hint="Return `Z, mean, std`.")
        expected = (X - X.mean(axis=0)) / X.std(axis=0)
        close(answer[0], expected, f"Z for {customers} customers with {columns} features", mistakes=wrong_tables(X), **NEAR)
        _, mean, std = table_from(answer, X)
        close(mean, X.mean(axis=0), f"mean for {customers} customers with {columns} features", **NEAR)
        close(std, X.std(axis=0), f"std for {customers} customers with {columns} features", **NEAR)


@check("standardised columns have mean 0 and deviation 1, and the way back works", task="standardise", points=3)
def standardise_properties(nb, rng):
    for customers, columns in ((4, 1), (30, 5)):
        X = features(rng, customers, columns)
        Z, mean, std = table_from(nb.call("standardise", X), X)
        close(Z.mean(axis=0), np.zeros(columns), "the means of the columns of Z", **NEAR)
        close(Z.std(axis=0), np.ones(columns), "the deviations of the columns of Z", **NEAR)
        close(Z * std + mean, X, "Z times std plus mean, which is X again", **NEAR)


@check("a constant column becomes zeros", task="standardise", points=4)
def standardise_constant(nb, rng):
    for customers, columns in ((3, 2), (6, 3), (40, 5)):
        X, place = features(rng, customers, columns), int(rng.integers(columns))
        X[:, place] = float(rng.integers(-4, 9))  # small whole numbers: the computed deviation is exactly 0
        check_constant(nb, X, place)


@check("a constant column becomes zeros even where rounding gives it a deviation", task="standardise", points=2)
def standardise_rounded(nb, rng):
    for customers, columns in ((7, 2), (12, 3)):
        X, place = features(rng, customers, columns), int(rng.integers(columns))
        while True:  # about every second number with one decimal place has a rounding error here
            X[:, place] = float(np.round(rng.uniform(1, 60), 1))
            if X.std(axis=0)[place] > 0:
                break
        check_constant(nb, X, place)


@check("standardise leaves X as it is", task="standardise", points=3)
def standardise_keeps(nb, rng):
    X = features(rng, 6, 3)
    Z, _, _ = table_from(keeps_input(nb, "standardise", X, what="the table X"), X)
    close(Z, (X - X.mean(axis=0)) / X.std(axis=0), "Z for 6 customers with 3 features", mistakes=wrong_tables(X), **NEAR)


def check_constant(nb, X, place):
    """Column `place` of X is constant: zeros in Z, while the other columns are as always."""
    answer = nb.call("standardise", X)
    returns(answer, "tuple", f"standardise for X {X.shape}", length=3, hint="Return `Z, mean, std`.")
    Z = answer[0]
    returns(Z, "array", f"`Z` of standardise for X {X.shape}", shape=X.shape)
    others = np.arange(X.shape[1]) != place
    rest = X[:, others]
    wrong = {sentence: table[:, others] for sentence, table in wrong_tables(X).items()}
    words = "the columns of Z beside the constant one"
    close(Z[:, others], (rest - rest.mean(axis=0)) / rest.std(axis=0), words, mistakes=wrong, **NEAR)
    # A rounding error divided by itself is 1 or -1.
    wrong = {NAN: np.full(len(X), np.nan), ROUNDED: lambda: np.sign(Z[:, place])}
    words = f"the column of Z where X is {X[0, place]:g} for all {len(X)} customers"
    close(Z[:, place], np.zeros(len(X)), words, mistakes=wrong, **NEAR)
