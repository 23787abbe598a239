# caught_by: matmul_by_hand
# message: hands the work to NumPy
def matmul(A, B):
    return A @ B
