"""Targets that can be computed from other columns of the same row."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from radix_assets.exploration.model import Severity, Suspect
from radix_assets.exploration.question import Question, Vector
from radix_assets.exploration.scoring import as_numbers
from radix_assets.exploration.words import known_before

ROWS = 4_000
COLUMNS = 30
"""Numeric columns that take part, those closest to the target first."""
FILLED = 0.8
"""Share of the rows a column must fill to take part."""
MIN_ROWS = 30
EXACT = 0.95
"""Share of rows in which an equation holds to the last digit."""
UNIT = 0.35
"""How far from 1 or -1 the coefficient of an item may be for the sum with coefficients 1 and -1 to be tried."""
SUM = 0.98
"""R² from which a sum with coefficients 1 and -1 is an identity: what is left are fees and rounding."""
ANY = 0.9999
"""The same for arbitrary coefficients."""
MATTERS = 1.5
"""Without any one of its items a sum must leave at least so many times more unexplained."""

Sums = list[tuple[str, list[int], float]]


def arithmetic(question: Question) -> list[Suspect]:
    """Columns whose sum, difference, product or ratio is the target, in nearly all rows."""
    target = _base(question)
    if target is None:
        return []
    names, matrix, values = _complete(question, target)
    if len(values) < MIN_ROWS or len(names) < 2 or np.ptp(values) == 0:  # noqa: PLR2004
        return []
    best: dict[int, tuple[float, Severity, str]] = {}
    for text, items, value in [*_pairs(names, matrix, values), *_linear(names, matrix, values)]:
        for item in items:
            if item not in best:
                best[item] = (value, "strong", f"the target is {text} in this very row")
    for item, (text, value) in _totals(names, matrix, values).items():
        best.setdefault(item, (value, "strong", text))
    return [
        Suspect(
            table=question.table,
            column=names[item],
            code="arithmetic",
            score=round(value, 6),
            severity="weak" if known_before(names[item]) else severity,
            reason=text,
        )
        for item, (value, severity, text) in best.items()
    ]


def _base(question: Question) -> Vector | None:
    """The number behind the target: of a comparison, the column that is compared."""
    if question.tags.target.operator is None:
        return question.answer.values if question.answer.codes is None else None
    column = question.series(question.names.index(question.tags.target.column))
    return as_numbers(column) if column.dtype.is_numeric() else None


def _complete(question: Question, target: Vector) -> tuple[list[str], Vector, Vector]:
    """The numeric columns that are mostly filled, and the rows in which all of them are; standardised scale is not."""
    rows = np.linspace(0, len(target) - 1, min(len(target), ROWS)).astype(np.int64)
    target = target[rows]
    found: list[tuple[float, str, Vector]] = []
    for position in question.others:
        column = question.series(position)
        if not column.dtype.is_numeric() or question.role(question.names[position]) in ("primary_key", "foreign_key"):
            continue
        values = as_numbers(column)[rows]
        filled = ~np.isnan(values) & ~np.isnan(target)
        if filled.mean() < FILLED or not filled.any() or np.ptp(values[filled]) == 0:
            continue
        spread = np.ptp(target[filled])
        near = abs(float(np.corrcoef(values[filled], target[filled])[0, 1])) if spread else 0.0
        found.append((near, question.names[position], values))
    found.sort(key=lambda each: (-each[0], each[1]))
    found = found[:COLUMNS]
    matrix = np.stack([values for *_, values in found], axis=1) if found else np.empty((len(target), 0))
    complete = ~np.isnan(matrix).any(axis=1) & ~np.isnan(target)
    return [name for _, name, _ in found], matrix[complete], target[complete]


def _pairs(names: list[str], matrix: Vector, target: Vector) -> Sums:
    """Equations of two columns that hold to the last digit."""
    found: Sums = []
    step = _resolution(target)
    for a, b in combinations(range(len(names)), 2):
        x, y = matrix[:, a], matrix[:, b]
        tries = [(x + y, f"{names[a]} + {names[b]}"), (x - y, f"{names[a]} - {names[b]}")]
        tries += [(y - x, f"{names[b]} - {names[a]}"), (x * y, f"{names[a]} x {names[b]}")]
        with np.errstate(divide="ignore", invalid="ignore"):
            tries += [(x / y, f"{names[a]} / {names[b]}"), (y / x, f"{names[b]} / {names[a]}")]
        for i, (value, text) in enumerate(tries):
            # Products and ratios are often rounded when they are stored, sums are not.
            slack = step / 2 if i > 2 and np.std(target) > 20 * step else 0.0  # noqa: PLR2004
            share = _agree(value, target, slack)
            if share >= EXACT and max(_agree(x, target, slack), _agree(y, target, slack)) < EXACT * share:
                found.append((text, [a, b], share))
    return found


def _agree(value: Vector, target: Vector, slack: float) -> float:
    """Share of the rows that are equal, of those that are not all the same."""
    return float((np.abs(value - target) <= slack + 1e-6 * np.abs(target) + 1e-12).mean())


def _resolution(values: Vector) -> float:
    """The last digit in which the values are given: 1, 0.1, 0.01 …; 0 where they are not rounded."""
    for digits in range(7):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9):
            return float(10.0**-digits)
    return 0.0


def _linear(names: list[str], matrix: Vector, target: Vector) -> Sums:
    """Sums of two or three columns, with a constant, that leave nearly nothing of the target unexplained."""
    found: Sums = []
    covered: list[set[int]] = []
    gram, cross, spread = _moments(matrix, target)
    for size in (2, 3):
        if len(names) < size:
            break
        sets = np.array(list(combinations(range(len(names)), size)))
        weights, r2 = _solve(gram, cross, spread, sets)
        unit = _unit(gram, cross, spread, sets, weights)
        for row in np.flatnonzero((unit >= SUM) | (r2 >= ANY)):
            items = [int(item) for item in sets[row]]
            best = max(float(unit[row]), float(r2[row]) if r2[row] >= ANY else 0.0)
            if any(each <= set(items) for each in covered) or not _all_matter(gram, cross, spread, items, best):
                continue
            covered.append(set(items))
            found.append((_sum(names, items, weights[row] if unit[row] >= SUM else None), items, best))
    return found


def _totals(names: list[str], matrix: Vector, target: Vector) -> dict[int, tuple[str, float]]:
    """Columns that are a sum of which the target is an item."""
    found: dict[int, tuple[str, float]] = {}
    for item in range(len(names)):
        others = [i for i in range(len(names)) if i != item]
        gram, cross, spread = _moments(np.column_stack([target, matrix[:, others]]), matrix[:, item])
        for size in (1, 2, 3):
            if item in found or len(others) < size:
                break
            sets = np.array([(0, *(i + 1 for i in each)) for each in combinations(range(len(others)), size)])
            weights, _ = _solve(gram, cross, spread, sets)
            unit = np.where((weights > 0).all(axis=1), _unit(gram, cross, spread, sets, weights), 0.0)
            for row in np.flatnonzero(unit >= SUM):
                chosen = [int(i) for i in sets[row]]
                if _all_matter(gram, cross, spread, chosen, unit[row]):
                    items = ", ".join(names[others[i - 1]] for i in chosen[1:])
                    found[item] = (f"it is the sum of the target and of {items}, in this very row", float(unit[row]))
                    break
    return found


def _moments(matrix: Vector, target: Vector) -> tuple[Vector, Vector, float]:
    """Covariances: of the columns, of the columns with the target, and the target's variance."""
    centred, response = matrix - matrix.mean(axis=0), target - target.mean()
    rows = len(target)
    return centred.T @ centred / rows, centred.T @ response / rows, float(response @ response / rows)


