# caught_by: fit_residuals
# message: Some other weights come closer to the prices
def fit_least_squares(X, y):
    """Fits through the origin, then sets the intercept so that the misses have mean 0."""
    slopes = np.linalg.lstsq(X, y)[0]
    return np.concatenate([[y.mean() - X.mean(axis=0) @ slopes], slopes])
