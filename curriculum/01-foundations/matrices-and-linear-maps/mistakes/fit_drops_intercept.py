# caught_by: fit_random
# message: These are the weights without the intercept
def fit_least_squares(X, y):
    return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y)[0][1:]
