"""Payments with Larkspur's own cards, some of them fraud: `card_transactions`.

Whether a payment was fraud is not computed here. It was drawn once for each of 100 worlds of 40,000 payments, by a rule that lies in
`coursekit_truth.cards`, and stands in `cards.npz`. So a learner can look at every label and still has to learn the rule from them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from coursekit.data.recorded import Flags, Record, Whole, fingerprint

Drift = Literal["covariate", "concept", "pipeline"]
Numbers = npt.NDArray[np.float64]

COLUMNS = (
    "tx_id", "day", "hour", "customer_id", "merchant_category", "channel", "amount", "distance_home_km", "card_age_days", "n_tx_24h",
    "is_foreign", "amount_ratio_30d", "is_fraud", "label_day", "chargeback_fee",
)  # fmt: skip
OUTCOMES = COLUMNS[-3:]  # known only afterwards
CATEGORIES = ("grocery", "fuel", "travel", "electronics", "fashion", "dining", "gaming", "cash")
CHANNELS = ("chip", "online", "contactless")

CUSTOMERS = 2_000
ROWS_PER_WORLD = 40_000
RECORD = Path(__file__).with_name("cards.npz")
CONFIRMED_AFTER_DAYS = 60  # nobody complained for so long: the payment counts as honest
FAR_KM = 200  # a journey

_CATEGORY_SHARES = (0.30, 0.14, 0.05, 0.08, 0.12, 0.20, 0.06, 0.05)
_CATEGORY_SIZES = np.array([0.8, 1.1, 6.0, 5.0, 1.6, 0.7, 0.6, 2.0])  # times what the customer usually spends
_CHANNEL_SHARES = (0.55, 0.30, 0.15)
_AMOUNTS_AFTER_DRIFT = 1.35
_CHARGEBACK_FEE = 15.0
# First words of the seeds of independent streams: a world's payments, and what a frame adds to them.
_WORLD_STREAM, _FRAME_STREAM = 7_041, 7_042


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments without day, customer and outcome; all arrays have one length. `category` and `channel` are codes.

    `moves_online` and `moves_to_gaming` say which payments change their kind when covariate drift sets in.
    """

    hour: Numbers
    category: Whole
    channel: Whole
    log_ratio: Numbers
    distance_km: Numbers
    card_age_days: Whole
    n_tx_24h: Whole
    is_foreign: Whole
    moves_online: Flags
    moves_to_gaming: Flags

    def take(self, rows: Whole) -> Payments:
        return Payments(*(getattr(self, each.name)[rows] for each in fields(self)))

    def fingerprint(self) -> int:
        return fingerprint(
            self.category, self.channel, self.card_age_days, self.n_tx_24h, self.is_foreign, self.moves_online, self.moves_to_gaming
        )


def card_transactions(n: int = 40_000, days: int = 120, seed: int = 0, drift: Drift | None = None, drift_day: int = 90) -> pd.DataFrame:
    """A DataFrame of `n` card payments over `days` days, in the order of their days; about one in a hundred is fraud.

    | column | |
    | --- | --- |
    | `tx_id` | number of the payment, from 0 |
    | `day` | 0 to `days` - 1 |
    | `hour` | time of day in hours, 0 to 23.99 |
    | `customer_id` | one of 2,000 customers, each with a spending level of their own |
    | `merchant_category` | grocery, fuel, travel, electronics, fashion, dining, gaming or cash |
    | `channel` | chip, online or contactless |
    | `amount` | euros |
    | `distance_home_km` | kilometres between the till and home; 4 % of the payments are made on journeys, often far away |
    | `card_age_days` | days since the card was issued, 1 to 2,499 |
    | `n_tx_24h` | payments with this card in the 24 hours before |
    | `is_foreign` | 1 abroad, else 0 |
    | `amount_ratio_30d` | amount over what this customer usually pays for this category |
    | `is_fraud` | 1 for fraud, else 0 |
    | `label_day` | the day from which `is_fraud` is known; can lie after the last day |
    | `chargeback_fee` | euros that a dispute cost the shop, booked afterwards |

    Fraud is noticed after a delay: about 94 % of it within 30 days. An honest payment counts as honest after 60 days without a complaint.
    `chargeback_fee` follows from the outcome, so a model that reads it has seen the answer.

    From `drift_day` on, `drift` changes the world: with `"covariate"` nearly half of the traffic moves online, much of it to gaming, and
    amounts grow by 35 %, while fraudsters behave as before; with `"concept"` fraudsters change their ways and nothing else does; with
    `"pipeline"` the distance arrives in metres, still named kilometres.

    The same arguments give the same frame. Seeds that differ by less than 100 give different payments as long as `n` is at most 40,000; a
    larger `n`, up to 4,000,000, goes on with the payments of the next seeds. Raises ValueError for arguments outside of these ranges.
    """
    _check(n, days, seed, drift)
    rng = np.random.default_rng([_FRAME_STREAM, seed])
    payments, outcomes = _recorded(n, seed, rng)
    frame = inputs(payments, days, rng, drift, drift_day)
    kind = drift if drift in {"covariate", "concept"} else "usual"
    is_fraud = np.where(frame["day"].to_numpy() >= drift_day, outcomes[kind], outcomes["usual"])
    return with_outcomes(frame, is_fraud, rng, drift, drift_day)


