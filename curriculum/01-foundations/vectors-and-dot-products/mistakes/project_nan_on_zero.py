# caught_by: project_on_zero
# message: 0/0: there is no line to project on
def project(u, onto):
    with np.errstate(all="ignore"):
        return (u @ onto) / (onto @ onto) * onto
