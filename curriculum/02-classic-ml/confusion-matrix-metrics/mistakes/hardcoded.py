# caught_by: confusion_reference
# message: confusion of
"""Knows the visible examples by heart and nothing else."""


def confusion(y, p):
    return np.array([[4, 1], [2, 3]])


def prf(y, p, beta=1.0):
    return {"precision": 0.6, "recall": 6 / 9, "specificity": 17 / 21, "f": 12 / 19}


def macro_f1(y, p, k):
    return 25 / 54


def worst_slice(df, y, p, column, min_rows):
    return "north", 0.5
