# caught_by: standardise_constant
# message: 0/0: a constant column has deviation 0
def standardise(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    with np.errstate(all="ignore"):
        return (X - mean) / std, mean, std
