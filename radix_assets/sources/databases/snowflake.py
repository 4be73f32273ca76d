"""Tables of a Snowflake database, whose driver hands over Arrow batches."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from radix_assets.sources.databases.columns import Column, Order, Settle
from radix_assets.sources.databases.cursor import Cursor, Low, column_of_cursor, low_of, text_of, window_of
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.databases.snowflake_connection import Session, errors
from radix_assets.sources.databases.stage import stage_batches
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_assets.sources.schema import Declared, ForeignKey

if TYPE_CHECKING:
    from pathlib import Path

_TABLES: Final = """
SELECT table_name, comment FROM information_schema.tables
WHERE table_schema = {schema} AND table_type IN ('BASE TABLE', 'VIEW', 'MATERIALIZED VIEW', 'EXTERNAL TABLE')
ORDER BY table_name
"""
_COLUMNS: Final = """
SELECT column_name, data_type, numeric_precision, numeric_scale, is_nullable, comment
FROM information_schema.columns WHERE table_schema = {schema} AND table_name = {table} ORDER BY ordinal_position
"""
_MOMENTS: Final = frozenset({"TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "DATETIME", "TIMESTAMP"})
_ORDERS: Final[dict[str, Order]] = {
    "NUMBER": "number",
    "DATE": "day",
    "TIMESTAMP_NTZ": "moment",
    "TIMESTAMP_LTZ": "utc",
    "TIMESTAMP_TZ": "utc",
}


def list_tables(session: Session, schema: str) -> list[str]:
    """Return the tables and views of a schema."""
    return [row["table_name"] for row in session.rows(_TABLES.format(schema=text(schema)))]


def stage_table(session: Session, schema: str, table: str, work: "Path", by: Cursor | None = None) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    With a cursor only the rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not
    a cursor), and what `opened` raises.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, schema, table)
        columns = [column_of(row) for row in listed]
        declared = _declared(session, schema, table)
        declared.not_null = [row["column_name"] for row in listed if row["is_nullable"] == "NO"]
        declared.comments = {row["column_name"]: row["comment"] for row in listed if row["comment"]}
        keys = declared.primary_key
        order = f" ORDER BY {', '.join(map(quoted, keys))}" if keys else ""
        where = ""
        if by is not None:
            column = column_of_cursor(by, columns, session.where | {"table": table})
            where = window_of(by.low, column, quoted(by.column), declared, at_least)
        chosen = ", ".join(f"{column.value} AS {quoted(column.name)}" for column in columns)
        place = f"{quoted(schema)}.{quoted(table)}"
        batches = _batches(session, f"SELECT {chosen} FROM {place}{where}{order}", columns)  # noqa: S608 quoted
        staged = stage_batches(columns, batches, work, layout="Snowflake", declared=declared)
        if by is not None and by.low is not None:
            [row] = session.rows(f"SELECT COUNT(*) AS total FROM {place}")  # noqa: S608 quoted
            staged.increment = Increment(by.column, by.low, int(row["total"]))
    return staged


def table_version(session: Session, schema: str, table: str, by: Cursor | None = None) -> str:
    """Return a digest of a table's columns, the number of its rows and the hash of its rows.

    With a cursor, of its highest value, and the hash is of the rows in its window only.
    """
    with errors(session.where | {"table": table}):
        listed = _listed(session, schema, table)
        columns = [column_of(row) for row in listed]
        place, where, facts = f"{quoted(schema)}.{quoted(table)}", "", ""
        if by is not None:
            column = column_of_cursor(by, columns, session.where | {"table": table})
            [row] = session.rows(highest_query(place, column))
            where = window_of(
                low_of(column.order, row["highest"], by.overlap), column, quoted(by.column), None, at_least
            )
            facts = f"\n{row['total']}\n{row['highest']}"
        [row] = session.rows(f"SELECT COUNT(*) AS total, HASH_AGG(*) AS checksum FROM {place}{where}")  # noqa: S608 quoted
    described = "\0".join(f"{column.name}\0{column.type}" for column in columns)
    return hashlib.sha256(f"{described}\n{row['total']}\n{row['checksum']}{facts}".encode()).hexdigest()


def highest_query(place: str, column: Column) -> str:
    """Return SQL for the number of rows and the text of the highest value of a cursor. `place` is quoted."""
    highest = f"MAX({quoted(column.name)})"
    if column.order == "utc":
        highest = f"CONVERT_TIMEZONE('UTC', {highest})::TIMESTAMP_NTZ"
    shown = {"moment": "'YYYY-MM-DD HH24:MI:SS.FF6'", "utc": "'YYYY-MM-DD HH24:MI:SS.FF6'", "day": "'YYYY-MM-DD'"}
    form = f", {shown[column.order]}" if column.order in shown else ""
    return f"SELECT COUNT(*) AS total, TO_VARCHAR({highest}{form}) AS highest FROM {place}"  # noqa: S608 quoted


def at_least(order: Order, quote: str, low: Low) -> str:
    """Return SQL for whether a cursor has at least a value."""
    match order:
        case "day":
            return f"{quote} >= '{text_of(low)}'::DATE"
        case "moment":
            return f"{quote} >= '{text_of(low)}'::TIMESTAMP_NTZ"
        case "utc":
            return f"{quote} >= '{text_of(low)} +00:00'::TIMESTAMP_TZ"
        case _:
            return f"{quote} >= {low}"


def column_of(row: dict[str, Any]) -> Column:
    """Return how a column is selected and settled, given its row of `information_schema.columns`."""
    name, kind = row["column_name"], str(row["data_type"]).upper()
    scale = int(row["numeric_scale"] or 0)
    quote, settle, reason = quoted(name), "typed", "not a value that Radix can hold"
    value, type_settle = quote, settle
    shown = kind
    match kind:
        case "NUMBER" | "DECIMAL" | "NUMERIC":
            value, type_settle, shown = f"TO_VARCHAR({quote})", "number", f"{kind}({row['numeric_precision']},{scale})"
        case "FLOAT" | "REAL" | "DOUBLE":
            reason = "not a finite number"
        case "TIMESTAMP_TZ" | "TIMESTAMP_LTZ":
            value = f"CONVERT_TIMEZONE('UTC', {quote})::TIMESTAMP_NTZ"
        case "BINARY":
            type_settle = "bytes"
        case "VARIANT" | "OBJECT" | "ARRAY":
            value = f"TO_JSON({quote})"
        case "GEOGRAPHY" | "GEOMETRY":
            value = f"ST_ASWKT({quote})"
        case "TEXT" | "VARCHAR" | "BOOLEAN" | "DATE" | "TIME" | "TIMESTAMP_NTZ":
            pass
        case _:
            value = f"TO_VARCHAR({quote})"
    settled: Settle = type_settle  # type: ignore[assignment]
    return Column(name, shown, value, "", settled, scale, reason=reason, order=_ORDERS.get(kind, ""))


def frame_of(batch: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Return an Arrow batch with the names and types of staged columns."""
    frame = batch.rename(dict(zip(batch.columns, (position(n) for n in range(len(columns))), strict=True)))
    changes = []
    for number, column in enumerate(columns):
        dtype = frame.schema[position(number)]
        if isinstance(dtype, pl.Datetime):
            changes.append(pl.col(position(number)).dt.replace_time_zone(None).dt.cast_time_unit("us"))
        elif column.settle == "number" and dtype != pl.String:
            changes.append(pl.col(position(number)).cast(pl.String))
    return frame.with_columns(changes)


