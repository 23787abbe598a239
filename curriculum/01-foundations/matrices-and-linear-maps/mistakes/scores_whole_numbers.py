# caught_by: scores_random
# message: cannot put parts of one into a product of whole numbers
def linear_scores(X, W, b):
    scores = X @ W
    scores += b
    return scores
