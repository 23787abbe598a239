"""Checks of *Find customers who shop alike*.

Tolerances: float64 keeps about 16 digits, and the longest sum here has 500 terms, so an honest solution is wrong by 1e-12 at most.
1e-8 leaves room for any order of summation, and the nearest named mistake is further off than 1e-2 on every seed.
"""

import numpy as np

from grading.checks import avoids, check, close, equal, fail, faster_than, returns, uses_no_loop

SIZES = (1, 2, 3, 5, 8, 40, 500)  # small first: the first failure shown is the smallest one


def reference_cosine(u, v):
    top_u, top_v = np.abs(u).max(), np.abs(v).max()
    if top_u == 0 or top_v == 0:
        return 0.0
    u, v = u / top_u, v / top_v
    return float(np.clip(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)), -1.0, 1.0))


def similarities(Q, X):
    def unit(rows):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, 1.0, lengths)

    return unit(Q) @ unit(X).T


def ranked(scores, k):
    """Row numbers by falling score, equal scores in row order."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


def short(*vectors):
    """Vectors as text where they are short enough to read, else their length."""
    return " and ".join(str([round(float(x), 3) for x in v]) if len(v) <= 3 else f"a vector of {len(v)}" for v in vectors)


# Task 1: dot


@check("dot gives the products' sum on three small examples", task="dot", points=6, visible=True)
def dot_small(nb, rng):
    for u, v in (([20, 10, 20], [10, 20, 20]), ([1, 2, 3], [4, -5, 6]), ([1, 0], [0, 5])):
        expected = float(np.dot(u, v))
        close(
            nb.call("dot", u, v),
            expected,
            f"dot({u}, {v})",
            mistakes={"You added all the numbers. Multiply each pair first, then add the products.": float(sum(u) + sum(v))},
        )


@check("dot agrees with the reference up to length 500", task="dot", points=6)
def dot_long(nb, rng):
    for size in SIZES:
        u, v = rng.normal(size=size), rng.normal(size=size)
        close(
            nb.call("dot", u.tolist(), v.tolist()),
            float(u @ v),
            f"dot of {short(u, v)}",
            rtol=1e-8,
            atol=1e-8,
            mistakes={
                "You multiplied the two sums. Multiply position by position, then add.": float(u.sum() * v.sum()),
                "That is the last product alone. Add up the products of all positions.": float(u[-1] * v[-1]),
            },
        )


@check("dot of two empty lists is 0.0", task="dot", points=2)
def dot_empty(nb, rng):
    close(nb.call("dot", [], []), 0.0, "dot([], [])")


@check("dot refuses lists of unequal length", task="dot", points=4)
def dot_unequal(nb, rng):
    close(nb.call("dot", [2.0, 1.0], [3.0, 4.0]), 10.0, "dot([2.0, 1.0], [3.0, 4.0])")
    for shorter, longer in ((1, 2), (0, 3), (4, 9)):
        u, v = rng.integers(1, 9, size=shorter).tolist(), rng.integers(1, 9, size=longer).tolist()
        hint = "Unequal lengths passed silently: zip stops early, at the end of the shorter list. Compare the lengths first."
        nb.call_raises("dot", ValueError, u, v, hint=hint)
        nb.call_raises("dot", ValueError, v, u, hint=hint)


@check("dot is written in plain Python", task="dot", points=2)
def dot_plain(nb, rng):
    close(nb.call("dot", [2.0], [3.0]), 6.0, "dot([2.0], [3.0])")  # an empty function is plain Python too, and earns nothing
    avoids(nb, "dot", "numpy", message="`dot` uses NumPy. This first time, write the loop yourself: it shows what the library does later.")


# Task 2: cosine


@check("cosine of parallel arrows is 1, of arrows at a right angle 0", task="cosine", points=6, visible=True)
def cosine_known(nb, rng):
    for u, v, expected in (([2.0, 1.0], [4.0, 2.0], 1.0), ([1.0, 0.0], [0.0, 5.0], 0.0), ([3.0, 4.0], [-6.0, -8.0], -1.0)):
        u, v = np.array(u), np.array(v)
        close(
            nb.call("cosine", u, v),
            expected,
            f"cosine of {short(u, v)}",
            mistakes={"That is the dot product. Divide it by both lengths.": float(u @ v)},
        )


@check("cosine agrees with the reference in either order and stays within -1 and 1", task="cosine", points=3)
def cosine_symmetric(nb, rng):
    for size in (1, 2, 3, 7, 60):
        u, v = rng.normal(size=size), rng.normal(size=size)
        for a, b in ((u, v), (v, u)):
            close(nb.call("cosine", a, b), reference_cosine(a, b), f"cosine of {short(a, b)}", rtol=1e-8, atol=1e-8)
    for _ in range(30):  # about one parallel pair in four is rounded to a value above 1, so 30 pairs let nobody through by luck
        u = rng.normal(size=5)
        value = nb.call("cosine", u, u * 3.0)
        close(value, 1.0, "cosine of a vector and three times itself", rtol=1e-8, atol=1e-8)
        if value > 1.0:
            fail(f"A cosine of {value!r} belongs to no angle: rounding lifted it above 1. Clip the result to the range from -1 to 1.")


@check("cosine does not see how long an arrow is", task="cosine", points=4)
def cosine_scale(nb, rng):
    for size in (2, 3, 10):
        u, v = rng.normal(size=size), rng.normal(size=size)
        for factor in (float(rng.uniform(2, 9)), float(rng.uniform(200, 900)), 1e-3):
            close(
                nb.call("cosine", u * factor, v),
                reference_cosine(u, v),
                f"cosine after one vector was multiplied by {factor:.4g} (vectors {short(u, v)})",
                rtol=1e-8,
                atol=1e-8,
                mistakes={
                    "The result grew with the length of a vector. Divide by both lengths, not by one.": float(
                        u @ v * factor / np.linalg.norm(v)
                    )
                },
            )


@check("cosine with a vector of zeros is 0.0", task="cosine", points=3)
def cosine_zeros(nb, rng):
    for size in (1, 3, 6):
        u, zeros = rng.normal(size=size), np.zeros(size)
        for a, b in ((u, zeros), (zeros, u), (zeros, zeros)):
            close(
                nb.call("cosine", a, b),
                0.0,
                f"cosine with a vector of {size} zeros",
                mistakes={"0/0: decide what similarity to nothing means. The task says 0.0.": float("nan")},
            )


@check("cosine works for entries as small as 1e-200", task="cosine", points=4)
def cosine_tiny(nb, rng):
    for size in (2, 3, 6):
        u, v = rng.uniform(1, 2, size=size), rng.uniform(1, 2, size=size)
        for a, b in ((u * 1e-200, v), (u * 1e-200, v * 1e-200)):
            close(
                nb.call("cosine", a, b),
                reference_cosine(a, b),
                "cosine with entries near 1e-200",
                rtol=1e-8,
                atol=1e-8,
                mistakes={
                    "The square of 1e-200 is too small for a float and became 0. Divide each vector by its largest entry first.": 0.0,
                    "A square vanished and left 0/0. Divide each vector by its largest entry before you square.": float("nan"),
                },
            )


# Task 3: top_k


@check("top_k finds the customers who shop like Ana", task="top_k", points=9, visible=True)
def top_k_one_query(nb, rng):
    X = np.array([[10.0, 20.0, 20.0], [180.0, 60.0, 130.0], [100.0, 700.0, 250.0]])
    Q = np.array([[20.0, 10.0, 20.0]])
    equal(
        nb.call("top_k", Q, X, 2),
        np.array([[1, 0]]),
        "the two customers most like Ana",
        mistakes={
            "The big spenders crowd out the similar ones: divide the dot products by the lengths.": np.array([[2, 1]]),
            "These are the farthest customers. Sort by falling similarity.": np.array([[2, 0]]),
        },
    )


@check("top_k agrees with the reference for 40 queries among 300 customers", task="top_k", points=9)
def top_k_reference(nb, rng):
    # Eight customers at least: with fewer, two wrong rankings often coincide and the wrong mistake would be named.
    for queries, customers, width, k in ((1, 8, 3, 4), (3, 20, 4, 5), (40, 300, 8, 5)):
        Q = rng.normal(size=(queries, width))
        X = rng.normal(size=(customers, width)) * rng.uniform(1, 500, size=(customers, 1))  # budgets differ far more than tastes
        scores = similarities(Q, X)
        expected = ranked(scores, k)
        by_distance = ((Q[:, None, :] - X[None, :, :]) ** 2).sum(axis=2)
        wrong = {
            "These are the farthest customers. Sort by falling similarity, not rising.": ranked(-scores, k),
            "The big spenders crowd out the similar ones: divide the dot products by the lengths.": ranked(Q @ X.T, k),
            "These are the nearest by distance. Rank by the cosine of the angle.": ranked(-by_distance, k),
            "These are the right customers from least to most similar. Put the most similar first.": expected[:, ::-1],
        }
        equal(nb.call("top_k", Q, X, k), expected, f"top_k for {queries} queries among {customers} customers, k={k}", mistakes=wrong)


@check("top_k puts the lower row number first where customers are equally similar", task="top_k", points=4)
def top_k_ties(nb, rng):
    # Lengths are powers of 2 and entries 0 or 1, so every similarity is exact and equal ones are equal to the last bit.
    base = np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], dtype=float)
    for customers, k in ((4, 4), (12, 6), (60, 20)):
        X = base[rng.integers(0, 5, size=customers)] * 2.0 ** rng.integers(-3, 4, size=(customers, 1))
        Q = base[rng.integers(0, 5, size=3)]
        scores = similarities(Q, X)
        backwards = customers - 1 - ranked(scores[:, ::-1], k)
        wrong = {"Where customers are equally similar, the lower row number comes first. A stable sort keeps them in order.": backwards}
        equal(nb.call("top_k", Q, X, k), ranked(scores, k), f"top_k with equal similarities among {customers} customers", mistakes=wrong)


@check("top_k copes with customers who bought nothing", task="top_k", points=2)
def top_k_zeros(nb, rng):
    # Positive entries: everybody else is more similar than 0, so the empty rows come last, in row order.
    X = rng.uniform(1, 9, size=(12, 4))
    X[rng.choice(12, size=3, replace=False)] = 0.0
    Q = np.vstack([rng.uniform(1, 9, size=(2, 4)), np.zeros((1, 4))])
    equal(nb.call("top_k", Q, X, 12), ranked(similarities(Q, X), 12), "top_k where 3 of 12 customers and one query are all zeros")


@check("top_k lists k different customers, most similar first", task="top_k", points=2)
def top_k_sorted(nb, rng):
    Q, X, k = rng.normal(size=(6, 5)), rng.normal(size=(50, 5)), 50
    got = nb.call("top_k", Q, X, k)
    returns(got, "array", "top_k for 6 queries", shape=(6, k), hint="One row per query, one column per place.")
    equal(np.sort(got, axis=1), np.tile(np.arange(k), (6, 1)), "the row numbers in each row of top_k, sorted")
    steps = np.diff(np.take_along_axis(similarities(Q, X), got.astype(int), axis=1), axis=1)
    if (steps > 1e-9).any():
        fail("Going along a row of top_k, similarity rises somewhere. Sort by falling similarity.")


@check("top_k works on whole arrays: 300 queries among 2,000 customers", task="top_k", points=4)
def top_k_fast(nb, rng):
    uses_no_loop(nb, "top_k")
    Q, X = rng.normal(size=(300, 50)), rng.normal(size=(2000, 50))
    # Honest solutions took up to 4 times the reference (a full sort of distances), a Python loop over all pairs 40 times and more.
    got = faster_than(nb, "top_k", lambda queries, rows, k: ranked(similarities(queries, rows), k), Q, X, 10, times=10)
    equal(got, ranked(similarities(Q, X), 10), "top_k for 300 queries among 2,000 customers")


# Task 4: project


@check("project casts the shadow of the lesson's figure", task="project", points=9, visible=True)
def project_flat(nb, rng):
    u, onto = np.array([5.0, 5.0]), np.array([4.0, 2.0])
    close(
        nb.call("project", u, onto),
        np.array([6.0, 3.0]),
        "project([5, 5], [4, 2])",
        mistakes={
            "Off by a factor of the length: divide by the squared length of `onto`, not by its length.": u @ onto / np.linalg.norm(onto) * onto,
            "You projected `onto` on `u`. The result must lie along `onto`.": u @ onto / (u @ u) * u,
            "That is the length of the shadow. Multiply the direction of `onto` by it to get an arrow.": u @ onto / np.linalg.norm(onto),
        },
    )


@check("project agrees with the reference in up to 50 dimensions", task="project", points=6)
def project_reference(nb, rng):
    for size in (2, 3, 10, 50):
        u, onto = rng.normal(size=size), rng.normal(size=size)
        close(
            nb.call("project", u, onto),
            u @ onto / (onto @ onto) * onto,
            f"projection of {short(u)} on {short(onto)}",
            rtol=1e-8,
            atol=1e-8,
            mistakes={
                "Off by a factor of the length: divide by the squared length of `onto`, not by its length.": u
                @ onto
                / np.linalg.norm(onto)
                * onto,
                "You projected `onto` on `u`. The result must lie along `onto`.": u @ onto / (u @ u) * u,
                "That is what is left over. The shadow is the other part.": u - u @ onto / (onto @ onto) * onto,
            },
        )


@check("what project leaves over stands at a right angle to onto", task="project", points=7)
def project_residual(nb, rng):
    for size in (2, 3, 20):
        u, onto = rng.normal(size=size) * 10, rng.normal(size=size) * float(rng.uniform(2, 9))
        rest = u - np.asarray(nb.call("project", u, onto))
        close(float(rest @ onto) / float(onto @ onto), 0.0, f"(u - project(u, onto)) · onto for {short(u, onto)}", atol=1e-8)


@check("projecting twice changes nothing", task="project", points=6)
def project_twice(nb, rng):
    for size in (2, 3, 20):
        u, onto = rng.normal(size=size), rng.normal(size=size) * float(rng.uniform(2, 9))
        once = np.asarray(nb.call("project", u, onto))
        along = float(once @ onto / np.sqrt((once @ once) * (onto @ onto))) if once.any() else 0.0
        close(abs(along), 1.0, f"the cosine between project(u, onto) and onto, for {short(u, onto)}", rtol=1e-8)
        close(nb.call("project", once, onto), once, f"the projection of a projection, for {short(u, onto)}", rtol=1e-8, atol=1e-8)


@check("project on a vector of zeros gives zeros", task="project", points=2)
def project_on_zero(nb, rng):
    for size in (1, 4):
        close(
            nb.call("project", rng.normal(size=size), np.zeros(size)),
            np.zeros(size),
            "projection on a vector of zeros",
            mistakes={"0/0: there is no line to project on. The task says zeros.": np.full(size, np.nan)},
        )