def _check(n: int, days: int, seed: int, drift: str | None) -> None:
    most = ROWS_PER_WORLD * record().worlds
    if not 1 <= n <= most:
        raise ValueError(f"n is {n}; between 1 and {most:,} payments can be drawn.")
    if days < 1 or seed < 0:
        raise ValueError(f"days is {days} and seed is {seed}; days is at least 1, seed at least 0.")
    if drift is not None and drift not in get_args(Drift):
        raise ValueError(f"drift is {drift!r}; it is None or one of {', '.join(get_args(Drift))}.")


def draw_payments(rng: np.random.Generator, n: int) -> Payments:
    """`n` payments of a world. The order of the draws is part of the record: a change here needs a new `cards.npz`."""
    distance = rng.exponential(12, n) + (rng.random(n) < 0.04) * rng.exponential(600, n)
    return Payments(
        hour=np.clip(rng.normal(14, 5, n), 0, 23.99),
        category=rng.choice(len(CATEGORIES), n, p=_CATEGORY_SHARES),
        channel=rng.choice(len(CHANNELS), n, p=_CHANNEL_SHARES),
        log_ratio=rng.normal(0, 0.5, n),
        distance_km=distance,
        card_age_days=rng.integers(1, 2_500, n),
        n_tx_24h=rng.poisson(1.6, n),
        is_foreign=(rng.random(n) < 0.05 + 0.25 * (distance > FAR_KM)).astype(np.int64),
        moves_online=rng.random(n) < 0.45,
        moves_to_gaming=rng.random(n) < 0.5,
    )


def world(number: int) -> Payments:
    """The payments of a recorded world, in the record's order."""
    return draw_payments(np.random.default_rng([_WORLD_STREAM, number]), ROWS_PER_WORLD)


@cache
def record() -> Record:
    return Record.read(RECORD)


def _recorded(n: int, seed: int, rng: np.random.Generator) -> tuple[Payments, dict[str, Flags]]:
    """`n` recorded payments in random order, with their outcomes by kind; the seed names the first world to take them from."""
    parts = []
    for step in range(-(-n // ROWS_PER_WORLD)):
        number = (seed + step) % record().worlds
        payments = world(number)
        parts.append((payments, record().outcomes(number, payments.fingerprint())))
    rows = rng.permutation(len(parts) * ROWS_PER_WORLD)[:n]
    joined = Payments(*(np.concatenate([getattr(payments, each.name) for payments, _ in parts]) for each in fields(Payments)))
    outcomes = {kind: np.concatenate([found[kind] for _, found in parts])[rows] for kind in parts[0][1]}
    return joined.take(rows), outcomes


def inputs(payments: Payments, days: int, rng: np.random.Generator, drift: Drift | None, drift_day: int) -> pd.DataFrame:
    """The columns known at the till, before any fault of the pipeline: the payments spread over days and customers."""
    n = len(payments.hour)
    day = np.sort(rng.integers(0, days, n))
    customer = rng.integers(0, CUSTOMERS, n)
    usual_spend = rng.lognormal(3.2, 0.6, CUSTOMERS)[customer]
    category, channel, ratio = payments.category, payments.channel, np.exp(payments.log_ratio)
    if drift == "covariate":
        late = day >= drift_day
        moves = late & payments.moves_online
        channel = np.where(moves, CHANNELS.index("online"), channel)
        category = np.where(moves & payments.moves_to_gaming, CATEGORIES.index("gaming"), category)
        ratio = np.where(late, ratio * _AMOUNTS_AFTER_DRIFT, ratio)
    return pd.DataFrame(
        {
            "tx_id": np.arange(n),
            "day": day,
            "hour": payments.hour,
            "customer_id": customer,
            "merchant_category": np.array(CATEGORIES)[category],
            "channel": np.array(CHANNELS)[channel],
            "amount": (usual_spend * _CATEGORY_SIZES[category] * ratio).round(2),
            "distance_home_km": payments.distance_km,
            "card_age_days": payments.card_age_days,
            "n_tx_24h": payments.n_tx_24h,
            "is_foreign": payments.is_foreign,
            "amount_ratio_30d": ratio,
        }
    )


def with_outcomes(frame: pd.DataFrame, is_fraud: Flags, rng: np.random.Generator, drift: Drift | None, drift_day: int) -> pd.DataFrame:
    """The frame with what becomes known later; a fault of the pipeline comes last, for it touches no payment, only our copy of it."""
    n = len(frame)
    noticed_after = np.ceil(np.clip(rng.gamma(2.5, 6, n), 1, CONFIRMED_AFTER_DAYS)).astype(np.int64)
    late = frame["day"] >= drift_day
    kilometres = frame["distance_home_km"]
    return frame.assign(
        distance_home_km=kilometres.where(~late, kilometres * 1000) if drift == "pipeline" else kilometres,
        is_fraud=is_fraud.astype(np.int64),
        label_day=frame["day"] + np.where(is_fraud, noticed_after, CONFIRMED_AFTER_DAYS),
        chargeback_fee=np.where(is_fraud & (rng.random(n) < 0.97), _CHARGEBACK_FEE, 0.0),
    )
