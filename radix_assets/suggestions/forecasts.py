"""Whether rows follow one another in time at regular steps, and whether to predict one is to forecast."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from radix_assets.profiles.model import ColumnProfile, TableProfile
from radix_assets.relationships.words import words
from radix_assets.suggestions.model import NUMERIC, Problem, TableSuggestion
from radix_assets.suggestions.problems import is_whole

_REGULAR = 0.5
"""Share of the steps from one moment to the next that must be the commonest one; of trading days it is 0.8."""
_LEAST_MOMENTS = 20
_DENSE = 0.3
"""Share of the moments that an entity has a row of."""
_OTHERS = 5
"""More columns that measure something else, and the target is explained by them rather than foretold from its past."""
_MORE_OTHERS = 9
"""Where the name says that it is foretold."""
_CALENDAR = re.compile(
    r"(^|_)(year|yr|quarter|month|mnth|mon|week|weekday|day|dow|day_type|daytype|hour|hr|minute|date|time|season|holiday|"
    r"is_weekend|weekend|working_?day|period|jahr|monat|woche|tag|mes|dia)(_|$)"
)
_FORETOLD = re.compile(
    r"(^|_)(sales|demand|load|close|price|consumption|volume|traffic|visitors|ventas|umsatz|absatz|ventes|mw|mwh|kwh)(_|$)"
)
_LATEST_ROWS = 200_000


def is_calendar(name: str) -> bool:
    """Whether a name is that of a part of a date, or follows from it."""
    return bool(_CALENDAR.search("_".join(words(name))))


@dataclass(frozen=True)
class Series:
    """Rows at regular steps: one series, or one of each entity."""

    time: list[str]
    entity: list[str]
    """The columns that say whose series it is; empty of one series."""
    moments: int


def find_series(
    table: TableProfile, frame: pl.LazyFrame, time: Sequence[str], entities: Sequence[str]
) -> Series | None:
    """The series in a table whose rows are told apart by their moment, or by it and one of the `entities`.

    Judged by the first rows of a very long table.
    """
    names = [name for name in time if name in table.columns]
    if not names or table.rows < _LEAST_MOMENTS:
        return None
    rows = frame.select(pl.col(f"^{re.escape(name)}$") for name in dict.fromkeys([*names, *entities]))
    data = rows.head(_LATEST_ROWS).collect()
    moments = data.select(names).drop_nulls().unique(maintain_order=True)
    if moments.height < _LEAST_MOMENTS or not _is_regular(moments, names, table):
        return None
    if data.select(names).n_unique() >= 0.98 * data.height:
        return Series(names, [], moments.height)
    for entity in entities:
        if entity in names:
            continue
        pairs = data.select([*names, entity]).n_unique()
        several = data[entity].n_unique()
        dense = data.height >= _DENSE * several * moments.height
        if pairs >= 0.98 * data.height and several <= data.height / 5 and dense:
            return Series(names, [entity], moments.height)
    return None


def _is_regular(moments: pl.DataFrame, names: Sequence[str], table: TableProfile) -> bool:
    """Whether most moments follow the one before at the same step."""
    first = moments[names[0]]
    if len(names) == 1 and first.dtype.is_temporal():
        steps = first.sort().to_physical().cast(pl.Int64).diff().drop_nulls()
        counts = steps.value_counts()["count"]
        if first.dtype == pl.Date or steps.median() is None:
            month = steps.is_between(27, 31).mean() or 0.0
        else:
            month = (steps / 86_400_000_000).is_between(27, 31).mean() or 0.0
        return max(int(counts.max() or 0) / max(1, len(steps)), float(month)) >= _REGULAR  # type: ignore[arg-type]
    whole = [table.columns[name] for name in names]
    if all(is_whole(column) and column.minimum is not None for column in whole):
        # Parts of a moment: most of the combinations of their values are there.
        low, high = whole[0].minimum, whole[0].maximum
        possible = (high - low + 1) * _product([column.distinct for column in whole[1:]])
        return bool(moments.height >= _REGULAR * possible)
    return len(names) == 1  # texts such as 1998Q2, no two the same


def _product(numbers: Sequence[int]) -> int:
    result = 1
    for number in numbers:
        result *= number
    return result


def is_forecast(
    profile: TableProfile, table: TableSuggestion, target: ColumnProfile, problem: Problem, series: Series
) -> bool:
    """Whether to predict a column of a table of series is to forecast it: numbers, with little else to explain them."""
    if problem not in NUMERIC or problem == "ordinal":
        return False
    others = [
        column.name
        for column in profile.columns.values()
        if column.name != target.name
        and column.name not in {*series.time, *series.entity}
        and not column.constant
        and not column.unique
        and table.columns[column.name].role not in {"primary_key", "foreign_key", "time_index", "ignore", "group"}
        and not is_calendar(column.name)
    ]
    yearly = len(series.time) == 1 and is_whole(profile.columns[series.time[0]])
    if series.entity and yearly:
        return not others  # years of many firms or countries are explained more often than foretold
    foretold = bool(_FORETOLD.search("_".join(words(target.name))))
    return len(others) <= (_MORE_OTHERS if foretold else _OTHERS)
