"""Tables of a PostgreSQL database."""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radix_assets.sources.addresses import without_secret
from radix_assets.sources.databases.columns import Column, Order
from radix_assets.sources.databases.cursor import Cursor, Low, column_of_cursor, compare_plainly, low_of, window_of
from radix_assets.sources.databases.errors import no_such_table
from radix_assets.sources.databases.postgresql_catalogue import (
    columns_of,
    current_schema,
    declared_of,
    quoted,
    tables_of,
)
from radix_assets.sources.databases.postgresql_connection import stream, transaction
from radix_assets.sources.databases.stage import rest_of, stage_batches
from radix_assets.sources.read.sample import Sample
from radix_assets.sources.read.staging import Increment, Staged, position
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import SourceError

_ROW_BYTES = 100
"""A guess at the size of a row of a table that the server has no statistics of."""
_PATIENCE = 8
"""Seconds for the rows of a sample: a view may compute all of its rows before the first."""


def list_tables(address: str, schema: str | None, credentials: Credentials) -> tuple[str, list[str]]:
    """Return a schema, by default the connection's current one, and its tables and views.

    Raise what `transaction` raises.
    """
    with transaction(address, None, credentials) as cursor:
        schema = schema or current_schema(cursor)
        return schema, tables_of(cursor, schema)


@contextlib.contextmanager
def exported_snapshot(address: str, credentials: Credentials) -> Iterator[str | None]:
    """Hold a transaction open, and yield the name of the state that it sees, for `stage_table`.

    None if the server exports none, as some that only speak PostgreSQL's protocol. Raise what `transaction` raises.
    """
    import adbc_driver_manager

    with transaction(address, None, credentials) as cursor:
        name = None
        with contextlib.suppress(adbc_driver_manager.Error):
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(
                "SELECT CASE WHEN rolconnlimit <> 1 THEN pg_export_snapshot() END FROM pg_roles"
                " WHERE rolname = current_user"
            )
            name = cursor.fetchone()[0]  # a role with one connection cannot hold one and read with another
        yield name


def table_version(address: str, schema: str, table: str, credentials: Credentials, by: Cursor | None = None) -> str:
    """Return a digest of a table's columns, the number of its rows and the sum of the hashes of its rows.

    With a cursor, of its highest value, and the sum is of the rows in its window only. Raise what `stage_table` raises.
    """
    with transaction(address, table, credentials) as cursor:
        columns = _columns(cursor, address, schema, table)
        name = f"{quoted(schema)}.{quoted(table)}"
        total, highest, where = None, None, ""
        if by is not None:
            column, quote = column_of_cursor(by, columns, {"table": table}), quoted(by.column)
            cursor.execute(f"SELECT count(*)::text, max({quote})::text FROM {name}")  # noqa: S608 quoted
            total, highest = cursor.fetchone()
            where = window_of(low_of(column.order, highest, by.overlap), column, quote, None, _at_least)
        cursor.execute(
            f"SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {name} t{where}"  # noqa: S608 quoted
        )
        count, checksum = cursor.fetchone()
    described = "\0".join(f"{column.name}\0{column.type}" for column in columns)
    facts = f"{described}\n{count}\n{checksum}" + (f"\n{total}\n{highest}" if by else "")
    return hashlib.sha256(facts.encode()).hexdigest()


def _at_least(order: Order, quote: str, low: Low) -> str:
    # The session's time zone is UTC.
    return compare_plainly(order, quote, low).replace("TIMESTAMP ", "TIMESTAMPTZ " if order == "utc" else "TIMESTAMP ")


