"""Calibration: score → observed accuracy, interpolated in fitted tables."""

from collections.abc import Sequence

from radix_assets.suggestions.weights import CALIBRATION


def sure(rule: str, raw: float) -> float:
    """Return the calibrated confidence for a rule's raw one; unchanged if no table was fitted."""
    return round(between(CALIBRATION[rule], raw), 2) if rule in CALIBRATION else round(raw, 2)


def between(table: Sequence[tuple[float, float]], raw: float) -> float:
    """Interpolate linearly between the points of a table, constant beyond them."""
    low = table[0]
    for high in table:
        if raw <= high[0]:
            if high[0] == low[0]:
                return high[1]
            return low[1] + (raw - low[0]) / (high[0] - low[0]) * (high[1] - low[1])
        low = high
    return table[-1][1]
