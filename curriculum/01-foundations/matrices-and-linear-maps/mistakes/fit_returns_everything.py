# caught_by: fit_exact_line
# message: returns four things; the weights are the first
def fit_least_squares(X, y):
    return np.linalg.lstsq(np.column_stack([np.ones(len(X)), X]), y)
