"""Sums that explain a target almost completely: accounting identities, with their fees and rounding."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from radix_assets.exploration.sample import Vector

UNIT = 0.35
"""Maximum distance of a coefficient from 1 or -1 for the sum with coefficients 1 and -1 to be tried."""
SUM = 0.98
"""R² from which a sum with coefficients 1 and -1 is an identity: the rest are fees and rounding."""
ANY = 0.9999
"""R² from which a sum with arbitrary coefficients is an identity."""
MATTERS = 1.5
"""Minimum factor by which the unexplained variance must grow when any one item of a sum is left out."""

Equation = tuple[str, list[int], float]
"""An equation in words, the positions of its columns, and its share of agreement or R²."""


def linear(names: list[str], matrix: Vector, target: Vector) -> list[Equation]:
    """Return the sums of two or three columns, with a constant, that explain the target almost completely."""
    sums: list[Equation] = []
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
            sums.append((_sum(names, items, weights[row] if unit[row] >= SUM else None), items, best))
    return sums


def totals(names: list[str], matrix: Vector, target: Vector) -> dict[int, tuple[str, float]]:
    """Return the columns that are a sum with the target as one of its items, with reason and R²."""
    sums: dict[int, tuple[str, float]] = {}
    for item in range(len(names)):
        others = [i for i in range(len(names)) if i != item]
        gram, cross, spread = _moments(np.column_stack([target, matrix[:, others]]), matrix[:, item])
        for size in (1, 2, 3):
            if item in sums or len(others) < size:
                break
            sets = np.array([(0, *(i + 1 for i in each)) for each in combinations(range(len(others)), size)])
            weights, _ = _solve(gram, cross, spread, sets)
            unit = np.where((weights > 0).all(axis=1), _unit(gram, cross, spread, sets, weights), 0.0)
            for row in np.flatnonzero(unit >= SUM):
                chosen = [int(i) for i in sets[row]]
                if _all_matter(gram, cross, spread, chosen, unit[row]):
                    items = ", ".join(names[others[i - 1]] for i in chosen[1:])
                    sums[item] = (f"it is the sum of the target and of {items}, in this very row", float(unit[row]))
                    break
    return sums


def _moments(matrix: Vector, target: Vector) -> tuple[Vector, Vector, float]:
    """Return the covariances of the columns, those with the target, and the target's variance."""
    centred, response = matrix - matrix.mean(axis=0), target - target.mean()
    rows = len(target)
    return centred.T @ centred / rows, centred.T @ response / rows, float(response @ response / rows)


def _solve(gram: Vector, cross: Vector, spread: float, sets: NDArray[np.int64]) -> tuple[Vector, Vector]:
    """Solve least squares for many sets of columns at once; return coefficients and R²."""
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
    """Return R² of the sums with coefficients 1 and -1; 0 if the least-squares coefficients are far from these."""
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
