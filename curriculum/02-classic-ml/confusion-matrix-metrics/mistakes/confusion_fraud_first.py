# caught_by: confusion_reference
# message: You put fraud first
def confusion(y, p):
    tp, fn = ((y == 1) & (p == 1)).sum(), ((y == 1) & (p == 0)).sum()
    fp, tn = ((y == 0) & (p == 1)).sum(), ((y == 0) & (p == 0)).sum()
    return np.array([[tp, fn], [fp, tn]])
