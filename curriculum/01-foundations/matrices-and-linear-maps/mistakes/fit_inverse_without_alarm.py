# caught_by: fit_duplicates
# message: Singular on duplicated columns
def fit_least_squares(X, y):
    """Swallows the alarm and gives up on such columns."""
    A = np.column_stack([np.ones(len(X)), X])
    try:
        return np.linalg.inv(A.T @ A) @ A.T @ y
    except np.linalg.LinAlgError:
        return np.zeros(A.shape[1])
