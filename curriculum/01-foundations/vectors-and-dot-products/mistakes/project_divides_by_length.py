# caught_by: project_reference
# message: Off by a factor of the length
def project(u, onto):
    length = np.linalg.norm(onto)
    return (u @ onto) / length * onto if length else np.zeros_like(u)
