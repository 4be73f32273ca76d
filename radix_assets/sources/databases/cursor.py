"""Read only the rows of a table that are new or changed, by a column whose values rise with every change.

What is read is a window: the rows from a value on, and those without one. It begins somewhat below the highest value of
the last snapshot, since a transaction that began earlier may be committed later.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import polars as pl
from polars import selectors as cs

from radix_assets.sources.databases.columns import Column, Order
from radix_assets.sources.schema import DATA_FILE, Declared, read_schema
from radix_resources.errors import SourceError

Low = int | float | Decimal | dt.date | dt.datetime
"""A value of a cursor; moments are naive, in UTC."""
_OVERLAPS: Final[Mapping[Order, float]] = {"number": 1000, "version": 1000, "day": 1, "moment": 600, "utc": 600}
"""How far a window begins below the highest value: a number, days or seconds."""
_VERSIONS: Final = frozenset({"timestamp", "rowversion"})
"""The types of row versions."""
_ORDERED: Final = "whole numbers, decimals, dates or times"


@dataclass(frozen=True)
class Cursor:
    """A column by which new and changed rows are known."""

    column: str
    overlap: float | None = None
    """How far to begin below the highest value; by default as `_OVERLAPS` says."""
    low: Low | None = None
    """Where the window begins; None to read all rows."""


def column_of_cursor(cursor: Cursor, columns: Sequence[Column], where: Mapping[str, str]) -> Column:
    """Return the column of a cursor. Raise SourceError RDX-SRC-090 (missing) or 091 (without an order)."""
    import difflib

    column = next((column for column in columns if column.name == cursor.column), None)
    names = [column.name for column in columns]
    if column is None:
        near = difflib.get_close_matches(cursor.column, names, n=3, cutoff=0.5) or names[:5]
        raise SourceError(
            "RDX-SRC-090",
            f"`cursor` names {cursor.column!r}, which the table does not have",
            expected=f"a column of the table, such as {', '.join(map(repr, near))}",
            hint="correct `cursor` in project.yaml, or name it for each table: cursor: {orders: updated_at}",
            **where,
        )
    if not column.order:
        suitable = [column.name for column in columns if column.order][:5]
        raise SourceError(
            "RDX-SRC-091",
            f"the cursor {cursor.column!r} has the type {column.type}, whose values do not rise with every change",
            expected=f"a column of {_ORDERED}" + (f", such as {', '.join(suitable)}" if suitable else ""),
            hint="correct `cursor` in project.yaml, or leave it out to read the whole table at every change",
            **where,
        )
    return column


def window_of(
    low: Low | None, column: Column, quote: str, declared: Declared | None, compare: Callable[[Order, str, Low], str]
) -> str:
    """Return the condition of a window as SQL with WHERE, empty for all rows. `compare` writes one comparison."""
    if low is None:
        return ""
    at_least = compare(column.order, quote, low)
    if declared is not None and column.name in declared.not_null:
        return f" WHERE {at_least}"
    return f" WHERE ({at_least} OR {quote} IS NULL)"


def compare_plainly(order: Order, quote: str, low: Low) -> str:
    """Return a comparison as most databases understand it."""
    kind = {"day": "DATE ", "moment": "TIMESTAMP ", "utc": "TIMESTAMP "}.get(order)
    return f"{quote} >= {low}" if kind is None else f"{quote} >= {kind}'{text_of(low)}'"


def text_of(low: Low) -> str:
    """Return a value as text: a moment with microseconds."""
    return low.isoformat(" ", "microseconds") if isinstance(low, dt.datetime) else str(low)


def low_of(order: Order, highest: str | None, overlap: float | None) -> Low | None:
    """Return where the window begins, given the highest value as a database writes it; None if there is no such."""
    if highest is None:
        return None
    try:
        match order:
            case "number" | "version":
                number = Decimal(highest)
                value: Low = int(number) if number == number.to_integral_value() else number
            case "day":
                value = dt.date.fromisoformat(highest)
            case _:
                value = dt.datetime.fromisoformat(highest).replace(tzinfo=None)
    except (ValueError, InvalidOperation):
        return None
    return lowered(value, _OVERLAPS.get(order, 0) if overlap is None else overlap)


def lowered(value: Low, overlap: float) -> Low | None:
    """Return a value less an overlap, in days for dates and in seconds for moments; None if there is none so low."""
    try:
        if isinstance(value, dt.datetime):
            return value - dt.timedelta(seconds=overlap)
        if isinstance(value, dt.date):
            return value - dt.timedelta(days=overlap)
    except OverflowError:
        return None
    if isinstance(value, int):
        return value - int(overlap)
    return value - Decimal(str(overlap)) if isinstance(value, Decimal) else value - overlap


def low_in(folder: Path, cursor: Cursor) -> Low | None:
    """Return where the window after a snapshot begins; None if that cannot be known, so that all rows are read."""
    schema = next((item for item in read_schema(folder).columns if item.source == cursor.column), None)
    if schema is None:
        return None
    values = pl.scan_parquet(folder / DATA_FILE, glob=False).select(cs.by_name(schema.name))
    highest = values.max().collect(engine="streaming").item()
    if isinstance(highest, str):
        highest = int(highest, 16) if schema.source_type in _VERSIONS else None
    if highest is None:
        return None
    order: Order = _order_of(highest)
    low = lowered(highest, _OVERLAPS[order] if cursor.overlap is None else cursor.overlap)
    if schema.reading is None or not isinstance(low, dt.date):
        return low
    # Text, of which a database can compare the days.
    return low.replace(hour=0, minute=0, second=0, microsecond=0) if isinstance(low, dt.datetime) else low


def _order_of(value: Low) -> Order:
    if isinstance(value, dt.datetime):
        return "moment"
    return "day" if isinstance(value, dt.date) else "number"
