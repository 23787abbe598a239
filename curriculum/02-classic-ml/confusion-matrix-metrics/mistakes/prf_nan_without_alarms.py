# caught_by: prf_zero_division
# message: 0/0: there is nothing to divide by
def prf(y, p, beta=1.0):
    tn, fp, fn, tp = confusion(y, p).ravel()
    with np.errstate(all="ignore"):
        precision, recall = tp / (tp + fp), tp / (tp + fn)
        f = (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
        return {"precision": precision, "recall": recall, "specificity": tn / (tn + fp), "f": f}
