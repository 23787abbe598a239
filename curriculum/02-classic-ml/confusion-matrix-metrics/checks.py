"""Checks of *Count the errors of a fraud model*.

Everything here is counting and a few divisions, so an honest solution is wrong by 1e-15 at most. 1e-6 leaves room for any order of the
arithmetic, and inputs are drawn so that the named mistakes are further off than 1e-3: their counts differ by construction.
"""

import numpy as np
import pandas as pd

from grading.checks import check, close, equal, fail, keeps_input, returns

# The lesson's 30 payments at threshold 0.5: 17 true negatives, 4 false positives, 3 false negatives, 6 true positives.
STORY = (17, 4, 3, 6)


def answers(rng, tn, fp, fn, tp):
    """Truth and answers with exactly these counts, in random order."""
    order = rng.permutation(tn + fp + fn + tp)
    y = np.repeat([0, 0, 1, 1], [tn, fp, fn, tp])[order]
    p = np.repeat([0, 1, 0, 1], [tn, fp, fn, tp])[order]
    return y, p


def four_counts(rng, most):
    """Four different counts of at least 1, more of the negatives: no two mistakes give the same table."""
    fp, fn, tp = (rng.choice(np.arange(1, most), size=3, replace=False)).tolist()
    return int(rng.integers(most, 4 * most)), fp, fn, tp


def share(part, whole):
    return part / whole if whole else 0.0


def reference_prf(tn, fp, fn, tp, beta=1.0):
    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    f = share((1 + beta**2) * precision * recall, beta**2 * precision + recall)
    return {"precision": precision, "recall": recall, "specificity": share(tn, tn + fp), "f": f}


def f1_of_classes(y, p, k):
    values = []
    for each in range(k):
        tp, fp, fn = ((y == each) & (p == each)).sum(), ((y != each) & (p == each)).sum(), ((y == each) & (p != each)).sum()
        values.append(share(2 * int(tp), 2 * int(tp) + int(fp) + int(fn)))
    return np.array(values)


def wrong_prf(counts, beta=1.0):
    """Dicts that known mistakes give, by the sentence for each."""
    tn, fp, fn, tp = counts
    right = reference_prf(*counts, beta)
    precision, recall = right["precision"], right["recall"]
    positives, everything = tp + fn, tn + fp + fn + tp

    def with_f(f):
        return {**right, "f": f}

    return {
        "You swapped precision and recall. Precision divides by the alarms, recall by the frauds.": {
            **right,
            "precision": recall,
            "recall": precision,
            "f": share((1 + beta**2) * precision * recall, beta**2 * recall + precision),
        },
        "Precision and recall have changed places. Precision divides by the alarms, recall by the frauds.": {
            **right,
            "precision": recall,
            "recall": precision,
        },
        "Your F weighs precision where it should weigh recall. Below the line, beta squared stands with the precision.": with_f(
            share((1 + beta**2) * precision * recall, precision + beta**2 * recall)
        ),
        "`beta` has no effect on your F. Use it in both halves of the formula.": with_f(share(2 * precision * recall, precision + recall)),
        "In F-beta it is the square of beta that multiplies, above and below the line.": with_f(
            share((1 + beta) * precision * recall, beta * precision + recall)
        ),
        "Your F is the plain mean of precision and recall. F is the harmonic one: high only if both are high.": with_f(
            (precision + recall) / 2
        ),
        "Your specificity is the share of honest payments stopped. It asks for the share let through: TN / (TN + FP).": {
            **right,
            "specificity": share(fp, tn + fp),
        },
        "Your specificity divides by all payments. Divide by the honest ones: TN + FP.": {**right, "specificity": share(tn, everything)},
        "Your specificity reads the column of payments let through. Read the row of honest ones: TN / (TN + FP).": {
            **right,
            "specificity": share(tn, tn + fn),
        },
        "Your precision is the accuracy. It should look at the alarms alone: TP / (TP + FP).": {
            **right,
            "precision": share(tp + tn, everything),
            "f": share((1 + beta**2) * share(tp + tn, everything) * recall, beta**2 * share(tp + tn, everything) + recall),
        },
        "Your recall divides by all payments. Divide by the frauds: TP + FN.": {
            **right,
            "recall": share(tp, everything),
            "f": share((1 + beta**2) * precision * share(tp, everything), beta**2 * precision + share(tp, everything)),
        },
        "These values belong to the honest payments. The positive class is 1, fraud.": {
            "precision": share(tn, tn + fn),
            "recall": share(tn, tn + fp),
            "specificity": share(tp, positives),
            "f": share((1 + beta**2) * share(tn, tn + fn) * share(tn, tn + fp), beta**2 * share(tn, tn + fn) + share(tn, tn + fp)),
        },
    }


