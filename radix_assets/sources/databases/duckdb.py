"""Tables of a DuckDB file."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.databases.columns import Column, Order, Settle
from radix_assets.sources.databases.cursor import Cursor, Low, column_of_cursor, compare_plainly, window_of
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.databases.files import existing
from radix_assets.sources.databases.stage import rest_of, stage_batches
from radix_assets.sources.packages import not_installed
from radix_assets.sources.read.sample import Sample
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_assets.sources.schema import Declared, ForeignKey
from radix_resources.errors import RadixError, SourceError, TransientSourceError

_BATCH = 100_000
_SETTINGS: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "2",
}
_SIZE = "SELECT estimated_size FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
_TABLES = """
SELECT table_name FROM (
  SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT internal
  UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal)
WHERE database_name = current_database() AND schema_name = ? ORDER BY 1
"""
_SCHEMAS = """
SELECT DISTINCT schema_name FROM (
  SELECT database_name, schema_name FROM duckdb_tables() WHERE NOT internal
  UNION ALL SELECT database_name, schema_name FROM duckdb_views() WHERE NOT internal)
WHERE database_name = current_database() AND schema_name != 'main' ORDER BY 1
"""
_COLUMNS = """
SELECT column_name, data_type, coalesce(numeric_scale, 0), comment, is_nullable FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index
"""
_CONSTRAINTS = """
SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY constraint_index
"""
_COMMENT = """
SELECT comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
"""
_AS_IS = {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "VARCHAR", "JSON"}
_FIRST, _LAST = -62135596800000000, 253402300799999999
"""Microseconds since 1970 of the first and the last moment of the years 1 to 9999."""
_YEARS = "not a date between the years 1 and 9999"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_ORDERS: dict[str, Order] = dict.fromkeys((*_WHOLE, "DECIMAL"), "number")
_ORDERS |= {"DATE": "day", "TIMESTAMP WITH TIME ZONE": "utc"}
_ORDERS |= dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "moment")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a file read-only, without access to any other file.

    Raise SourceError RDX-SRC-013 (no such file), 005 (not a DuckDB database), 016 (another failure) or 050 (the package
    duckdb is not installed), and TransientSourceError RDX-SRC-012 if another program has it open for writing.
    """
    existing(path, "duckdb")
    try:
        import duckdb
    except ImportError:
        raise not_installed("DuckDB files", "duckdb") from None
    with _errors(path), contextlib.closing(duckdb.connect(str(path), read_only=True, config=_SETTINGS)) as connection:
        # A view of the file may name any other file or address; none is opened.
        connection.execute("SET enable_external_access = false")
        yield connection


def list_schemas(connection: Any) -> list[str]:
    """Return `main`, and the other schemas that hold tables or views."""
    return ["main", *(row[0] for row in connection.execute(_SCHEMAS).fetchall())]


def list_tables(connection: Any, schema: str) -> list[str]:
    """Return the tables and views of a schema."""
    return [row[0] for row in connection.execute(_TABLES, [schema]).fetchall()]


def stage_table(connection: Any, path: Path, schema: str, table: str, work: Path, by: Cursor | None = None) -> Staged:
    """Stage a table in the directory `work`, in the order of its insertion.

    With a cursor only the rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not
    a cursor), and what `opened` raises.
    """
    with _errors(path):
        return _stage(connection, schema, table, work, by)


def sample_table(connection: Any, path: Path, schema: str, table: str, work: Path, number: int) -> Sample | None:
    """Stage about so many rows of blocks chosen by chance; None if the table has hardly more, or is a view.

    Raise as `stage_table` does.
    """
    with _errors(path):
        size = connection.execute(_SIZE, [schema, table]).fetchone()
        if size is None or size[0] <= number:
            return None
        part = f" TABLESAMPLE system({100.0 * number / size[0]:.6f} PERCENT) REPEATABLE (0) LIMIT {2 * number}"
        staged = _stage(connection, schema, table, work, None, part)
        return Sample(staged, "rows of blocks chosen by chance", size[0])


def _stage(connection: Any, schema: str, table: str, work: Path, by: Cursor | None, part: str = "") -> Staged:
    listed = connection.execute(_COLUMNS, [schema, table]).fetchall()
    if not listed:
        raise no_such_table(table, list_tables(connection, schema), {}, schema=schema)
    columns = [_column(name, kind, scale) for name, kind, scale, *_ in listed]
    declared = _declared(connection, schema, table)
    declared.comments = {name: comment for name, _, _, comment, _ in listed if comment}
    declared.not_null = [name for name, *_, nullable in listed if not nullable]
    chosen = [f"{column.value} AS {position(number)}" for number, column in enumerate(columns)]
    chosen += [f"{column.rest} AS {rest_of(number)}" for number, column in enumerate(columns) if column.rest]
    rows, where = f"{quoted(schema)}.{quoted(table)}", part
    if by is not None:
        column = column_of_cursor(by, columns, {"table": table})
        where = window_of(by.low, column, quoted(by.column), declared, _at_least)
    query = f"SELECT {', '.join(chosen)} FROM {rows}{where}"  # noqa: S608 quoted
    staged = stage_batches(columns, _batches(connection, query), work, layout="DuckDB", declared=declared)
    if by is not None and by.low is not None:
        [total] = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()  # noqa: S608 quoted
        staged.increment = Increment(by.column, by.low, total, is_ordered=False)
    return staged


