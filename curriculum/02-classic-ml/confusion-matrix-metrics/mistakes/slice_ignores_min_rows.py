# caught_by: slice_small
# message: this slice is smaller than `min_rows`
def worst_slice(df, y, p, column, min_rows):
    values = df[column].to_numpy()
    found = [(prf(y[values == v], p[values == v])["recall"], v) for v in sorted(set(values.tolist())) if y[values == v].any()]
    recall, value = min(found)
    return value, recall
