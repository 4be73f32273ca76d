"""Equations of two columns that give the target exactly."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from radix_assets.exploration.leaks.sums import Equation
from radix_assets.exploration.sample import SEED, Vector

EXACT = 0.95
"""Share of rows in which an equation holds."""
PROBES = 16
"""Rows on which all pairs are tried at once; pairs that hold there are tried on all rows."""
ALIKE = 0.75
MIN_PROBES = 8
CANDIDATES = 200

Mask = NDArray[np.bool_]


def equations(names: list[str], matrix: Vector, target: Vector) -> list[Equation]:
    """Return the sums, differences, products and ratios of two columns that equal the target; NaN means unknown."""
    step = resolution(target)
    # Products and ratios are often rounded when they are stored, sums are not.
    rounded = step / 2 if np.std(target) > 20 * step else 0.0
    rows = np.flatnonzero(target != 0)
    rows = np.random.default_rng(SEED).permutation(rows)[:PROBES]
    if len(rows) < MIN_PROBES:
        return []
    matches: list[Equation] = []
    for sign, ordered, slack in (("+", False, 0.0), ("-", True, 0.0), ("x", False, rounded), ("/", True, rounded)):
        for a, b in _candidates(matrix[rows], target[rows], sign, ordered=ordered, slack=slack):
            share = _agree(_apply(sign, matrix[:, a], matrix[:, b]), target, slack)
            alone = max(_agree(matrix[:, a], target, slack), _agree(matrix[:, b], target, slack))
            if share >= EXACT and alone < EXACT * share:
                matches.append((f"{names[a]} {sign} {names[b]}", [a, b], share))
    return matches


def _apply(sign: str, a: Vector, b: Vector) -> Vector:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return {"+": np.add, "-": np.subtract, "x": np.multiply, "/": np.divide}[sign](a, b)


def _candidates(matrix: Vector, target: Vector, sign: str, *, ordered: bool, slack: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of columns for which the equation holds on nearly all probes."""
    width = matrix.shape[1]
    agree = np.zeros((width, width), dtype=np.int64)
    valid = np.zeros((width, width), dtype=np.int64)
    for row, value in zip(matrix, target, strict=True):
        result = _apply(sign, row[:, None], row[None, :])
        valid += np.isfinite(result)
        agree += np.abs(result - value) <= slack + 1e-6 * abs(value)
    good = (agree >= ALIKE * np.maximum(valid, 1)) & (valid >= MIN_PROBES)
    np.fill_diagonal(good, val=False)
    pairs = np.argwhere(good if ordered else np.triu(good))
    yield from ((int(a), int(b)) for a, b in pairs[:CANDIDATES])


def _agree(value: Vector, target: Vector, slack: float) -> float:
    """Return the share of rows with a result in which it equals the target; 0 if few rows have a result."""
    finite = np.isfinite(value)
    if finite.mean() < 0.5:  # noqa: PLR2004
        return 0.0
    near = np.abs(value[finite] - target[finite]) <= slack + 1e-6 * np.abs(target[finite]) + 1e-12
    return float(near.mean())


def resolution(values: Vector) -> float:
    """Return the resolution of the values: 1, 0.1, 0.01 …; 0 if they are not rounded."""
    for digits in range(7):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9):
            return float(10.0**-digits)
    return 0.0
