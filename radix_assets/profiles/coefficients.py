"""Association coefficients from their mergeable state."""

import numpy as np

from radix_assets.profiles.array_types import Counts, Floats
from radix_assets.profiles.schema import Associations, Matrix
from radix_assets.profiles.state.associations import Associations as State
from radix_assets.profiles.state.category_levels import Category
from radix_assets.profiles.state.numeric_pairs import Pairs

_NOTHING = 1e-13
"""Distances from the mean that are smaller than this share of it are rounding errors: the column is constant."""


def compute_coefficients(state: State, names: list[str], hidden: set[int], left_out: list[str]) -> Associations:
    """Return the coefficients by column name."""
    numbers = [place for place, column in enumerate(state.numbers) if column not in hidden]
    categories = [
        place
        for place, (column, group) in enumerate(zip(state.categories, state.groups, strict=True))
        if column not in hidden and not group.many
    ]
    square = np.ix_(numbers, numbers)
    high = len(categories)
    cramer, theil = np.full((high, high), np.nan), np.full((high, high), np.nan)
    for row, a in enumerate(categories):
        for column, b in enumerate(categories):
            if row < column:
                table = state.tables.get(f"{a},{b}")
                if table is not None:
                    cramer[row, column] = cramer[column, row] = cramers_v(table)
                    theil[row, column], theil[column, row] = theils_u(table), theils_u(table.T)
            elif row == column and len(state.groups[a].levels) > 1:
                cramer[row, row] = theil[row, row] = 1.0
    eta = np.array([correlation_ratios(state.groups[place])[numbers] for place in categories]).reshape(
        high, len(numbers)
    )
    return Associations(
        numbers=[names[state.numbers[place]] for place in numbers],
        categories=[names[state.categories[place]] for place in categories],
        pearson=_plain(state.pairs.correlations()[square]),
        spearman=_plain(spearman(state.sample[:, numbers])),
        spearman_rows=len(state.sample) if numbers else 0,
        cramers_v=_plain(cramer),
        theils_u=_plain(theil),
        eta=_plain(eta),
        left_out=left_out,
    )


def cramers_v(table: Counts) -> float:
    """Return Cramér's V, corrected for bias (Bergsma 2013); NaN where a variable is constant."""
    table = _used(table)
    total, (rows, columns) = int(table.sum()), table.shape
    if min(rows, columns) < 2:  # noqa: PLR2004 a constant is associated with nothing
        return float("nan")
    expected = table.sum(axis=1)[:, None] * (table.sum(axis=0)[None, :] / total)
    phi = float(((table - expected) ** 2 / expected).sum()) / total
    phi = max(0.0, phi - (columns - 1) * (rows - 1) / (total - 1))
    less = min(columns - (columns - 1) ** 2 / (total - 1), rows - (rows - 1) ** 2 / (total - 1)) - 1.0
    return min(1.0, float(np.sqrt(phi / less))) if less > 0 else float("nan")


def theils_u(table: Counts) -> float:
    """Return the share of the row variable's entropy that the column variable explains."""
    table = _used(table)
    if len(table) < 2:  # noqa: PLR2004 there is nothing to explain
        return float("nan")
    total = table.sum()
    own = _entropy(table.sum(axis=1) / total)
    both = _entropy(table.ravel() / total)
    return float(np.clip((own + _entropy(table.sum(axis=0) / total) - both) / own, 0.0, 1.0))


def correlation_ratios(group: Category) -> Floats:
    """Return the correlation ratio with each numeric column."""
    if not len(group.levels):
        return np.full(len(group.within), np.nan)
    with np.errstate(all="ignore"):
        count = group.count.sum(axis=0)
        mean = (group.count * group.mean).sum(axis=0) / count
        between = (group.count * (group.mean - mean) ** 2).sum(axis=0)
        whole = between + group.within
        ratios = np.sqrt(between / np.where(whole > count * (_NOTHING * mean) ** 2, whole, np.nan))
    constant = ((group.count > 0).sum(axis=0) < 2) | ~np.isfinite(ratios)  # noqa: PLR2004
    return np.where(constant, np.nan, np.clip(ratios, 0.0, 1.0))


def spearman(sample: Floats) -> Floats:
    """Return rank correlations, each over the rows where both values are present."""
    width = sample.shape[1]
    missing = np.isnan(sample)
    if len(sample) < 2:  # noqa: PLR2004
        return np.full((width, width), np.nan)
    gaps = missing.any(axis=0)
    # sort once: the positions of a subset of the rows are in the order of their values
    places = [np.unique(column, return_inverse=True)[1] for column in sample.T]
    ranks = np.vstack([_ranked(codes) for codes in places]) if width else sample.T
    coefficients = Pairs.of(ranks, None).correlations()
    for a in np.flatnonzero(gaps):
        for b in range(width):
            both = ~missing[:, a] & ~missing[:, b]
            pair = np.vstack([_ranked(places[a][both]), _ranked(places[b][both])])
            coefficients[a, b] = coefficients[b, a] = (
                Pairs.of(pair, None).correlations()[0, 1] if both.sum() > 1 else np.nan
            )
    return coefficients


def _ranked(places: Counts) -> Floats:
    """Return the ranks of integer codes, (n,), whose range is not much larger than n; ties share their mean rank."""
    counts = np.bincount(places)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    return ranks


def _used(table: Counts) -> Counts:
    rows, columns = np.flatnonzero(table.sum(axis=1)), np.flatnonzero(table.sum(axis=0))
    return table[np.ix_(rows, columns)]


def _entropy(shares: Floats) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())


def _plain(matrix: Floats) -> Matrix:
    return [[None if np.isnan(value) else round(float(value), 12) for value in row] for row in matrix]
