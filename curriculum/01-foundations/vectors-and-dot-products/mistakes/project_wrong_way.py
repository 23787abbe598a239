# caught_by: project_reference
# message: You projected `onto` on `u`
def project(u, onto):
    return (u @ onto) / (u @ u) * u