def _at_least(order: Order, quote: str, low: Low) -> str:
    if order == "utc" and isinstance(low, dt.datetime):
        # Comparing with a literal would load an extension.
        return f"epoch_us({quote}) >= {(low - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)}"  # noqa: DTZ001 naive, in UTC
    return compare_plainly(order, quote, low)


def _batches(connection: Any, query: str) -> Iterator[pl.DataFrame]:
    reader = connection.execute(query).to_arrow_reader(_BATCH)
    yield pl.DataFrame(pl.from_arrow(reader.schema.empty_table()))
    for batch in reader:
        yield pl.DataFrame(pl.from_arrow(batch))


def _declared(connection: Any, schema: str, table: str) -> Declared:
    declared = Declared()
    for kind, columns, parent, parent_columns in connection.execute(_CONSTRAINTS, [schema, table]).fetchall():
        if kind == "PRIMARY KEY":
            declared.primary_key = columns
        elif kind == "UNIQUE":
            declared.unique.append(columns)
        elif kind == "FOREIGN KEY":
            link = ForeignKey(columns=columns, parent=parent, parent_columns=parent_columns)
            declared.foreign_keys.append(link)
    comment = connection.execute(_COMMENT, [schema, table]).fetchone()
    declared.comment = (comment[0] if comment else None) or ""
    return declared


def _column(name: str, declared: str, scale: int) -> Column:  # noqa: C901 a table of types
    quote = quoted(name)
    value, rest, reason = f"{quote}::VARCHAR", "", ""
    settle: Settle = "typed"
    match declared.partition("(")[0] if "[" not in declared else declared:
        case base if base in _AS_IS:
            value = quote
        case "FLOAT":
            # By its text, as every other program shows it: 0.1, and not 0.10000000149.
            value, reason = f"{quote}::VARCHAR::DOUBLE", "not a finite number"
        case "DOUBLE":
            value, reason = quote, "not a finite number"
        case "UBIGINT" | "HUGEINT" | "UHUGEINT" | "BIGNUM" | "DECIMAL":
            settle = "number"
        case "DATE":
            value, rest = _split(quote, f"{quote} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'", quote)
            reason = _YEARS
        case "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS":
            limits = "BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'"
            value, rest = _split(quote, f"{quote}::TIMESTAMP {limits}", quote)
            reason = _YEARS
        case "TIMESTAMP WITH TIME ZONE":
            moment = f"epoch_us({quote})"
            value, rest = _split(quote, f"{moment} BETWEEN {_FIRST} AND {_LAST}", f"make_timestamp({moment})")
            reason = _YEARS
        case "TIME":
            value, rest = _split(quote, f"{quote} < TIME '24:00:00'", quote)
            reason = "not a time of day before 24:00"
        case "INTERVAL":
            settle = "seconds"
            rest = f"CASE WHEN datepart('year', {quote}) = 0 AND datepart('month', {quote}) = 0 THEN epoch({quote}) END"
        case "BLOB":
            value, settle = quote, "bytes"
        case base if base.endswith("]") or base in {"STRUCT", "MAP"}:
            value = f"to_json({quote})::VARCHAR"
    order = _ORDERS.get(declared.partition("(")[0], "") if "[" not in declared else ""
    return Column(name, declared, value, rest, settle, scale, reason=reason, order=order)


def _split(name: str, holds: str, value: str) -> tuple[str, str]:
    """Return SQL for the values that meet a condition, and for the text of all others."""
    other = f"CASE WHEN {name} IS NOT NULL AND NOT coalesce({holds}, false) THEN {name}::VARCHAR END"
    return f"CASE WHEN {holds} THEN {value} END", other


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def _errors(path: Path) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _error(error, path) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise _error(error, path) from None  # in the middle of an answer, from Arrow's reader


def _error(error: Exception, path: Path) -> RadixError:
    import duckdb

    where = {"file": path.name}
    if isinstance(error, duckdb.IOException) and "Could not set lock" in str(error):
        hint = "runs retry it automatically; close the program that has it open for writing"
        return TransientSourceError("RDX-SRC-012", "the database is open for writing elsewhere", hint=hint, **where)
    if isinstance(error, duckdb.IOException | duckdb.SerializationException | duckdb.InternalException):
        hint = "check the path; a file of a newer version of DuckDB needs a newer package duckdb"
        return SourceError("RDX-SRC-005", "the file is not a DuckDB database that can be read", hint=hint, **where)
    if isinstance(error, duckdb.PermissionException):
        hint = "read the file that the view names as a source of its own"
        return SourceError("RDX-SRC-015", "a view reads a file or an address outside the database", hint=hint, **where)
    hint = "read the table with another program, such as duckdb"
    return SourceError("RDX-SRC-016", f"the database could not answer ({type(error).__name__})", hint=hint, **where)
