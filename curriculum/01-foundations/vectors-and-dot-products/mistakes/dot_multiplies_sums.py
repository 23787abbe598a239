# caught_by: dot_long
# message: You multiplied the two sums
def dot(u, v):
    if len(u) != len(v):
        raise ValueError("lengths differ")
    return float(sum(u) * sum(v))
