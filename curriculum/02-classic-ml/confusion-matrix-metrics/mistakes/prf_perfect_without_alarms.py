# caught_by: prf_zero_division
# message: is no perfect score
def prf(y, p, beta=1.0):
    (tn, fp), (fn, tp) = confusion(y, p).tolist()
    share = lambda part, whole: part / whole if whole else 1.0
    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    f = (1 + beta**2) * precision * recall / (beta**2 * precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "specificity": share(tn, tn + fp), "f": f}
