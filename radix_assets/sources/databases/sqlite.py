"""Tables of a SQLite file.

A cell of SQLite may hold a value of any type, whatever its column declares. A pass over the table counts which types
each column holds, and so decides what it is read as.
"""

import contextlib
import datetime as dt
import re
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from radix_assets.sources.databases.columns import Column, Order
from radix_assets.sources.databases.cursor import Cursor, Low, column_of_cursor, window_of
from radix_assets.sources.databases.files import existing
from radix_assets.sources.databases.sqlite_catalogue import declared_of, listed_columns, quoted
from radix_assets.sources.databases.stage import rest_of, stage_batches
from radix_assets.sources.read.sample import Sample
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_assets.sources.schema import ReadWarning
from radix_resources.errors import RadixError, SourceError, TransientSourceError

_BATCH = 20_000
_ASKED_AT_ONCE = 200
"""Columns of one query: SQLite refuses results of more than 2,000 columns."""
_SECONDS = 5
_EXACT = 2**53
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*"
_TIMES = re.compile("date|time", re.IGNORECASE)
_TYPES = ("integer", "real", "text", "blob")


class Connection:
    """A read-only connection in one transaction, which sees one state of the file."""

    def __init__(self, path: Path) -> None:
        self._mark = uuid.uuid4().hex
        """Begins the text of a cell that is not UTF-8; no other text of the file can."""
        self.raw = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro",
            uri=True,
            isolation_level=None,
            timeout=_SECONDS,
            check_same_thread=False,
        )
        self.raw.text_factory = self._decode
        for setting in ("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF", "BEGIN"):
            self.raw.execute(setting)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query of the catalogue."""
        return self.raw.execute(query).fetchall()

    def _decode(self, content: bytes) -> str:
        try:
            return content.decode()
        except UnicodeDecodeError:
            return self._mark + content.decode(errors="backslashreplace")

    def split(self, text: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return the texts that are UTF-8, and those that are not, each null where the other is not."""
        frame = text.to_frame("t").select(
            pl.when(pl.col("t").str.starts_with(self._mark)).then(pl.col("t").str.slice(len(self._mark))).alias("r"),
            pl.when(~pl.col("t").str.starts_with(self._mark)).then("t").alias("c"),
        )
        return frame["c"], frame["r"]


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """Open a file read-only.

    Raise SourceError RDX-SRC-013 (no such file), 005 (not a SQLite database) or 016 (another failure), and
    TransientSourceError RDX-SRC-012 if another program has locked it.
    """
    existing(path, "sqlite")
    try:
        connection = Connection(path)
        with contextlib.closing(connection.raw):
            connection.rows("SELECT count(*) FROM sqlite_master")  # opens the file
            yield connection
    except sqlite3.Error as error:
        raise _error(error, path) from None