def _batches(session: Session, query: str, columns: Sequence[Column]) -> Iterator[pl.DataFrame]:
    import pyarrow as pa

    with session.stream(query) as reader:
        empty = pa.Table.from_batches([], reader.schema)
        yield frame_of(pl.DataFrame(pl.from_arrow(empty)), columns)
        for batch in reader:
            if batch.num_rows:
                yield frame_of(pl.DataFrame(pl.from_arrow(batch)), columns)


def _listed(session: Session, schema: str, table: str) -> list[dict[str, Any]]:
    listed = session.rows(_COLUMNS.format(schema=text(schema), table=text(table)))
    if not listed:
        raise no_such_table(table, list_tables(session, schema), session.where, schema=schema)
    return listed


def _declared(session: Session, schema: str, table: str) -> Declared:
    place = f"{quoted(schema)}.{quoted(table)}"
    comments = {row["table_name"]: row["comment"] for row in session.rows(_TABLES.format(schema=text(schema)))}
    declared = Declared(comment=comments.get(table) or "")
    rows = session.rows(f"SHOW PRIMARY KEYS IN TABLE {place}")
    rows.sort(key=lambda row: int(row["key_sequence"]))
    declared.primary_key = [row["column_name"] for row in rows]
    keys: dict[str, list[tuple[int, str]]] = {}
    for row in session.rows(f"SHOW UNIQUE KEYS IN TABLE {place}"):
        keys.setdefault(row["constraint_name"], []).append((int(row["key_sequence"]), row["column_name"]))
    declared.unique = [[name for _, name in sorted(key)] for key in keys.values()]
    links: dict[str, list[dict[str, Any]]] = {}
    for row in session.rows(f"SHOW IMPORTED KEYS IN TABLE {place}"):
        if row["pk_schema_name"] == schema and row["fk_table_name"] == table:
            links.setdefault(row["fk_name"], []).append(row)
    for parts in links.values():
        parts.sort(key=lambda row: int(row["key_sequence"]))
        columns, others = ([row[f"{end}_column_name"] for row in parts] for end in ("fk", "pk"))
        declared.foreign_keys.append(
            ForeignKey(columns=columns, parent=parts[0]["pk_table_name"], parent_columns=others)
        )
    return declared


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text quoted for SQL."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
