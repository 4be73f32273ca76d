"""Tables of a MySQL or MariaDB database.

The driver hands over the text of each value, as the server wrote it; types are made of whole batches here, so that a
value that has none, such as 0000-00-00, is set aside by itself.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.databases.columns import Column, Order, Settle
from radix_assets.sources.databases.cursor import Cursor, column_of_cursor, compare_plainly, low_of, window_of
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.databases.mysql_connection import Session, errors
from radix_assets.sources.databases.stage import rest_of, stage_batches
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_assets.sources.schema import Declared, ForeignKey
from radix_resources.errors import SourceError

_BATCH = 20_000
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1"
_COLUMNS = """
SELECT column_name, column_type, data_type, coalesce(numeric_scale, 0), is_nullable, column_comment
FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s ORDER BY ordinal_position
"""
_KEYS = """
SELECT index_name, column_name FROM information_schema.statistics
WHERE table_schema = DATABASE() AND table_name = %s AND non_unique = 0 ORDER BY index_name, seq_in_index
"""
_FOREIGN_KEYS = """
SELECT constraint_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND table_name = %s AND referenced_table_schema = table_schema
ORDER BY constraint_name, ordinal_position
"""
_COMMENT = """
SELECT table_comment FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name = %s AND table_type <> 'VIEW'
"""
_TEXT = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"})
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
_WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "decimal", "numeric", "year"})
_ORDERS: dict[str, Order] = dict.fromkeys(_WHOLE - {"year"}, "number")
_ORDERS |= {"date": "day", "datetime": "moment", "timestamp": "moment"}
_SHAPES = frozenset(
    {"geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"}
    | {"geomcollection", "geometrycollection"}
)


def list_tables(session: Session) -> list[str]:
    """Return the tables and views of the database."""
    return [row[0] for row in session.rows(_TABLES)]


def stage_table(session: Session, table: str, work: Path, by: Cursor | None = None) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    With a cursor only the rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not
    a cursor), and what `opened` raises.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, table)
        columns = [_column(*row[:4]) for row in listed]
        declared = _declared(session, table)
        declared.not_null = [row[0] for row in listed if row[4] == "NO"]
        declared.comments = {row[0]: row[5] for row in listed if row[5]}
        order = f" ORDER BY {', '.join(map(quoted, declared.primary_key))}" if declared.primary_key else ""
        chosen = ", ".join(column.value for column in columns)
        where = ""
        if by is not None:
            column = column_of_cursor(by, columns, session.where | {"table": table})
            where = window_of(by.low, column, quoted(by.column), declared, compare_plainly)
        query = f"SELECT {chosen} FROM {quoted(table)}{where}{order}"  # noqa: S608 quoted
        kinds = [str(row[2]).lower() for row in listed]
        staged = stage_batches(columns, _batches(session, query, kinds), work, layout="MySQL", declared=declared)
        if by is not None and by.low is not None:
            [(total,)] = session.rows(f"SELECT count(*) FROM {quoted(table)}")  # noqa: S608 quoted
            staged.increment = Increment(by.column, by.low, int(total))
        return staged


def table_version(session: Session, table: str, by: Cursor | None = None) -> str:
    """Return a digest of a table's columns, the number of its rows and the sum of the hashes of its rows.

    With a cursor, of its highest value, and the sum is of the rows in its window only.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, table)
        total, highest, where = None, None, ""
        if by is not None:
            columns = [_column(*row[:4]) for row in listed]
            column = column_of_cursor(by, columns, session.where | {"table": table})
            quote = quoted(by.column)
            asked = f"SELECT count(*), cast(max({quote}) AS char) FROM {quoted(table)}"  # noqa: S608 quoted
            [(total, highest)] = session.rows(asked)
            where = window_of(low_of(column.order, highest, by.overlap), column, quote, None, compare_plainly)
        cells = ", ".join(f"coalesce(concat('=', {quoted(row[0])}), '-')" for row in listed)
        digest = f"cast(conv(substring(md5(concat_ws('|', {cells})), 1, 15), 16, 10) AS unsigned)"
        query = f"SELECT count(*), coalesce(sum({digest}), 0) FROM {quoted(table)}{where}"  # noqa: S608 quoted
        [(count, checksum)] = session.rows(query)
    described = "\0".join(f"{row[0]}\0{row[1]}" for row in listed)
    facts = f"{described}\n{count}\n{checksum}" + (f"\n{total}\n{highest}" if by else "")
    return hashlib.sha256(facts.encode()).hexdigest()


