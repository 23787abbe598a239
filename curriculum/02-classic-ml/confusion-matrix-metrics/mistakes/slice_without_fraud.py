# caught_by: slice_edges
# message: A slice without fraud has nothing to catch
def worst_slice(df, y, p, column, min_rows):
    values = df[column].to_numpy()
    found = [(prf(y[values == v], p[values == v])["recall"], v) for v in sorted(set(values.tolist())) if (values == v).sum() >= min_rows]
    if not found:
        raise ValueError("no slice is large enough")
    recall, value = min(found)
    return value, recall
