"""Tables of a SQL Server database.

The server writes what the driver would shorten (moments of 100 nanoseconds, money, decimals) as text; types are made of
whole batches here.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from radix_assets.sources.databases.columns import Column, Order, Settle
from radix_assets.sources.databases.cursor import Cursor, Low, column_of_cursor, low_of, text_of, window_of
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.databases.mssql_connection import Session, errors
from radix_assets.sources.databases.stage import rest_of, stage_batches
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_assets.sources.schema import Declared, ForeignKey, ReadWarning

_BATCH: Final = 20_000
_TABLES: Final = """
SELECT o.name FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE s.name = %s AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0 ORDER BY o.name
"""
_COLUMNS: Final = """
SELECT c.name, TYPE_NAME(c.system_type_id), TYPE_NAME(c.user_type_id), c.precision, c.scale, c.is_nullable,
  CAST(p.value AS nvarchar(4000))
FROM sys.columns c LEFT JOIN sys.extended_properties p
  ON p.class = 1 AND p.major_id = c.object_id AND p.minor_id = c.column_id AND p.name = 'MS_Description'
WHERE c.object_id = OBJECT_ID(QUOTENAME(%s) + '.' + QUOTENAME(%s)) ORDER BY c.column_id
"""
_COMMENT: Final = """
SELECT CAST(value AS nvarchar(4000)) FROM sys.extended_properties
WHERE class = 1 AND minor_id = 0 AND name = 'MS_Description'
  AND major_id = OBJECT_ID(QUOTENAME(%s) + '.' + QUOTENAME(%s))
"""
_KEYS: Final = """
SELECT i.name, i.is_primary_key, c.name FROM sys.indexes i
JOIN sys.index_columns k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0
JOIN sys.columns c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.object_id = OBJECT_ID(QUOTENAME(%s) + '.' + QUOTENAME(%s))
  AND i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0
ORDER BY i.index_id, k.key_ordinal
"""
_FOREIGN_KEYS: Final = """
SELECT f.name, c.name, OBJECT_NAME(f.referenced_object_id), r.name FROM sys.foreign_keys f
JOIN sys.foreign_key_columns k ON k.constraint_object_id = f.object_id
JOIN sys.columns c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
JOIN sys.columns r ON r.object_id = k.referenced_object_id AND r.column_id = k.referenced_column_id
WHERE f.parent_object_id = OBJECT_ID(QUOTENAME(%s) + '.' + QUOTENAME(%s)) AND f.is_disabled = 0
  AND OBJECT_SCHEMA_NAME(f.referenced_object_id) = OBJECT_SCHEMA_NAME(f.parent_object_id)
ORDER BY f.name, k.constraint_column_id
"""
_WHOLE: Final = frozenset({"bigint", "int", "smallint", "tinyint"})
_BYTES: Final = frozenset({"binary", "varbinary", "image", "timestamp"})
_MOMENTS: Final = frozenset({"date", "datetime", "smalldatetime", "datetime2", "datetimeoffset"})
_SHAPES: Final = frozenset({"geometry", "geography"})
_ORDERS: Final[dict[str, Order]] = {
    **dict.fromkeys((*_WHOLE, "decimal", "numeric"), "number"),
    **dict.fromkeys(("datetime", "smalldatetime", "datetime2"), "moment"),
    "date": "day",
    "datetimeoffset": "utc",
    "timestamp": "version",
}


def list_tables(session: Session, schema: str) -> list[str]:
    """Return the tables and views of a schema."""
    return [row[0] for row in session.rows(_TABLES, [schema])]


def stage_table(session: Session, schema: str, table: str, work: Path, by: Cursor | None = None) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    With a cursor only the rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not
    a cursor), and what `opened` raises.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, schema, table)
        columns = [column_of(*row[:5]) for row in listed]
        declared = _declared(session, schema, table)
        declared.not_null = [row[0] for row in listed if not row[5]]
        declared.comments = {row[0]: row[6] for row in listed if row[6]}
        order = f" ORDER BY {', '.join(map(quoted, declared.primary_key))}" if declared.primary_key else ""
        chosen = ", ".join(column.value for column in columns)
        where = ""
        if by is not None:
            column = column_of_cursor(by, columns, session.where | {"table": table})
            where = window_of(by.low, column, quoted(by.column), declared, at_least)
        query = f"SELECT {chosen} FROM {quoted(schema)}.{quoted(table)}{where}{order}"  # noqa: S608 quoted
        kinds = [str(row[1]) for row in listed]
        staged = stage_batches(columns, _batches(session, query, kinds), work, layout="SQL Server", declared=declared)
        if by is not None and by.low is not None:
            [(total,)] = session.rows(f"SELECT COUNT_BIG(*) FROM {quoted(schema)}.{quoted(table)}")  # noqa: S608 quoted
            staged.increment = Increment(by.column, by.low, total)
    if not session.is_snapshot:
        text = "the database does not allow snapshot isolation; rows that changed during the read may be old or new"
        staged.warnings.append(ReadWarning(code="not_one_moment", message=text))
    return staged


def table_version(session: Session, schema: str, table: str, by: Cursor | None = None) -> str:
    """Return a digest of a table's columns, the number of its rows and the sum of the hashes of its rows.

    With a cursor, of its highest value, and the sum is of the rows in its window only.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, schema, table)
        columns = [column_of(*row[:5]) for row in listed]
        total, highest, where = None, None, ""
        if by is not None:
            column = column_of_cursor(by, columns, session.where | {"table": table})
            [(total, highest)] = session.rows(highest_query(schema, table, column))
            where = window_of(low_of(column.order, highest, by.overlap), column, quoted(by.column), None, at_least)
        [(count, checksum)] = session.rows(version_query(schema, table, columns, where))
    described = "\0".join(f"{row[0]}\0{row[1]}" for row in listed)
    facts = f"{described}\n{count}\n{checksum}" + (f"\n{total}\n{highest}" if by else "")
    return hashlib.sha256(facts.encode()).hexdigest()


