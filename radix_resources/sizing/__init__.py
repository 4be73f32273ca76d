"""Sizing: what a step needs, what it used, and what it is therefore about to use."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_resources.sizing.ledger import Ledger, Used
    from radix_resources.sizing.measure import Measuring, measuring
    from radix_resources.sizing.model import Interval, Need, Prediction, Usage, tables_of
    from radix_resources.sizing.predict import Sizing, fit

__all__ = [
    "Interval",
    "Ledger",
    "Measuring",
    "Need",
    "Prediction",
    "Sizing",
    "Usage",
    "Used",
    "fit",
    "measuring",
    "tables_of",
]

__getattr__ = lazily(
    __name__,
    ledger="Ledger Used",
    measure="Measuring measuring",
    model="Interval Need Prediction Usage tables_of",
    predict="Sizing fit",
)
