# caught_by: prf_beta
# message: weighs precision where it should weigh recall
def prf(y, p, beta=1.0):
    (tn, fp), (fn, tp) = confusion(y, p).tolist()
    share = lambda part, whole: part / whole if whole else 0.0
    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    f = share((1 + beta**2) * precision * recall, precision + beta**2 * recall)
    return {"precision": precision, "recall": recall, "specificity": share(tn, tn + fp), "f": f}
