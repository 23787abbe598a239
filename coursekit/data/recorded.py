"""Outcomes that were drawn elsewhere and written down, so that learners hold what happened and not the rule behind it.

A table's inputs (who paid what, when, where) come from its module. Its outcomes were drawn once, by `coursekit_truth`, for a number of
*worlds*: rows of inputs that follow from the world's number alone. The record keeps the rows in which the event happened, and for each
world a fingerprint of its inputs: outcomes must never be put beside rows that they do not belong to, and another release of numpy may
draw other rows from the same seed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


class RecordDoesNotFit(RuntimeError):
    """The outcomes on record belong to other rows than this Python draws."""


def fingerprint(*columns: npt.NDArray[np.generic]) -> int:
    """A checksum of whole-number columns, the same on every machine: no rounding can move it."""
    total = 0
    for column in columns:
        total = zlib.crc32(np.ascontiguousarray(column, dtype=np.int16).tobytes(), total)
    return total


@dataclass(frozen=True, slots=True)
class Record:
    """For each kind of outcome and each world, the rows in which the event happened."""

    rows_per_world: int
    fingerprints: tuple[int, ...]
    happened: dict[str, tuple[Whole, ...]]

    @property
    def worlds(self) -> int:
        return len(self.fingerprints)

    def outcomes(self, world: int, fingerprint_of_inputs: int) -> dict[str, Flags]:
        """Outcomes of all rows of a world, by kind. Raises RecordDoesNotFit for inputs that are not the recorded ones."""
        if fingerprint_of_inputs != self.fingerprints[world]:
            raise RecordDoesNotFit(
                f"numpy {np.__version__} draws other rows than those these outcomes were recorded for. "
                "Install the release of numpy that the course names."
            )
        return {kind: self._flags(rows[world]) for kind, rows in self.happened.items()}

    def _flags(self, rows: Whole) -> Flags:
        flags = np.zeros(self.rows_per_world, dtype=bool)
        flags[rows] = True
        return flags

    def write(self, path: Path) -> None:
        """Gaps between the rows instead of the rows themselves: they are small numbers, which pack well."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "rows_per_world": np.array(self.rows_per_world, dtype=np.int64),
            "fingerprints": np.array(self.fingerprints, dtype=np.int64),
        }
        for kind, rows in self.happened.items():
            arrays[f"{kind}.counts"] = np.array([len(each) for each in rows], dtype=np.int32)
            arrays[f"{kind}.gaps"] = np.concatenate([np.diff(each, prepend=0) for each in rows]).astype(np.uint16)
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def read(cls, path: Path) -> Record:
        with np.load(path, allow_pickle=False) as arrays:
            kinds = [name.removesuffix(".counts") for name in arrays.files if name.endswith(".counts")]
            happened = {kind: _rows(arrays[f"{kind}.gaps"], arrays[f"{kind}.counts"]) for kind in kinds}
            return cls(int(arrays["rows_per_world"]), tuple(arrays["fingerprints"].tolist()), happened)


def _rows(gaps: npt.NDArray[np.uint16], counts: npt.NDArray[np.int32]) -> tuple[Whole, ...]:
    return tuple(np.cumsum(part, dtype=np.int64) for part in np.split(gaps, np.cumsum(counts)[:-1]))
