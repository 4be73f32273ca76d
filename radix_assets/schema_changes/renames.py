"""Find which new column probably is a removed one, by its values."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from polars import selectors as cs

from radix_assets.schema_changes.schema import Candidate
from radix_assets.sources.rows import scan_values
from radix_assets.sources.schema import DATA_FILE

_ROWS = 10_000
"""First rows of both snapshots that are compared."""
_FEWEST = 0.5
"""Least confidence of a candidate."""
_NUMBERS = {"integer", "float", "decimal"}
_BY_VALUES, _BY_NAME = 0.8, 0.2
_LEVELS = [place / 10 for place in range(11)]


def find_renamed(
    old: Path, new: Path, removed: Mapping[str, str], added: Mapping[str, str], key: Sequence[str] = ()
) -> dict[str, Candidate]:
    """Return, by removed column, the new column that probably continues it.

    `old` and `new` are raw snapshots of one table; columns are given with their canonical types. Rows are matched by
    the primary `key` if both snapshots have it, else by position. A new column continues one old column at most.
    """
    frames = [scan_values(path / DATA_FILE).head(_ROWS) for path in (old, new)]
    names = [set(frame.collect_schema().names()) for frame in frames]
    known = [name for name in key if name in names[0] & names[1]]
    old_rows = frames[0].select(cs.by_name(*removed, *known)).collect()
    new_rows = frames[1].select(cs.by_name(*added, *known)).collect()
    matched = _matched(old_rows, new_rows, known) if known and len(known) == len(key) else None
    pairs = [
        (candidate, column)
        for column, dtype in removed.items()
        for other, kind in added.items()
        if dtype in {kind, ""} or {dtype, kind} <= _NUMBERS
        for candidate in [_judged(column, other, old_rows, new_rows, matched)]
        if candidate.confidence >= _FEWEST
    ]
    result: dict[str, Candidate] = {}
    for candidate, column in sorted(pairs, key=lambda pair: -pair[0].confidence):
        if column not in result and candidate.column not in {other.column for other in result.values()}:
            result[column] = candidate
    return result


def _matched(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Return the rows of both that have the same key, in the same order; None if there are few."""
    places = (
        old.select(key).with_row_index("\0old").join(new.select(key).with_row_index("\0new"), on=key, how="inner")
        if [old.schema[name] for name in key] == [new.schema[name] for name in key]
        else None
    )
    if places is None or places.height * 10 < min(old.height, new.height):
        return None
    return old[places["\0old"]], new[places["\0new"]]


def _judged(
    column: str,
    other: str,
    old: pl.DataFrame,
    new: pl.DataFrame,
    matched: tuple[pl.DataFrame, pl.DataFrame] | None,
) -> Candidate:
    name = difflib.SequenceMatcher(None, column.casefold(), other.casefold()).ratio()
    if matched is not None:
        left, right = matched[0][column], matched[1][other]
        how = "with the same key"
    else:
        rows = min(old.height, new.height)
        left, right = old[column].head(rows), new[other].head(rows)
        how = "at the same place"
    equal, compared = _equal(left, right)
    if compared and equal == compared:
        return Candidate(
            other, 0.99 if compared > 1 and left.n_unique() > 1 else 0.5 + name / 3, _rows(equal, compared, how)
        )
    if compared and equal / compared >= 0.9 and left.n_unique() > 1:  # noqa: PLR2004 nearly all
        return Candidate(other, equal / compared, _rows(equal, compared, how))
    alike = _alike(old[column], new[other])
    return Candidate(
        other,
        round(_BY_VALUES * alike + _BY_NAME * name, 2) if alike > _FEWEST else 0.0,
        f"their values are distributed alike ({alike:.0%}), and the names are {name:.0%} alike",
    )


def _rows(equal: int, compared: int, how: str) -> str:
    return f"{equal:,} of {compared:,} rows {how} have the same value"


def _equal(left: pl.Series, right: pl.Series) -> tuple[int, int]:
    """Return how many values of two columns agree, and how many there are."""
    if left.dtype != right.dtype:
        left, right = left.cast(pl.Float64), right.cast(pl.Float64)
    there = left.is_not_null() | right.is_not_null()
    return int((left.eq_missing(right) & there).sum()), int(there.sum())


def _alike(left: pl.Series, right: pl.Series) -> float:
    """Return how alike two distributions are, from 0 to 1."""
    left, right = left.drop_nulls(), right.drop_nulls()
    if not len(left) or not len(right):
        return 0.0
    if left.dtype.is_numeric() or left.dtype.is_temporal():
        kind = pl.Float64
        numbers = [np.sort(series.to_physical().cast(kind).to_numpy()) for series in (left, right)]
        spread = max(float(values[-1] - values[0]) for values in numbers)
        if not spread:
            return 1.0 if numbers[0][0] == numbers[1][0] else 0.0
        gaps = np.abs(np.quantile(numbers[0], _LEVELS) - np.quantile(numbers[1], _LEVELS))
        return max(0.0, 1 - 4 * float(gaps.mean()) / spread)
    return int(right.is_in(left.unique().implode()).sum()) / len(right) if right.n_unique() > 1 else 0.0
