# caught_by: macro_absent
# message: You left out a class that nobody has
def macro_f1(y, p, k):
    present = np.unique(np.concatenate([y, p]))
    return float(np.mean([prf((y == c).astype(int), (p == c).astype(int))["f"] for c in present]))
