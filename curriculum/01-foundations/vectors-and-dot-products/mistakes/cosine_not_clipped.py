# caught_by: cosine_symmetric
# message: belongs to no angle
def cosine(u, v):
    largest_u, largest_v = np.abs(u).max(), np.abs(v).max()
    if largest_u == 0 or largest_v == 0:
        return 0.0
    u, v = u / largest_u, v / largest_v
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))
