# caught_by: scores_shift
# message: The scores stay the same whatever b is
def linear_scores(X, W, b):
    return X @ W
