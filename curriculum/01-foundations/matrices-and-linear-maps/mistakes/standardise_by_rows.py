# caught_by: standardise_random
# message: You standardised customers, not features
def standardise(X):
    mean, std = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    return (X - mean) / std, mean, std
