# caught_by: standardise_random
# message: You divided by n - 1 inside the deviation
def standardise(X):
    mean, std = X.mean(axis=0), X.std(axis=0, ddof=1)
    is_constant = X.max(axis=0) == X.min(axis=0)
    return (X - mean) / np.where(is_constant, 1.0, std), mean, std
