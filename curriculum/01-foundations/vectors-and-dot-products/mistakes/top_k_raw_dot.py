# caught_by: top_k_reference
# message: The big spenders crowd out the similar ones
def top_k(Q, X, k):
    return np.argsort(-(Q @ X.T), axis=1, kind="stable")[:, :k]
