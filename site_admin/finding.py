from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a doctor's report. `mend` says what to do, and is empty when `ok`."""

    part: str
    ok: bool
    said: str
    mend: str = ""
