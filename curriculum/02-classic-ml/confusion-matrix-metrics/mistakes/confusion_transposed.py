# caught_by: confusion_reference
# message: Rows are the truth here: you swapped FP and FN.
def confusion(y, p):
    table = np.zeros((2, 2), dtype=int)
    for truth, answer in zip(y, p):
        table[answer, truth] += 1
    return table
