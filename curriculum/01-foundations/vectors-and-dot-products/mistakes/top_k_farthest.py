# caught_by: top_k_reference
# message: These are the farthest customers
def top_k(Q, X, k):
    unit_Q = Q / np.maximum(np.linalg.norm(Q, axis=1, keepdims=True), 1e-300)
    unit_X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-300)
    return np.argsort(unit_Q @ unit_X.T, axis=1, kind="stable")[:, :k]
