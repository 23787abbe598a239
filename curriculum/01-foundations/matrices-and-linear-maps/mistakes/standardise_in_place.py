# caught_by: standardise_keeps
# message: changed the table X
def standardise(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    is_constant = X.max(axis=0) == X.min(axis=0)
    X -= mean
    X /= np.where(is_constant, 1.0, std)
    X[:, is_constant] = 0.0
    return X, mean, std
