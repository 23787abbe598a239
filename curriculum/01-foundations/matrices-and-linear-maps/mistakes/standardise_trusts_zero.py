# caught_by: standardise_rounded
# message: its deviation is a rounding error instead of 0
def standardise(X):
    mean, std = X.mean(axis=0), X.std(axis=0)
    return (X - mean) / np.where(std == 0, 1.0, std), mean, std
