# caught_by: confusion_one_class
# message: still has its row and its column
def confusion(y, p):
    return pd.crosstab(y, p).to_numpy()
