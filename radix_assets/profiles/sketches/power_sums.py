"""Mergeable sums of powers about the mean."""

import math
from dataclasses import dataclass

import numpy as np

from radix_assets.profiles.array_types import Numbers


@dataclass
class PowerSums:
    """Count, mean and the sums of the second to fourth powers of the distances from the mean.

    Merged by the formulas of Chan, Golub and LeVeque (1979) and Pébay (2008), which lose no digits to cancellation.
    """

    count: int = 0
    mean: float = 0.0
    second: float = 0.0
    third: float = 0.0
    fourth: float = 0.0

    @classmethod
    def of(cls, values: Numbers) -> "PowerSums":
        """Return the sums of values, (n,), none of which is missing."""
        if not len(values):
            return cls()
        with np.errstate(all="ignore"):
            mean = float(values.mean())
            away = values - mean
            mean += float(away.mean()) if math.isfinite(mean) else 0.0
            square = away * away
            second = float(square.sum())
            away *= square
            third = float(away.sum())
            square *= square
            fourth = float(square.sum())
        return cls(len(values), mean, second, third, fourth)

    def merge(self, other: "PowerSums") -> "PowerSums":
        """Return the sums of the values of both."""
        if not self.count or not other.count:
            return other if not self.count else self
        a, b, n = self.count, other.count, self.count + other.count
        try:
            step = other.mean - self.mean
            part = step / n
            second = self.second + other.second + step * part * a * b
            third = (
                self.third
                + other.third
                + step * part * part * a * b * (a - b)
                + 3.0 * part * (a * other.second - b * self.second)
            )
            fourth = (
                self.fourth
                + other.fourth
                + step * part**3 * a * b * (a * a - a * b + b * b)
                + 6.0 * part * part * (a * a * other.second + b * b * self.second)
                + 4.0 * part * (a * other.third - b * self.third)
            )
        except OverflowError:
            second = third = fourth = math.inf
        return PowerSums(n, self.mean + part * b, second, third, fourth)

    @property
    def std(self) -> float | None:
        """The sample standard deviation: divided by the count less one."""
        if self.count < 2:  # noqa: PLR2004
            return None
        return _finite(math.sqrt(self.second / (self.count - 1)))

    @property
    def skew(self) -> float | None:
        """Fisher's moment coefficient, not corrected for bias."""
        if not 0 < self.second < math.inf:
            return None
        return _quotient(math.sqrt(self.count) * self.third, self.second * math.sqrt(self.second))

    @property
    def kurtosis(self) -> float | None:
        """Fisher's: 0 for a normal distribution. Not corrected for bias."""
        if not 0 < self.second < math.inf:
            return None
        quotient = _quotient(self.count * self.fourth, self.second * self.second)
        return None if quotient is None else quotient - 3.0


def _quotient(above: float, below: float) -> float | None:
    return _finite(above / below) if below else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
