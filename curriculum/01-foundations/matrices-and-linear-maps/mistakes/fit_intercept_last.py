# caught_by: fit_random
# message: These are the right weights with the intercept last
def fit_least_squares(X, y):
    return np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y)[0]