def highest_query(schema: str, table: str, column: Column) -> str:
    """Return SQL for the number of rows and the text of the highest value of a cursor."""
    quote = quoted(column.name)
    if column.order == "version":
        quote = f"CONVERT(bigint, {quote})"
    highest = f"MAX({quote})"
    if column.order == "utc":
        highest = f"CAST(SWITCHOFFSET({highest}, '+00:00') AS datetime2)"
    return f"SELECT COUNT_BIG(*), CONVERT(varchar(50), {highest}, 126) FROM {quoted(schema)}.{quoted(table)}"  # noqa: S608 quoted


def at_least(order: Order, quote: str, low: Low) -> str:
    """Return SQL for whether a cursor has at least a value."""
    match order:
        case "version":
            return f"{quote} >= CONVERT(binary(8), CONVERT(bigint, {low}))"
        case "day":
            return f"{quote} >= CONVERT(date, '{text_of(low)}', 23)"
        case "moment" | "utc":
            return f"{quote} >= CONVERT(datetime2, '{text_of(low).replace(' ', 'T')}', 126)"
        case _:
            return f"{quote} >= {low}"


def version_query(schema: str, table: str, columns: Sequence[Column], where: str = "") -> str:
    """Return SQL for the number of rows and the sum of their hashes."""
    cells = ", '|', ".join(_cell(column) for column in columns)
    digest = f"SUBSTRING(HASHBYTES('SHA2_256', CONCAT(CAST('' AS nvarchar(max)), {cells})), 1, 7)"
    total = f"COALESCE(SUM(CAST(CAST(0x00 + {digest} AS bigint) AS decimal(38, 0))), 0)"
    return f"SELECT COUNT_BIG(*), {total} FROM {quoted(schema)}.{quoted(table)}{where}"  # noqa: S608 quoted


def _cell(column: Column) -> str:
    # Without its style a float would be rounded to six digits.
    style = ", 2" if column.settle == "bytes" else ", 3" if column.type in {"float", "real"} else ""
    text = f"CONVERT(nvarchar(max), {column.value}{style})"
    return f"CASE WHEN {quoted(column.name)} IS NULL THEN N'-' ELSE CONCAT(N'=', {text}) END"


def _listed(session: Session, schema: str, table: str) -> list[tuple[Any, ...]]:
    listed = session.rows(_COLUMNS, [schema, table])
    if not listed:
        raise no_such_table(table, list_tables(session, schema), session.where, schema=schema)
    return listed


