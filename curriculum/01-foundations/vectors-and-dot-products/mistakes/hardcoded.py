# caught_by: dot_long
# message: dot of
"""Knows the visible examples by heart and nothing else."""


def dot(u, v):
    return {(20, 10, 20): 800.0, (1, 2, 3): 12.0, (1, 0): 0.0}.get(tuple(u), 0.0)


def cosine(u, v):
    return {(2.0, 1.0): 1.0, (1.0, 0.0): 0.0, (3.0, 4.0): -1.0}.get(tuple(u.tolist()), 0.5)


def top_k(Q, X, k):
    return np.array([[1, 0]])


def project(u, onto):
    return np.array([6.0, 3.0])
