"""The seeds of a submission: the same code gets the same grade, and nobody can compute hidden inputs beforehand.

Three kinds hang on the submission's own seed, each by a hash that cannot be turned round: one for each check, from which it draws its
inputs, and those that set the learner's sources of chance. Only the latter ever enter the learner's process: with a check's seed a notebook
could draw the same data with the same generator, its labels included.
"""

import hashlib
import hmac

SEED_BITS = 63


def seed_for(site_key: str, exercise_version: str, code_hash: str) -> int:
    """A number in [0, 2**63), from the exercise's version and the notebook's code under the site's own key."""
    message = b"\0".join((b"cairn grading seed", exercise_version.encode(), code_hash.encode()))
    digest = hmac.new(site_key.encode(), message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)


def seed_of_check(seed: int, identity: str) -> int:
    """One check's own seed: adding a check or shuffling them changes no other check's inputs."""
    return _derived(seed, f"check {identity}")


def seed_of_learner(seed: int, identity: str = "") -> int:
    """What the learner's sources of chance are set to before the cells, or before a check's first call."""
    return _derived(seed, f"learner {identity}")


def _derived(seed: int, purpose: str) -> int:
    digest = hashlib.sha256(f"cairn {seed} {purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - SEED_BITS)
