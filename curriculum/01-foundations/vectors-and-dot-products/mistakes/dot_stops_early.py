# caught_by: dot_unequal
# message: Unequal lengths passed silently: zip stops early
def dot(u, v):
    return float(sum(a * b for a, b in zip(u, v)))