# Task 1: confusion


def wrong_tables(tn, fp, fn, tp):
    return {
        "Rows are the truth here: you swapped FP and FN.": np.array([[tn, fn], [fp, tp]]),
        "You put fraud first. Row 0 and column 0 belong to the honest payments: [[TN, FP], [FN, TP]].": np.array([[tp, fn], [fp, tn]]),
        "You put fraud first, and columns where rows belong. The order is [[TN, FP], [FN, TP]].": np.array([[tp, fp], [fn, tn]]),
        "The columns are the wrong way round. Column 0 is what was let through, column 1 the alarms.": np.array([[fp, tn], [tp, fn]]),
        "These are shares. The matrix holds counts, so do not divide.": np.array([[tn, fp], [fn, tp]]) / (tn + fp + fn + tp),
    }


@check("confusion counts ten payments", task="confusion", points=7, visible=True)
def confusion_ten(nb, rng):
    y, p = np.array([1, 0, 0, 1, 0, 1, 0, 1, 0, 1]), np.array([1, 1, 0, 0, 0, 1, 0, 0, 0, 1])
    words = "confusion([1, 0, 0, 1, 0, 1, 0, 1, 0, 1], [1, 1, 0, 0, 0, 1, 0, 0, 0, 1])"
    close(nb.call("confusion", y, p), np.array([[4, 1], [2, 3]]), words, dtype="int", mistakes=wrong_tables(4, 1, 2, 3))


@check("confusion agrees with the reference for up to 10,000 payments", task="confusion", points=9)
def confusion_reference(nb, rng):
    for most in (5, 10, 60, 2_000):
        counts = four_counts(rng, most)
        tn, fp, fn, tp = counts
        got = nb.call("confusion", *answers(rng, *counts))
        words = f"confusion of {sum(counts):,} payments with TN {tn}, FP {fp}, FN {fn}, TP {tp}"
        close(got, np.array([[tn, fp], [fn, tp]]), words, dtype="int", mistakes=wrong_tables(*counts))


@check("confusion keeps its shape when a class never occurs", task="confusion", points=5)
def confusion_one_class(nb, rng):
    n = int(rng.integers(3, 40))
    cases = (
        ("no fraud and no alarm", (n, 0, 0, 0)),
        ("fraud and no alarm", (n, 0, 2, 0)),
        ("alarms and no fraud", (n, 3, 0, 0)),
        ("nothing but fraud that is caught", (0, 0, 0, n)),
    )
    for words, (tn, fp, fn, tp) in cases:
        got = nb.call("confusion", *answers(rng, tn, fp, fn, tp))
        if getattr(got, "shape", None) in {(1, 1), (1, 2), (2, 1)}:
            fail(f"With {words} your matrix has shape {got.shape}. A class that never occurs still has its row and its column, of zeros.")
        close(got, np.array([[tn, fp], [fn, tp]]), f"confusion with {words}", mistakes=wrong_tables(tn, fp, fn, tp))


@check("the four counts add up to the payments, and the rows to the truth", task="confusion", points=4)
def confusion_sums(nb, rng):
    for n in (1, 2, 7, 300):
        y, p = rng.integers(0, 2, n), rng.integers(0, 2, n)
        got = nb.call("confusion", y, p)
        returns(got, "array", "confusion", shape=(2, 2))
        equal(int(got.sum()), n, f"the sum of the four counts for {n} payments")
        close(
            got.sum(axis=1),
            np.array([(y == 0).sum(), (y == 1).sum()]),
            f"the sums of the rows for {n} payments",
            mistakes={"Your columns add up to the truth. Rows are the truth here.": np.array([(p == 0).sum(), (p == 1).sum()])},
        )


