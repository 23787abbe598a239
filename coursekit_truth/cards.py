"""The truth behind `coursekit.data.card_transactions`: how likely each payment is to be fraud, and the rule that says so.

The rule is written here and nowhere else. `python -m coursekit_truth.cards` draws the outcomes of all worlds by it and writes the record
that `coursekit` ships.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from coursekit.data import cards
from coursekit.data.cards import Drift, Payments
from coursekit.data.recorded import Flags, Record

WORLDS = 100
# First words of the seeds: of the outcomes on record, and of hold-outs, which share no payment with any frame of coursekit.
_OUTCOME_STREAM, _HOLD_OUT_STREAM = 90_211, 90_212
_KINDS: dict[str, Drift | None] = {"usual": None, "covariate": "covariate", "concept": "concept"}


def card_transactions(n: int = 40_000, days: int = 120, seed: int = 0, drift: Drift | None = None, drift_day: int = 90) -> pd.DataFrame:
    """The frame of `coursekit.data.card_transactions` for the same arguments, and the oracle column `p_fraud` in [0, 1]."""
    frame = cards.card_transactions(n, days, seed, drift, drift_day)
    return frame.assign(p_fraud=fraud_probability(frame, drift, drift_day))


def hold_out(n: int = 40_000, days: int = 120, seed: int = 0, drift: Drift | None = None, drift_day: int = 90) -> pd.DataFrame:
    """Fresh payments from the same law, with `p_fraud`. No call of `coursekit` gives any of these rows: grade on them."""
    rng = np.random.default_rng([_HOLD_OUT_STREAM, seed])
    frame = cards.inputs(cards.draw_payments(rng, n), days, rng, drift, drift_day)
    probability = _probability(_log_odds(frame, drift, drift_day))
    drawn = cards.with_outcomes(frame, rng.random(n) < probability, rng, drift, drift_day)
    return drawn.assign(p_fraud=probability)


def fraud_probability(frame: pd.DataFrame, drift: Drift | None = None, drift_day: int = 90) -> npt.NDArray[np.float64]:
    """The probability behind `is_fraud` of each row of a frame that was made with this drift."""
    if drift == "pipeline":
        kilometres = frame["distance_home_km"]
        frame = frame.assign(distance_home_km=kilometres.where(frame["day"] < drift_day, kilometres / 1000))
    return _probability(_log_odds(frame, drift, drift_day))


def _log_odds(frame: pd.DataFrame, drift: Drift | None, drift_day: int) -> npt.NDArray[np.float64]:
    usual = _usual_log_odds(frame)
    if drift != "concept":
        return usual
    return np.where(frame["day"].to_numpy() >= drift_day, _changed_log_odds(frame), usual)


def _usual_log_odds(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    odds = (
        -8.5
        + 2.6 * np.log(frame["amount_ratio_30d"])
        + 2.2 * frame["is_foreign"]
        + 1.9 * (frame["channel"] == "online")
        + 1.4 * (frame["hour"] < 6)
        + 0.55 * frame["n_tx_24h"]
        + 1.6 * (frame["distance_home_km"] > cards.FAR_KM)
        + 1.5 * frame["merchant_category"].isin(["electronics", "gaming"])
        + 1.2 * (frame["card_age_days"] < 60)
    )
    return np.asarray(odds, dtype=np.float64)


def _changed_log_odds(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """After concept drift: small contactless payments for fuel, in quick succession."""
    odds = (
        -7.5
        - 1.2 * np.log(frame["amount_ratio_30d"])
        + 3.4 * (frame["merchant_category"] == "fuel")
        + 1.9 * (frame["channel"] == "contactless")
        + 0.75 * frame["n_tx_24h"]
        + 0.3 * frame["is_foreign"]
    )
    return np.asarray(odds, dtype=np.float64)


def _probability(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)


def draw_outcomes(payments: Payments, number: int) -> dict[str, Flags]:
    """Whether each payment of a world is fraud, under each kind of drift: one draw a payment, compared with its probability in each."""
    rng = np.random.default_rng([_OUTCOME_STREAM, number])
    draws = rng.random(len(payments.hour))
    outcomes = {}
    for kind, drift in _KINDS.items():
        frame = cards.inputs(payments, 1, rng, drift, 0)  # one day, and the drift is there: who pays does not matter to the rule
        outcomes[kind] = draws < _probability(_log_odds(frame, drift, 0))
    return outcomes


def draw_record(worlds: int = WORLDS) -> Record:
    payments = [cards.world(number) for number in range(worlds)]
    outcomes = [draw_outcomes(each, number) for number, each in enumerate(payments)]
    happened = {kind: tuple(np.flatnonzero(each[kind]) for each in outcomes) for kind in _KINDS}
    return Record(cards.ROWS_PER_WORLD, tuple(each.fingerprint() for each in payments), happened)


if __name__ == "__main__":
    draw_record().write(cards.RECORD)
