# caught_by: slice_reference
# message: You compared precision
def worst_slice(df, y, p, column, min_rows):
    values = df[column].to_numpy()
    found = [
        (prf(y[values == v], p[values == v])["precision"], v)
        for v in sorted(set(values.tolist()))
        if (values == v).sum() >= min_rows and y[values == v].any()
    ]
    if not found:
        raise ValueError("no slice is large enough")
    score, value = min(found, key=lambda one: one[0])
    return value, score
