# caught_by: scores_no_loop
# message: has a loop
def linear_scores(X, W, b):
    scores = np.zeros((X.shape[0], W.shape[1]))
    for i in range(X.shape[0]):
        scores[i] = X[i] @ W + b
    return scores
