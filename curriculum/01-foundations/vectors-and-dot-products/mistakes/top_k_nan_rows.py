# caught_by: top_k_zeros
# message: top_k where 3 of 12 customers
def top_k(Q, X, k):
    with np.errstate(all="ignore"):
        unit_Q = Q / np.linalg.norm(Q, axis=1, keepdims=True)
        unit_X = X / np.linalg.norm(X, axis=1, keepdims=True)
    similarity = np.nan_to_num(unit_Q @ unit_X.T, nan=2.0)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :k]