def _declared(session: Session, schema: str, table: str) -> Declared:
    declared = Declared()
    keys: dict[str, list[str]] = {}
    for key, is_primary, name in session.rows(_KEYS, [schema, table]):
        (declared.primary_key if is_primary else keys.setdefault(key, [])).append(name)
    declared.unique = list(keys.values())
    links: dict[str, ForeignKey] = {}
    for key, name, parent, parent_name in session.rows(_FOREIGN_KEYS, [schema, table]):
        link = links.setdefault(key, ForeignKey(columns=[], parent=parent, parent_columns=[]))
        link.columns.append(name)
        link.parent_columns.append(parent_name)
    declared.foreign_keys = list(links.values())
    declared.comment = next((row[0] for row in session.rows(_COMMENT, [schema, table])), "") or ""
    return declared


def column_of(  # noqa: C901 a table of types
    name: str, system: str | None, declared: str, precision: int, scale: int
) -> Column:
    """Return how a column of a type is selected and settled. Types of the user have the name of their own type."""
    quote, reason = quoted(name), "not a value that Radix can hold"
    settle: Settle = "typed"
    value = f"CAST({quote} AS nvarchar(max))"
    match system or declared:
        case base if base in _WHOLE or base == "bit":
            value = quote
        case "decimal" | "numeric":
            value, settle = f"CONVERT(varchar(50), {quote})", "number"
        case "money" | "smallmoney":
            value, settle, scale = f"CONVERT(varchar(50), {quote}, 2)", "number", 4
        case "float" | "real":
            value, reason = quote, "not a finite number"
        case "date":
            value, reason = f"CONVERT(char(10), {quote}, 23)", "not a date of the calendar"
        case "datetime" | "smalldatetime" | "datetime2":
            value, reason = f"CONVERT(varchar(33), {quote}, 126)", "not a date of the calendar"
        case "datetimeoffset":
            moment = f"CAST(SWITCHOFFSET({quote}, '+00:00') AS datetime2)"
            value, reason = f"CONVERT(varchar(33), {moment}, 126)", "not a date of the calendar"
        case "time":
            value, settle = f"CONVERT(varchar(16), {quote}, 121)", "clock"
        case "uniqueidentifier":
            value = f"LOWER(CONVERT(char(36), {quote}))"
        case base if base in _BYTES:
            value, settle = f"CAST({quote} AS varbinary(max))", "bytes"
        case base if base in _SHAPES:
            value = f"{quote}.STAsText()"
        case "hierarchyid":
            value = f"{quote}.ToString()"
    shown = f"{declared}({precision},{scale})" if declared in {"decimal", "numeric"} else declared
    return Column(name, shown, value, "", settle, scale, reason=reason, order=_ORDERS.get(system or declared, ""))


def _batches(session: Session, query: str, kinds: Sequence[str]) -> Iterator[pl.DataFrame]:
    with session.stream(query) as cursor:
        rows = cursor.fetchmany(_BATCH)
        yield frame_of(rows, kinds)
        while rows := cursor.fetchmany(_BATCH):
            yield frame_of(rows, kinds)


def frame_of(rows: Sequence[tuple[Any, ...]], kinds: Sequence[str]) -> pl.DataFrame:
    """Return rows of the driver as a batch."""
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[]] * len(kinds)
    columns: list[pl.Series] = []
    for number, kind in enumerate(kinds):
        name = position(number)
        match kind:
            case base if base in _WHOLE:
                columns.append(pl.Series(name, values[number], dtype=pl.Int64))
            case "bit":
                columns.append(pl.Series(name, values[number], dtype=pl.Boolean))
            case "float":
                columns.append(pl.Series(name, values[number], dtype=pl.Float64))
            case "real":
                # The nearest decimal of a REAL, as every other program shows it: 0.1, and not 0.10000000149.
                short = pl.Series(name, values[number], dtype=pl.Float64).cast(pl.Float32)
                columns.append(short.cast(pl.String).cast(pl.Float64))
            case base if base in _BYTES:
                columns.append(pl.Series(name, values[number], dtype=pl.Binary))
            case base if base in _MOMENTS:
                text = pl.Series(name, values[number], dtype=pl.String)
                moments = text.str.strptime(pl.Date, "%Y-%m-%d", strict=False) if kind == "date" else _moments(text)
                lost = text.to_frame("t").select(pl.when(moments.is_null()).then("t"))["t"]
                columns += [moments.alias(name), lost.alias(rest_of(number))]
            case _:
                columns.append(pl.Series(name, values[number], dtype=pl.String))
    return pl.DataFrame(columns)


def _moments(text: pl.Series) -> pl.Series:
    return text.str.strptime(pl.Datetime("us"), "%Y-%m-%dT%H:%M:%S%.f", strict=False)


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return "[" + name.replace("]", "]]") + "]"
