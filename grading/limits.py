"""Every limit of the engine, once: code, messages and documentation read them here."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one grading. Times are CPU seconds unless they say wall; sizes are bytes."""

    cpu_seconds_per_task: float = 10.0  # a cell, or one call by a check
    cpu_seconds: float = 30.0  # all cells and all calls of one submission
    wall_seconds: float = 90.0  # backstop for the whole of it
    wall_per_cpu: float = 9.0  # a call's wall limit is this many times its CPU limit
    memory_bytes: int = 1536 * MIB  # above the warm parent; torch gets 2 GiB
    output_bytes_per_cell: int = 1 * MIB
    output_bytes: int = 8 * MIB


RUNTIME_MEMORY = {"ml": 1536 * MIB, "torch": 2048 * MIB}

NOTEBOOK_BYTES = 10 * MIB
NOTEBOOK_CELLS = 500
WAITING_SUBMISSIONS = 3  # of one learner, queued or running
SUBMISSIONS_A_MINUTE = 30
