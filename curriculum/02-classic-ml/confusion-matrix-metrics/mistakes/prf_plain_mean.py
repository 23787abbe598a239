# caught_by: prf_reference
# message: plain mean of precision and recall
def prf(y, p, beta=1.0):
    (tn, fp), (fn, tp) = confusion(y, p).tolist()
    share = lambda part, whole: part / whole if whole else 0.0
    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    f = (precision + recall) / 2
    return {"precision": precision, "recall": recall, "specificity": share(tn, tn + fp), "f": f}
