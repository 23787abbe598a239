# caught_by: matmul_random
# message: Rows and columns of the result are exchanged
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return np.array([[(row * column).sum() for row in A] for column in B.T])
