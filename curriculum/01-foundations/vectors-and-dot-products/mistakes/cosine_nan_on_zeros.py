# caught_by: cosine_zeros
# message: 0/0: decide what similarity to nothing means
def cosine(u, v):
    with np.errstate(all="ignore"):
        return float(np.clip(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)), -1.0, 1.0))
