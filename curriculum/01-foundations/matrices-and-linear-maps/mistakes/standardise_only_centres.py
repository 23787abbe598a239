# caught_by: standardise_random
# message: divide by the deviations as well
def standardise(X):
    return X - X.mean(axis=0), X.mean(axis=0), X.std(axis=0)
