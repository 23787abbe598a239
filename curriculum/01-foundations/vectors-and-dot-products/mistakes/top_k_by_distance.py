# caught_by: top_k_reference
# message: nearest by distance
def top_k(Q, X, k):
    distances = np.linalg.norm(Q[:, None, :] - X[None, :, :], axis=2)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]