# Task 2: prf


@check("prf reads the lesson's matrix at threshold 0.5", task="prf", points=7, visible=True)
def prf_story(nb, rng):
    y, p = np.repeat([0, 0, 1, 1], STORY), np.repeat([0, 1, 0, 1], STORY)
    close(nb.call("prf", y, p), reference_prf(*STORY), "prf with TN 17, FP 4, FN 3, TP 6", mistakes=wrong_prf(STORY))


@check("prf agrees with the reference for random payments", task="prf", points=7)
def prf_reference(nb, rng):
    for most in (5, 12, 90, 900):
        counts = four_counts(rng, most)
        tn, fp, fn, tp = counts
        words = f"prf with TN {tn}, FP {fp}, FN {fn}, TP {tp}"
        close(nb.call("prf", *answers(rng, *counts)), reference_prf(*counts), words, mistakes=wrong_prf(counts))


@check("F leans to recall for a large beta and to precision for a small one", task="prf", points=6)
def prf_beta(nb, rng):
    for beta in (2.0, 0.5, float(rng.uniform(1.3, 4))):
        counts = four_counts(rng, 40)
        tn, fp, fn, tp = counts
        words = f"prf with beta {beta:.3g} and TN {tn}, FP {fp}, FN {fn}, TP {tp}"
        got = nb.call("prf", *answers(rng, *counts), beta=beta)
        close(got, reference_prf(*counts, beta), words, mistakes=wrong_prf(counts, beta))


@check("prf gives 0.0 where there is nothing to divide by", task="prf", points=5)
def prf_zero_division(nb, rng):
    n = int(rng.integers(4, 30))
    sentences = (
        (float("nan"), "0/0: there is nothing to divide by. The task says 0.0."),
        (1.0, "a fraction with nothing to divide by is no perfect score. The task says 0.0."),
    )
    cases = (
        ("no alarm", (n, 0, 3, 0)),
        ("no fraud", (n, 2, 0, 0)),
        ("neither fraud nor alarm", (n, 0, 0, 0)),
        ("nothing but fraud", (0, 0, 2, n)),
        ("alarms that are all false", (n, 4, 3, 0)),
    )
    for words, counts in cases:
        right = reference_prf(*counts)
        tn, fp, fn, tp = counts
        empty = {"precision": tp + fp == 0, "recall": tp + fn == 0, "specificity": tn + fp == 0}
        got = nb.call("prf", *answers(rng, *counts))
        returns(got, dict, "prf", keys=right)
        for value, sentence in sentences:
            if any(empty[key] and same(got[key], value) for key in empty):
                fail(f"prf with {words}: {sentence}")
        if same(got["f"], float("nan")):
            fail(f"prf with {words}: precision and recall are both 0, and your F is 0/0. The task says 0.0.")
        close(got, right, f"prf with {words}")


def same(got, value):
    """Whether a learner's value is this number; nan is nan."""
    return isinstance(got, float | int | np.number) and (got == value or (np.isnan(value) and bool(np.isnan(got))))


# Task 3: macro_f1


def classes(rng, n, k):
    """Truth and answers over k classes, all but the first rare and often missed, where no two averages of F1 are the same."""
    while True:
        y, p = drawn_classes(rng, n, k)
        values = f1_of_classes(y, p, k)
        averages = np.array([values.mean(), (values * np.bincount(y, minlength=k)).sum() / n, (y == p).mean()])
        if np.diff(np.sort(averages)).min() > 1e-3:
            return y, p


def drawn_classes(rng, n, k, rare=0.06):
    weights = np.r_[1.0, np.full(k - 1, rare)]
    y = np.r_[np.arange(k), rng.choice(k, size=n - k, p=weights / weights.sum())]
    p = np.where(rng.random(n) < 0.75, y, rng.choice(k, size=n, p=weights / weights.sum()))
    p[:k] = (y[:k] + 1) % k  # every class occurs in the truth and is missed at least once
    order = rng.permutation(n)
    return y[order], p[order]


