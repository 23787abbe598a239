# caught_by: fit_duplicates
# message: Singular on duplicated columns
def fit_least_squares(X, y):
    A = np.column_stack([np.ones(len(X)), X])
    return np.linalg.inv(A.T @ A) @ A.T @ y