def _solve(gram: Vector, cross: Vector, spread: float, sets: NDArray[np.int64]) -> tuple[Vector, Vector]:
    """Least squares for many sets of columns at once: coefficients and R²."""
    scale = np.sqrt(np.diag(gram))
    normal = gram / np.outer(scale, scale)
    sides = cross / scale
    size = sets.shape[1]
    matrices = normal[sets[:, :, None], sets[:, None, :]] + 1e-12 * np.eye(size)
    solution = np.linalg.solve(matrices, sides[sets][:, :, None])[:, :, 0]
    explained = (solution * sides[sets]).sum(axis=1)
    sound = np.linalg.det(matrices) > 1e-8  # noqa: PLR2004 columns that repeat each other explain nothing new
    return solution / scale[sets], np.where(sound, explained / spread, 0.0)


def _unit(gram: Vector, cross: Vector, spread: float, sets: NDArray[np.int64], weights: Vector) -> Vector:
    """R² of the sums with coefficients 1 and -1; 0 where the coefficients of least squares are far from that."""
    signs = np.sign(weights)
    near = (np.abs(np.abs(weights) - 1) <= UNIT).all(axis=1)
    matrices = gram[sets[:, :, None], sets[:, None, :]]
    left = spread - 2 * (signs * cross[sets]).sum(axis=1) + np.einsum("ri,rij,rj->r", signs, matrices, signs)
    return np.where(near, 1 - left / spread, 0.0)


def _all_matter(gram: Vector, cross: Vector, spread: float, items: list[int], r2: float) -> bool:
    left = max(1 - r2, 1e-9)
    sets = np.array(list(combinations(items, len(items) - 1)))
    _, without = _solve(gram, cross, spread, sets)
    return bool(((1 - without) >= MATTERS * left).all())


def _sum(names: list[str], items: list[int], weights: Vector | None) -> str:
    if weights is not None:
        parts = [f"{'+' if weight > 0 else '-'} {names[item]}" for item, weight in zip(items, weights, strict=True)]
        return " ".join(parts).removeprefix("+ ") + " (and a constant)"
    return "a linear combination of " + ", ".join(names[item] for item in items)
