# caught_by: standardise_random
# message: You took one mean and one deviation of the whole table
def standardise(X):
    return (X - X.mean()) / X.std(), X.mean(), X.std()
