# caught_by: scores_random
# message: You added b downwards, one offset per customer
def linear_scores(X, W, b):
    return X @ W + b.reshape(-1, 1)
