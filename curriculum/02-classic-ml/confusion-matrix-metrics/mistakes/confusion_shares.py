# caught_by: confusion_reference
# message: These are shares
def confusion(y, p):
    table = np.array([[((y == i) & (p == j)).sum() for j in (0, 1)] for i in (0, 1)])
    return table / table.sum()
