# caught_by: prf_reference
# message: You swapped precision and recall
def prf(y, p, beta=1.0):
    (tn, fp), (fn, tp) = confusion(y, p).tolist()
    share = lambda part, whole: part / whole if whole else 0.0
    precision, recall = share(tp, tp + fn), share(tp, tp + fp)
    f = share((1 + beta**2) * precision * recall, beta**2 * precision + recall)
    return {"precision": precision, "recall": recall, "specificity": share(tn, tn + fp), "f": f}
