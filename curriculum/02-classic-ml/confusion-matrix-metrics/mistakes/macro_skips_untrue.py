# caught_by: macro_absent
# message: do not occur in the truth
def macro_f1(y, p, k):
    return float(np.mean([prf((y == c).astype(int), (p == c).astype(int))["f"] for c in np.unique(y)]))