def wrong_means(y, p, k):
    values = f1_of_classes(y, p, k)
    votes = np.bincount(y, minlength=k) / len(y)
    precisions = [share(((y == c) & (p == c)).sum(), (p == c).sum()) for c in range(k)]
    recalls = [share(((y == c) & (p == c)).sum(), (y == c).sum()) for c in range(k)]
    mean_precision, mean_recall = float(np.mean(precisions)), float(np.mean(recalls))
    occurs = [c for c in range(k) if (y == c).any() or (p == c).any()]
    true_only = [c for c in range(k) if (y == c).any()]
    return {
        "Equals accuracy: rare classes vanished. That is micro F1; macro takes F1 of each class first, then the mean.": float(
            (y == p).mean()
        ),
        "Each class counted by its cases: that is weighted F1. In the macro mean each class has one vote.": float((values * votes).sum()),
        "You averaged precision and recall over the classes, then took F1. Take F1 of each class first, then the mean.": share(
            2 * mean_precision * mean_recall, mean_precision + mean_recall
        ),
        "That is F1 of class 1 alone. Each of the k classes is the positive one in turn.": float(values[1]),
        "You added up F1 of the classes. The mean divides by k.": float(values.sum()),
        "You left out a class that nobody has and nobody names. It counts as 0 among the k: divide by k.": float(values[occurs].mean()),
        "You left out the classes that do not occur in the truth. They count as 0 among the k: divide by k.": float(
            values[true_only].mean()
        ),
        "A class that never occurs has F1 0.0 here, not 1.0.": float(np.where(np.isin(np.arange(k), occurs), values, 1.0).mean()),
        "A class that never occurs gave 0/0. The task says 0.0.": float("nan"),
    }


@check("macro_f1 of seven cases in three classes", task="macro_f1", points=7, visible=True)
def macro_small(nb, rng):
    y, p = np.array([0, 0, 0, 0, 1, 1, 2]), np.array([0, 0, 0, 0, 1, 0, 1])
    got = nb.call("macro_f1", y, p, 3)
    close(got, 25 / 54, "macro_f1([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 1, 0, 1], 3)", mistakes=wrong_means(y, p, 3))


@check("macro_f1 agrees with the reference for up to 8 classes", task="macro_f1", points=8)
def macro_reference(nb, rng):
    for n, k in ((12, 2), (20, 3), (200, 4), (3_000, 8)):
        y, p = classes(rng, n, k)
        close(
            nb.call("macro_f1", y, p, k),
            float(f1_of_classes(y, p, k).mean()),
            f"macro_f1 of {n:,} cases in {k} classes",
            mistakes=wrong_means(y, p, k),
        )


@check("a class that never occurs counts as 0 in macro_f1", task="macro_f1", points=5)
def macro_absent(nb, rng):
    y, p = classes(rng, 60, 3)
    y[y == 2] = 0  # class 2 is answered, and never true
    words = "macro_f1 where class 2 occurs in the answers alone"
    close(nb.call("macro_f1", y, p, 3), float(f1_of_classes(y, p, 3).mean()), words, mistakes=wrong_means(y, p, 3))
    for k in (3, 6):
        y, p = classes(rng, 60, k - 1)
        absent = int(rng.integers(0, k))
        y, p = y + (y >= absent), p + (p >= absent)  # a gap in the classes, at any place
        words = f"macro_f1 with {k} classes, of which class {absent} never occurs"
        close(nb.call("macro_f1", y, p, k), float(f1_of_classes(y, p, k).mean()), words, mistakes=wrong_means(y, p, k))


@check("macro_f1 does not care which number a class has", task="macro_f1", points=5)
def macro_renamed(nb, rng):
    for k in (3, 5):
        y, p = classes(rng, 80, k)
        first = nb.call("macro_f1", y, p, k)
        names = np.roll(np.arange(k), int(rng.integers(1, k)))
        again = nb.call("macro_f1", names[y], names[p], k)
        returns(first, "number", "macro_f1")
        close(again, first, f"macro_f1 of {k} classes after the classes changed numbers")
        close(nb.call("macro_f1", y, y, k), 1.0, f"macro_f1 of answers that are all right, {k} classes", mistakes=wrong_means(y, y, k))


