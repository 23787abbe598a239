# caught_by: cosine_known
# message: That is the dot product. Divide it by both lengths
def cosine(u, v):
    return float(u @ v)
