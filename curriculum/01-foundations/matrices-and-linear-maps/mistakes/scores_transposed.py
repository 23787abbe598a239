# caught_by: scores_random
# message: W went in transposed: X is (3, 3) and W is (3, 3)
def linear_scores(X, W, b):
    return X @ W.T + b