# Task 4: worst_slice


def slices(rng, sizes, recalls, positives=0.4, label="region"):
    """A table with one slice of each size, its truth and answers with about these recalls, rows and row labels in random order.

    Where more fraud is caught, far more false alarms are raised: so precision and accuracy rank the slices in another way.
    """
    names = rng.permutation(np.array(["north", "south", "east", "west", "centre", "coast", "island", "hills"]))[: len(sizes)]
    parts = []
    for name, size, recall in zip(names, sizes, recalls, strict=True):
        frauds = max(round(size * positives), 1)
        caught = round(frauds * recall)
        alarms = round((size - frauds) * 0.6 * recall**2)
        y, p = answers(rng, size - frauds - alarms, alarms, frauds - caught, caught)
        parts.append(pd.DataFrame({label: [str(name)] * size, "y": y, "p": p}))
    table = pd.concat(parts, ignore_index=True)
    table = table.iloc[rng.permutation(len(table))]
    table.index = rng.permutation(len(table))  # labels that say nothing about the place of a row
    table["amount"] = rng.uniform(1, 200, len(table)).round(2)
    return table[["amount", label]], table["y"].to_numpy().copy(), table["p"].to_numpy().copy()


def measured(df, y, p, column):
    """For each value, in sorted order: rows, frauds, recall, precision, accuracy."""
    found = []
    values = df[column].to_numpy()
    for value in sorted(set(values.tolist())):
        inside = values == value
        truth, answer = y[inside], p[inside]
        tp, fp, fn = ((truth == 1) & (answer == 1)).sum(), ((truth == 0) & (answer == 1)).sum(), ((truth == 1) & (answer == 0)).sum()
        numbers = {
            "value": value,
            "rows": int(inside.sum()),
            "frauds": int(tp + fn),
            "recall": float(share(tp, tp + fn)),
            "precision": float(share(tp, tp + fp)),
            "accuracy": float((truth == answer).mean()),
        }
        found.append(numbers)
    return found


def lowest(found, key="recall", is_wanted=lambda one: True):
    kept = [one for one in found if is_wanted(one)]
    worst = min(kept, key=lambda one: one[key])
    return worst["value"], worst[key]


def judge_slice(got, df, y, p, column, min_rows, words, more=None):
    returns(got, tuple, words, length=2)
    found = measured(df, y, p, column)

    def counts(one):
        return one["rows"] >= min_rows and one["frauds"] > 0

    expected = lowest(found, is_wanted=counts)
    best = max((one for one in found if counts(one)), key=lambda one: one["recall"])
    alone = lowest(found, is_wanted=lambda one: one["frauds"] > 0)
    rows = next(one["rows"] for one in found if one["value"] == alone[0])
    many = "one customer" if rows == 1 else f"{rows} rows"
    wrong = {
        f"Recall {alone[1]:.1f} on {many}: this slice is smaller than `min_rows`. Skip it.": alone,
        "That is the slice with the highest recall. The worst one has the lowest.": (best["value"], best["recall"]),
        "You compared accuracy. The slice with the lowest recall is asked for: caught frauds over all frauds of the slice.": lowest(
            found, "accuracy", counts
        ),
        "You compared precision, caught frauds over alarms. Recall divides by the frauds of the slice.": lowest(found, "precision", counts),
        "A slice without fraud has nothing to catch, so its recall says nothing. Skip it.": lowest(
            found, is_wanted=lambda one: one["rows"] >= min_rows
        ),
        "You counted only frauds against `min_rows`. Count all rows of the slice.": lowest_or_none(
            found, lambda one: one["frauds"] >= min_rows
        ),
        "A slice of exactly `min_rows` rows is large enough.": lowest_or_none(
            found, lambda one: one["rows"] > min_rows and one["frauds"] > 0
        ),
    }
    close(got, expected, words, mistakes={sentence: value for sentence, value in (wrong | (more or {})).items() if value is not None})


