# caught_by: matmul_random
# message: That is B times A
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    product = np.zeros((B.shape[0], A.shape[1]))
    for i in range(B.shape[0]):
        for j in range(A.shape[1]):
            product[i, j] = (B[i] * A[:, j]).sum()
    return product
