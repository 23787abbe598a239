# caught_by: fit_random
# message: Your line is forced through the origin: its intercept is 0
def fit_least_squares(X, y):
    return np.concatenate([[0.0], np.linalg.lstsq(X, y)[0]])
