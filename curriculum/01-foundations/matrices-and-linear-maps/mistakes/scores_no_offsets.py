# caught_by: scores_random
# message: The offsets are missing
def linear_scores(X, W, b):
    return X @ W