def _listed(session: Session, table: str) -> list[tuple[Any, ...]]:
    listed = session.rows(_COLUMNS, table)
    if listed:
        return listed
    names, where = list_tables(session), session.where | {"table": table}
    if table in names:
        hint = "correct or remove the view: what it selects from is not there"
        raise SourceError("RDX-SRC-016", "the view names no columns", hint=hint, **where)
    raise no_such_table(table, names, where)


def _declared(session: Session, table: str) -> Declared:
    declared = Declared()
    keys: dict[str, list[str]] = {}
    for key, name in session.rows(_KEYS, table):
        keys.setdefault(key, []).append(name)
    declared.primary_key = keys.pop("PRIMARY", [])
    declared.unique = [names for names in keys.values() if all(names)]  # an index of an expression has no name
    links: dict[str, ForeignKey] = {}
    for key, name, parent, parent_name in session.rows(_FOREIGN_KEYS, table):
        link = links.setdefault(key, ForeignKey(columns=[], parent=parent, parent_columns=[]))
        link.columns.append(name)
        link.parent_columns.append(parent_name)
    declared.foreign_keys = list(links.values())
    declared.comment = next((row[0] for row in session.rows(_COMMENT, table)), "") or ""
    return declared


def _column(name: str, declared: str, kind: str, scale: Any) -> Column:
    quote, settle, reason = quoted(name), "typed", ""
    value = quote
    match kind.lower():
        case base if base in _WHOLE:
            settle = "number"
        case "bit":
            value, settle = f"{quote} + 0", "number"
        case "float" | "double":
            # Written by itself, a FLOAT is rounded to six digits.
            value = f"cast({quote} AS double)"
        case "date" | "datetime" | "timestamp":
            reason = "not a date of the calendar"
        case "time":
            settle = "clock"
        case base if base in _BYTES:
            settle = "bytes"
        case base if base in _SHAPES:
            value = f"ST_AsText({quote})"
        case base if base not in _TEXT:
            value = f"cast({quote} AS char)"
    kinds: dict[str, Settle] = {"typed": "typed", "number": "number", "clock": "clock", "bytes": "bytes"}
    order = _ORDERS.get(kind.lower(), "")
    return Column(name, declared, value, "", kinds[settle], int(scale), reason=reason, order=order)


def _batches(session: Session, query: str, kinds: Sequence[str]) -> Iterator[pl.DataFrame]:
    with session.stream(query) as cursor:
        rows = cursor.fetchmany(_BATCH)
        yield _frame(rows, kinds)
        while rows := cursor.fetchmany(_BATCH):
            yield _frame(rows, kinds)


def _frame(rows: Sequence[tuple[Any, ...]], kinds: Sequence[str]) -> pl.DataFrame:
    values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [[]] * len(kinds)
    columns: list[pl.Series] = []
    for number, kind in enumerate(kinds):
        name = position(number)
        if kind in _BYTES:
            columns.append(pl.Series(name, values[number], dtype=pl.Binary))
            continue
        text = pl.Series(name, values[number], dtype=pl.String)
        match kind:
            case "float":
                # The nearest decimal of a FLOAT, as every other program shows it: 0.1, and not 0.10000000149.
                columns.append(text.cast(pl.Float64).cast(pl.Float32).cast(pl.String).cast(pl.Float64))
            case "double":
                columns.append(text.cast(pl.Float64))
            case "date" | "datetime" | "timestamp":
                day = kind == "date"
                pattern, dtype = ("%Y-%m-%d", pl.Date) if day else ("%Y-%m-%d %H:%M:%S%.f", pl.Datetime("us"))
                moments = text.str.strptime(dtype, pattern, strict=False)
                moments = moments.set(moments.dt.year() < 1, None)
                lost = moments.is_null() & text.is_not_null()
                columns.append(moments)
                rest = pl.DataFrame({"t": text, "lost": lost}).select(pl.when("lost").then("t").alias("t"))["t"]
                columns.append(rest.alias(rest_of(number)))
            case _:
                columns.append(text)
    return pl.DataFrame(columns)


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL, in a statement without parameters."""
    return "`" + name.replace("`", "``") + "`"