def stage_table(connection: Connection, path: Path, table: str, work: Path, by: Cursor | None = None) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    With a cursor only the rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not
    a cursor), and what `opened` raises.
    """
    try:
        declared = declared_of(connection.rows, table)
        listed = listed_columns(connection.rows, table)
        where = ""
        if by is not None:
            # What a column holds is known by a pass over it; an index answers it.
            named = [
                field.column for field in _fields(connection, table, [row for row in listed if row[1] == by.column])
            ]
            others = [Column(row[1], row[2].lower(), "") for row in listed if row[1] != by.column]
            column = column_of_cursor(by, [*named, *others], {"file": path.name, "table": table})
            where = window_of(by.low, column, quoted(by.column), declared, _at_least)
        fields = _fields(connection, table, listed, where)
        order = ", ".join(map(quoted, declared.primary_key))
        columns, batches = [field.column for field in fields], _batches(connection, table, fields, where, order)
        staged = stage_batches(columns, batches, work, layout="SQLite", declared=declared)
        if by is not None and by.low is not None:
            [(total,)] = connection.rows(f"SELECT count(*) FROM main.{quoted(table)}")  # noqa: S608 quoted
            staged.increment = Increment(by.column, by.low, total)
    except sqlite3.Error as error:
        raise _error(error, path, table) from None
    staged.warnings += [warning for field in fields if (warning := field.warning()) is not None]
    return staged


def sample_table(connection: Connection, path: Path, table: str, work: Path, number: int) -> Sample | None:
    """Stage about so many rows from all over a table; None if it has hardly more, or no row numbers, as a view.

    Raise as `stage_table` does.
    """
    parts = 16
    try:
        listed = listed_columns(connection.rows, table)
        try:
            [(first, last)] = connection.rows(f"SELECT min(rowid), max(rowid) FROM main.{quoted(table)}")  # noqa: S608 quoted
        except sqlite3.OperationalError:
            return None
        if first is None or last - first < number:
            return None
        size = number // parts
        starts = [first + (last - first + 1 - size) * part // (parts - 1) for part in range(parts)]
        ranges = (f"rowid BETWEEN {start} AND {start + size - 1}" for start in starts)
        where = f" WHERE {' OR '.join(ranges)}"
        fields = _fields(connection, table, listed, where)
        batches = _batches(connection, table, fields, where, "rowid")
        staged = stage_batches([field.column for field in fields], batches, work, layout="SQLite")
    except sqlite3.Error as error:
        raise _error(error, path, table) from None
    share = staged.rows().height() / (size * parts)
    return Sample(
        staged, f"{parts} ranges of row numbers from the first to the last", round(share * (last - first + 1))
    )


@dataclass(frozen=True)
class _Field:
    """A column, and how many of its values have which type."""

    column: Column
    counts: "Counter[str]"
    dtype: Any
    """The Polars type; None for text of values of several types."""

    def series(self, name: str, values: Sequence[Any]) -> pl.Series:
        if self.dtype is None:
            return pl.Series(name, [_text(value) for value in values], dtype=pl.String)
        if self.dtype == pl.Boolean:
            return pl.Series(name, values, dtype=pl.Int64).cast(pl.Boolean)
        return pl.Series(name, values, dtype=self.dtype, strict=self.dtype != pl.Float64)

    def warning(self) -> ReadWarning | None:
        if self.dtype is not None:
            return None
        parts = ", ".join(f"{self.counts[kind]:,} {kind}" for kind in _TYPES if self.counts[kind])
        message = f"{self.column.name} holds values of several types ({parts}) and was read as text"
        return ReadWarning(code="mixed_types", message=message, column=self.column.name)


def _at_least(order: Order, quote: str, low: Low) -> str:
    if order == "number" or not isinstance(low, dt.date):
        return f"{quote} >= {low!r}"
    # Text, whose day may be another one than that of the moment in UTC.
    day = dt.date.fromordinal(max(low.toordinal() - 1, 1))
    return f"{quote} COLLATE BINARY >= '{day.isoformat()}'"


def _fields(connection: Connection, table: str, listed: Sequence[tuple[Any, ...]], where: str = "") -> list[_Field]:
    fields = []
    for start in range(0, len(listed), _ASKED_AT_ONCE):
        part = listed[start : start + _ASKED_AT_ONCE]
        asked = ", ".join(_asked(quoted(row[1])) for row in part)
        query = f"SELECT {asked} FROM main.{quoted(table)}{where}"  # noqa: S608 quoted
        answer = connection.raw.execute(query).fetchone()
        width = len(answer) // len(part)
        for number, row in enumerate(part):
            counts = [int(count or 0) for count in answer[number * width : (number + 1) * width]]
            fields.append(_field(row[1], row[2] or "", counts))
    return fields


def _asked(name: str) -> str:
    """Return SQL for the facts of a column, in the order in which `_field` takes them."""
    facts = [f"sum(typeof({name}) = '{kind}')" for kind in _TYPES]
    facts.append(f"sum(typeof({name}) = 'integer' AND ({name} > {_EXACT} OR {name} < -{_EXACT}))")
    facts.append(f"sum(typeof({name}) = 'integer' AND {name} IN (0, 1))")
    facts.append(f"sum(typeof({name}) = 'text' AND {name} GLOB '{_DAY}')")
    return ", ".join(facts)


def _field(name: str, declared: str, facts: list[int]) -> _Field:
    counts = Counter(dict(zip(_TYPES, facts[:4], strict=True)))
    large, bits, days = facts[4:]
    held = {kind for kind in _TYPES if counts[kind]}
    order: Order = "number" if held <= {"integer", "real"} else ""
    if held == {"text"} and days == counts["text"]:
        order = "moment"
    column = Column(name, declared.lower() or "any", quoted(name), order=order)
    if held == {"integer"}:
        is_truth = "bool" in declared.lower() and bits == counts["integer"]
        return _Field(column, counts, pl.Boolean if is_truth else pl.Int64)
    if held == {"real"} or (held == {"integer", "real"} and not large):
        return _Field(replace(column, reason="not a finite number"), counts, pl.Float64)
    if held == {"blob"}:
        return _Field(replace(column, settle="bytes"), counts, pl.Binary)
    if held <= {"text"}:
        # SQLite has no type for dates: text is what they are stored as.
        infer = bool(held) and (not declared or bool(_TIMES.search(declared)) or days == counts["text"])
        return _Field(replace(column, infer=infer, reason="not UTF-8"), counts, pl.String)
    return _Field(replace(column, reason="not UTF-8"), counts, None)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.hex() if isinstance(value, bytes) else repr(value)


def _batches(
    connection: Connection, table: str, fields: Sequence[_Field], where: str, order: str
) -> Iterator[pl.DataFrame]:
    chosen = ", ".join(field.column.value for field in fields)
    ordered = f" ORDER BY {order}" if order else ""
    cursor = connection.raw.execute(f"SELECT {chosen} FROM main.{quoted(table)}{where}{ordered}")  # noqa: S608 quoted
    rows = cursor.fetchmany(_BATCH)
    yield _frame(connection, fields, rows)
    while rows := cursor.fetchmany(_BATCH):
        yield _frame(connection, fields, rows)


def _frame(connection: Connection, fields: Sequence[_Field], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    columns: list[pl.Series] = []
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[]] * len(fields)
    for number, field in enumerate(fields):
        series = field.series(position(number), values[number])
        if series.dtype == pl.String:
            series, rest = connection.split(series)
            columns.append(rest.alias(rest_of(number)))
        columns.append(series.alias(position(number)))
    return pl.DataFrame(columns)


def _error(error: sqlite3.Error, path: Path, table: str | None = None) -> RadixError:
    name = getattr(error, "sqlite_errorname", "") or ""
    where: dict[str, Any] = {"file": path.name, "table": table}
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        hint = "runs retry it automatically; close the program that writes to it"
        return TransientSourceError("RDX-SRC-012", "the database is locked by another program", hint=hint, **where)
    if name.startswith("SQLITE_NOTADB"):
        return SourceError("RDX-SRC-005", "the file is not a SQLite database", hint="check the path", **where)
    if name.startswith("SQLITE_CORRUPT"):
        return SourceError("RDX-SRC-005", "the database file is damaged", hint="restore a copy of it", **where)
    return SourceError(
        "RDX-SRC-016",
        "the database could not answer" + (f" ({name})" if name else ""),
        hint="read the table with another program, such as sqlite3",
        **where,
    )
