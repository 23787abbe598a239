# caught_by: macro_reference
# message: Equals accuracy: rare classes vanished
def macro_f1(y, p, k):
    tp = sum(((y == c) & (p == c)).sum() for c in range(k))
    fp = sum(((y != c) & (p == c)).sum() for c in range(k))
    fn = sum(((y == c) & (p != c)).sum() for c in range(k))
    return float(2 * tp / (2 * tp + fp + fn))