def stage_table(
    address: str,
    schema: str,
    table: str,
    work: Path,
    credentials: Credentials,
    snapshot: str | None = None,
    by: Cursor | None = None,
) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    `snapshot` is the state to read, as `exported_snapshot` names it; by default the present one. With a cursor only the
    rows of its window are staged. Raise SourceError RDX-SRC-014 (no such table), 090 or 091 (not a cursor), and what
    `transaction` raises.
    """
    with transaction(address, table, credentials, snapshot) as cursor:
        columns = _columns(cursor, address, schema, table)
        declared = declared_of(cursor, schema, table)
        chosen = [f"{column.value} AS {position(number)}" for number, column in enumerate(columns)]
        chosen += [f"{column.rest} AS {rest_of(number)}" for number, column in enumerate(columns) if column.rest]
        order = f" ORDER BY {', '.join(map(quoted, declared.primary_key))}" if declared.primary_key else ""
        name, where = f"{quoted(schema)}.{quoted(table)}", ""
        if by is not None:
            column = column_of_cursor(by, columns, {"table": table})
            where = window_of(by.low, column, quoted(by.column), declared, _at_least)
        query = f"SELECT {', '.join(chosen)} FROM {name}{where}{order}"  # noqa: S608 quoted
        batches = stream(cursor, query, {"database": without_secret(address), "table": table})
        staged = stage_batches(columns, batches, work, layout="PostgreSQL", declared=declared)
        if by is not None and by.low is not None:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 quoted
            staged.increment = Increment(by.column, by.low, int(cursor.fetchone()[0]))
        return staged


def sample_table(
    address: str,
    schema: str,
    table: str,
    work: Path,
    credentials: Credentials,
    number: int,
    snapshot: str | None = None,
) -> Sample | None:
    """Stage about so many rows from all over a table, or the first ones of a view; None if there are hardly more.

    Pages are chosen by chance, with TABLESAMPLE; the number of rows is what the server estimates, without counting.
    Raise as `stage_table` does, and TransientSourceError RDX-SRC-012 if that takes longer than a first look may.
    """
    with transaction(address, table, credentials, snapshot) as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{_PATIENCE}s'")
        columns = _columns(cursor, address, schema, table)
        name = f"{quoted(schema)}.{quoted(table)}"
        cursor.execute(
            "SELECT relkind::text, CASE WHEN reltuples > 0 AND relkind = 'p' THEN reltuples::bigint"
            " WHEN reltuples > 0 THEN round(reltuples / greatest(relpages, 1)"
            " * pg_relation_size(oid) / current_setting('block_size')::int)::bigint END,"
            " pg_relation_size(oid) FROM pg_class WHERE oid = $1::regclass",
            (name,),
        )
        kind, rows, size = cursor.fetchone()
        rows = rows or (size // _ROW_BYTES if kind == "r" else None)
        if rows is not None and rows <= number:
            return None
        part, how = "", "the first rows"
        if kind in {"r", "m", "p"} and rows:
            part = f" TABLESAMPLE SYSTEM ({min(100.0, 100.0 * number / rows):.6f}) REPEATABLE (0)"
            how = "rows of pages chosen by chance"
        chosen = [f"{column.value} AS {position(place)}" for place, column in enumerate(columns)]
        chosen += [f"{column.rest} AS {rest_of(place)}" for place, column in enumerate(columns) if column.rest]
        query = f"SELECT {', '.join(chosen)} FROM {name}{part} LIMIT {2 * number if part else number}"  # noqa: S608 quoted
        batches = stream(cursor, query, {"database": without_secret(address), "table": table})
        staged = stage_batches(columns, batches, work, layout="PostgreSQL")
        return Sample(staged, how, rows)


def _columns(cursor: Any, address: str, schema: str, table: str) -> list[Column]:
    columns = columns_of(cursor, schema, table)
    if columns:
        return columns
    names = tables_of(cursor, schema)
    if table in names:
        raise SourceError(
            "RDX-SRC-014", f"the table {table!r} has no column", hint="remove it from `tables`", table=table
        )
    where = {"database": without_secret(address)}
    raise no_such_table(
        table, names, where, schema=schema, hint="correct `tables` or `schema`; names are case-sensitive"
    )
