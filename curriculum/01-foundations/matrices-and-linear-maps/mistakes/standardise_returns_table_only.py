# caught_by: standardise_random
# message: Return `Z, mean, std`
def standardise(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)
