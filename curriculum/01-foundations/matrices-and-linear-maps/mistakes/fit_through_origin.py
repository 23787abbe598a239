# caught_by: fit_random
# message: Your line is forced through the origin: put a column of ones
def fit_least_squares(X, y):
    return np.linalg.lstsq(X, y)[0]
