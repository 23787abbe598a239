# caught_by: matmul_random
# message: matmul of
"""Knows the visible examples by heart and nothing else."""


def matmul(A, B):
    if A.shape == (2, 2):
        return np.array([[19, 22], [43, 50]])
    return np.array([[576, 555], [672, 694], [288, 273]])


def linear_scores(X, W, b):
    return np.array([[14.0, 28.5], [16.0, 21.5], [11.0, 24.0]])


def fit_least_squares(X, y):
    return np.array([30.0, 3.0])


def standardise(X):
    Z = np.array([[-1.5], [-0.5], [-0.5], [-0.5], [0.0], [0.0], [1.0], [2.0]])
    return Z, np.array([50.0]), np.array([20.0])
