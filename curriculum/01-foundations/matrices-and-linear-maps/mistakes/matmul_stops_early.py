# caught_by: matmul_refuses
# message: Shapes (2, 3) and (2, 3) went through silently
def matmul(A, B):
    product = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            product[i, j] = sum(a * b for a, b in zip(A[i], B[:, j]))
    return product
