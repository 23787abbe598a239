# caught_by: top_k_fast
# message: loop
def top_k(Q, X, k):
    rows = []
    for q in Q:
        scores = np.array([cosine(q, x) for x in X])
        rows.append(np.argsort(-scores, kind="stable")[:k])
    return np.array(rows)