def lowest_or_none(found, is_wanted):
    return lowest(found, is_wanted=is_wanted) if any(is_wanted(one) for one in found) else None


@check("worst_slice finds the region where most fraud is missed", task="worst_slice", points=7, visible=True)
def slice_regions(nb, rng):
    df = pd.DataFrame({"region": ["north"] * 5 + ["south"] * 6 + ["island"]})
    y = np.array([1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1])
    p = np.array([1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0])
    got = nb.call("worst_slice", df, y, p, "region", 4)
    judge_slice(got, df, y, p, "region", 4, "worst_slice by region, at least 4 rows")


@check("worst_slice agrees with the reference on random tables", task="worst_slice", points=7)
def slice_reference(nb, rng):
    for rows, recalls in ((20, (0.25, 0.75, 1.0)), (40, (0.25, 0.5, 0.75, 0.875)), (400, (0.5, 0.3, 0.7, 0.6, 0.9, 0.8))):
        df, y, p = slices(rng, [rows] * len(recalls), rng.permutation(recalls))
        got = nb.call("worst_slice", df, y, p, "region", rows // 2)
        words = f"worst_slice of {len(df):,} rows in {len(recalls)} regions"
        joined = by_label(df, y, p, "region")
        more = {"Table and answers were joined by row label. `y` and `p` follow the rows in their order, whatever their labels.": joined}
        judge_slice(got, df, y, p, "region", rows // 2, words, more)


def by_label(df, y, p, column):
    """The answer after `y` and `p` became Series with labels 0, 1, 2, …, which pandas then joined to the rows of the same label."""
    labels = df.index.to_numpy()
    return lowest(measured(df, y[labels], p[labels], column))


@check("worst_slice skips slices below min_rows", task="worst_slice", points=5)
def slice_small(nb, rng):
    for least in (20, 60):
        sizes = [1, least - 1, least, 2 * least, 4 * least, 3 * least]  # frauds are two rows in five
        df, y, p = slices(rng, sizes, [0.0, 0.1, 0.4, 0.6, 0.8, 0.95])
        got = nb.call("worst_slice", df, y, p, "region", least)
        judge_slice(got, df, y, p, "region", least, f"worst_slice with slices of {', '.join(map(str, sizes))} rows, at least {least}")


@check("worst_slice decides what a tie, a slice without fraud and an empty field of slices mean", task="worst_slice", points=4)
def slice_edges(nb, rng):
    df, y, p = slices(rng, [30, 30, 30], [0.5, 0.75, 1.0])
    clean = str(df["region"].iloc[int(rng.integers(0, 90))])
    y = np.where(df["region"].to_numpy() == clean, 0, y)
    judge_slice(nb.call("worst_slice", df, y, p, "region", 10), df, y, p, "region", 10, f"worst_slice where {clean} has no fraud")
    df, y, p = slices(rng, [20, 20, 20, 20], [0.5, 0.5, 0.5, 1.0])
    expected = lowest(measured(df, y, p, "region"))
    got = nb.call("worst_slice", df, y, p, "region", 10)
    returns(got, tuple, "worst_slice", length=2)
    tied = [one["value"] for one in measured(df, y, p, "region") if one["recall"] == expected[1]]
    if got[0] in tied[1:]:
        fail(f"{tied[0]} and {got[0]} have the same recall. The value that comes first in sorted order is asked for: {tied[0]}.")
    close(got, expected, "worst_slice where three regions have the same recall")
    hint = "No slice has 21 rows, so there is no answer to give. Raise ValueError."
    nb.call_raises("worst_slice", ValueError, df, y, p, "region", 21, hint=hint)


@check("worst_slice leaves the table as it is", task="worst_slice", points=2)
def slice_keeps_table(nb, rng):
    df, y, p = slices(rng, [12, 15], [0.4, 0.8])
    got = keeps_input(nb, "worst_slice", df, y, p, "region", 5, what="the table or the answers")
    judge_slice(got, df, y, p, "region", 5, "worst_slice of 27 rows")
