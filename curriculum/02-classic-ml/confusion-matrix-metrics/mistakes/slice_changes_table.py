# caught_by: slice_keeps_table
# message: changed the table or the answers
def worst_slice(df, y, p, column, min_rows):
    df["y"], df["p"] = y, p
    frauds = df[df["y"] == 1]
    sizes, recalls = df[column].value_counts(), frauds.groupby(column)["p"].mean()
    recalls = recalls[[value for value in recalls.index if sizes[value] >= min_rows]]
    if recalls.empty:
        raise ValueError("no slice is large enough")
    return recalls.idxmin(), float(recalls.min())
