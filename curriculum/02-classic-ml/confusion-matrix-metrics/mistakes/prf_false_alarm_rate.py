# caught_by: prf_reference
# message: share of honest payments stopped
def prf(y, p, beta=1.0):
    (tn, fp), (fn, tp) = confusion(y, p).tolist()
    share = lambda part, whole: part / whole if whole else 0.0
    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    f = share((1 + beta**2) * precision * recall, beta**2 * precision + recall)
    return {"precision": precision, "recall": recall, "specificity": share(fp, tn + fp), "f": f}
