# caught_by: macro_reference
# message: You averaged precision and recall over the classes
def macro_f1(y, p, k):
    parts = [prf((y == c).astype(int), (p == c).astype(int)) for c in range(k)]
    precision, recall = sum(each["precision"] for each in parts) / k, sum(each["recall"] for each in parts) / k
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
