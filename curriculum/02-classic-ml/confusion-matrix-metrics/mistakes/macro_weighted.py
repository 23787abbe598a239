# caught_by: macro_reference
# message: that is weighted F1
def macro_f1(y, p, k):
    return float(sum(prf((y == c).astype(int), (p == c).astype(int))["f"] * (y == c).mean() for c in range(k)))
