# caught_by: cosine_scale
# message: Divide by both lengths, not by one
def cosine(u, v):
    length = np.linalg.norm(v)
    return float(u @ v / length) if length else 0.0
