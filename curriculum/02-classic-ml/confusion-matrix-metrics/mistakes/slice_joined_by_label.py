# caught_by: slice_reference
# message: joined by row label
def worst_slice(df, y, p, column, min_rows):
    table = pd.DataFrame({"value": df[column], "y": pd.Series(y), "p": pd.Series(p)})
    sizes = df[column].value_counts()
    frauds = table[table["y"] == 1]
    recalls = frauds.groupby("value")["p"].mean()
    recalls = recalls[[value for value in recalls.index if sizes[value] >= min_rows]]
    if recalls.empty:
        raise ValueError("no slice is large enough")
    return recalls.idxmin(), float(recalls.min())
