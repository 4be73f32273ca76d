"""Detect regular time series, and whether predicting a column of one is forecasting."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import polars as pl
from polars import selectors as cs

from radix_assets.common.vocabulary import NUMERIC, Problem
from radix_assets.common.words import words
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.suggestions.problems import is_whole
from radix_assets.suggestions.schema import TableSuggestion

_REGULAR = 0.5
"""Share of the steps between timestamps that must be the most common one; for trading days it is 0.8."""
_LEAST_MOMENTS = 20
_ONCE = 0.98
"""Share of the rows that must be alone at their timestamp; a few duplicates are tolerated."""
_ROWS_EACH = 5
_DAY = 86_400_000_000
_DENSE = 0.3
"""Share of the timestamps at which an entity has a row."""
_OTHERS = 5
"""With more columns that measure something else, the target is explained by them rather than by its past."""
_MORE_OTHERS = 9
"""Names that indicate a forecast."""
_CALENDAR = re.compile(
    r"(^|_)(year|yr|quarter|month|mnth|mon|week|weekday|day|dow|day_type|daytype|hour|hr|minute|date|time|season|holiday|"
    r"is_weekend|weekend|working_?day|period|jahr|monat|woche|tag|mes|dia)(_|$)"
)
_FORETOLD = re.compile(
    r"(^|_)(sales|demand|load|close|price|consumption|volume|traffic|visitors|ventas|umsatz|absatz|ventes|mw|mwh|kwh)(_|$)"
)
_LATEST_ROWS = 200_000


def is_calendar(name: str) -> bool:
    """Return whether a name is that of a part of a date, or derived from it."""
    return bool(_CALENDAR.search("_".join(words(name))))


@dataclass(frozen=True)
class Series:
    """Rows at regular steps: one series, or one per entity."""

    time: list[str]
    entity: list[str]
    """The columns that identify the series; empty if there is only one."""
    moments: int


def find_series(
    table: TableProfile, frame: pl.LazyFrame, time: Sequence[str], entities: Sequence[str]
) -> Series | None:
    """Return the series of a table whose rows are unique by timestamp, or by it and one of the `entities`.

    Only the first rows of a very long table are checked.
    """
    names = [name for name in time if name in table.columns]
    if not names or table.rows < _LEAST_MOMENTS:
        return None
    columns = list(dict.fromkeys([*names, *entities]))
    data = frame.select(cs.by_name(*columns)).head(_LATEST_ROWS).collect()
    # By position, since Polars takes a name such as ^a.*$ for a pattern.
    places = {name: f"c{place}" for place, name in enumerate(columns)}
    data.columns = [places[name] for name in data.columns]
    when = [places[name] for name in names]
    moments = data.select(when).drop_nulls().unique(maintain_order=True)
    if moments.height < _LEAST_MOMENTS or not _is_regular(moments, [table.columns[name] for name in names]):
        return None
    if data.select(when).n_unique() >= _ONCE * data.height:
        return Series(names, [], moments.height)
    for entity in entities:
        if entity in names:
            continue
        pairs = data.select([*when, places[entity]]).n_unique()
        several = data[places[entity]].n_unique()
        dense = data.height >= _DENSE * several * moments.height
        if pairs >= _ONCE * data.height and several <= data.height / _ROWS_EACH and dense:
            return Series(names, [entity], moments.height)
    return None


def _is_regular(moments: pl.DataFrame, columns: Sequence[ColumnProfile]) -> bool:
    """Return whether most timestamps follow the previous one at the same step."""
    first = moments.to_series(0)
    if len(columns) == 1 and first.dtype.is_temporal():
        steps = first.cast(pl.Datetime("us")).sort().to_physical().diff().drop_nulls()
        common = int(steps.value_counts()["count"].max() or 0)  # type: ignore[arg-type]
        months = int((steps / _DAY).is_between(27, 31).sum())
        return max(common, months) >= _REGULAR * len(steps)
    if all(is_whole(column) and column.minimum is not None for column in columns):
        # Parts of a timestamp: most of the combinations of their values exist.
        possible = (columns[0].maximum - columns[0].minimum + 1) * prod(column.distinct for column in columns[1:])
        return bool(moments.height >= _REGULAR * possible)
    return len(columns) == 1  # texts such as 1998Q2, no two the same


def is_forecast(
    profile: TableProfile, table: TableSuggestion, target: ColumnProfile, problem: Problem, series: Series
) -> bool:
    """Return whether predicting a column of a time series is forecasting: numbers, with few explanatory columns."""
    if problem not in NUMERIC or problem == "ordinal":
        return False
    others = [
        column.name
        for column in profile.columns.values()
        if column.name != target.name
        and column.name not in {*series.time, *series.entity}
        and not column.constant
        and (not column.unique or column.dtype == "float")
        and table.columns[column.name].role not in {"primary_key", "foreign_key", "time_index", "ignore", "group"}
        and not is_calendar(column.name)
    ]
    yearly = len(series.time) == 1 and is_whole(profile.columns[series.time[0]])
    if series.entity and yearly:
        return not others  # years of many firms or countries are explained more often than forecast
    foretold = bool(_FORETOLD.search("_".join(words(target.name))))
    return len(others) <= (_MORE_OTHERS if foretold else _OTHERS)
