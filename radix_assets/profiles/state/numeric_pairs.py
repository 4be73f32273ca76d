"""The mergeable sums of every two numeric columns, from which their correlations follow."""

from dataclasses import dataclass

import numpy as np

from radix_assets.profiles.array_types import Flags, Floats

_PRODUCTS = 1 << 18
"""Products summed at a time: few enough to stay on one thread, so that the order is fixed."""


@dataclass
class Pairs:
    """Counts, means and sums about the means of every two numeric columns, over the rows where both are present.

    Each is (numbers, numbers). Entry (i, j) of `mean` and `square` is of column i where j is present too.
    """

    count: Floats
    mean: Floats
    square: Floats
    product: Floats

    @classmethod
    def none(cls, number: int) -> "Pairs":
        """Return the state of no rows."""
        return cls(*(np.zeros((number, number)) for _ in range(4)))

    @classmethod
    def of(cls, values: Floats, there: Flags | None) -> "Pairs":
        """Return the sums of a matrix, (numbers, rows), with 0 where a value is missing."""
        number = values.shape[1]
        with np.errstate(all="ignore"):
            return cls._whole(values, number) if there is None else cls._with_gaps(values, there)

    @classmethod
    def _whole(cls, values: Floats, number: int) -> "Pairs":
        mean = values.mean(axis=1)
        product = np.zeros((len(values), len(values)))
        block = _block(len(values))
        for start in range(0, number, block):
            away = values[:, start : start + block] - mean[:, None]
            product += away @ away.T
        each = np.broadcast_to(mean[:, None], product.shape)
        square = np.broadcast_to(np.diag(product)[:, None], product.shape)
        return cls(np.full(product.shape, float(number)), each.copy(), square.copy(), product)

    @classmethod
    def _with_gaps(cls, values: Floats, there: Flags) -> "Pairs":
        present = there.sum(axis=1)
        middle = values.sum(axis=1) / np.maximum(present, 1)
        count, total, square, product = (np.zeros((len(values), len(values))) for _ in range(4))
        block = _block(len(values))
        for start in range(0, values.shape[1], block):
            present_block = there[:, start : start + block].astype(np.float64)
            away = (values[:, start : start + block] - middle[:, None]) * present_block
            count += present_block @ present_block.T
            total += away @ present_block.T
            square += (away * away) @ present_block.T
            product += away @ away.T
        part = total / np.maximum(count, 1)
        return cls(count, middle[:, None] + part, square - total * part, product - part * total.T)

    def merge(self, other: "Pairs") -> "Pairs":
        """Return the sums over the rows of both (Chan, Golub and LeVeque 1979)."""
        count = self.count + other.count
        with np.errstate(all="ignore"):
            step = np.where(self.count > 0, other.mean - self.mean, 0.0)
            start = np.where(self.count > 0, self.mean, other.mean)
            share = np.where(count > 0, other.count / np.maximum(count, 1), 0.0)
            step = np.where(other.count > 0, step, 0.0)
            weight = self.count * share
            return Pairs(
                count,
                start + step * share,
                self.square + other.square + step * step * weight,
                self.product + other.product + step * step.T * weight,
            )

    def correlations(self) -> Floats:
        """Return Pearson's coefficients, (numbers, numbers); NaN where undefined."""
        with np.errstate(all="ignore"):
            coefficients: Floats = self.product / np.sqrt(self.square * self.square.T)
        coefficients[~np.isfinite(coefficients)] = np.nan
        coefficients[:] = np.clip(coefficients, -1.0, 1.0)
        return coefficients


def _block(columns: int) -> int:
    return max(64, _PRODUCTS // max(1, columns * columns))
