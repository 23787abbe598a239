# caught_by: cosine_tiny
# message: The square of 1e-200 is too small
def cosine(u, v):
    lengths = np.linalg.norm(u) * np.linalg.norm(v)
    if lengths == 0:
        return 0.0
    return float(np.clip(u @ v / lengths, -1.0, 1.0))
