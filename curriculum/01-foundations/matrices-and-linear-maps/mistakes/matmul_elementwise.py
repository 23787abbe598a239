# caught_by: matmul_random
# message: Same shape in, same shape out: that is the Hadamard product
def matmul(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return A * B
