# caught_by: standardise_random
# message: You divided by the variance
def standardise(X):
    mean, variance = X.mean(axis=0), X.var(axis=0)
    return (X - mean) / np.where(variance == 0, 1.0, variance), mean, variance
