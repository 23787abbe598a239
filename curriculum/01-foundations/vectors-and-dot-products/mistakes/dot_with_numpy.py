# caught_by: dot_plain
# message: uses NumPy
def dot(u, v):
    if len(u) != len(v):
        raise ValueError("lengths differ")
    return float(np.dot(u, v))
