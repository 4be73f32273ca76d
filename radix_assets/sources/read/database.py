"""Tables of a PostgreSQL database."""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.sources.addresses import without_secret
from radix_assets.sources.read.connection import transaction
from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import SourceError

_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory::text,
       CASE WHEN b.typname = 'numeric' AND coalesce(nullif(t.typtypmod, -1), a.atttypmod) >= 4
            THEN (coalesce(nullif(t.typtypmod, -1), a.atttypmod) - 4) >> 16 END,
       CASE WHEN b.typname = 'numeric' AND coalesce(nullif(t.typtypmod, -1), a.atttypmod) >= 4
            THEN (coalesce(nullif(t.typtypmod, -1), a.atttypmod) - 4) & 65535 END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition ORDER BY 1
"""
_KEY = """
SELECT a.attname FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE n.nspname = $1 AND c.relname = $2 AND i.indisprimary ORDER BY k.place
"""
_LONGEST_INTEGER = 18


@dataclass(frozen=True)
class _Field:
    """A column of a table in the database."""

    name: str
    kind: str
    """The type as the database writes it."""
    base: str
    category: str
    digits: int | None
    scale: int | None

    def expression(self) -> str | None:  # noqa: C901, PLR0911 a table of types
        """Return SQL that casts the column to a type that the driver reads without loss; None for bytes."""
        name = quoted(self.name)
        match self.base:
            case "bool" | "int2" | "int4" | "int8" | "float4" | "float8" | "text" | "varchar":
                return name
            case "oid":
                return f"{name}::int8"
            case "numeric" if self.scale == 0 and (self.digits or 0) <= _LONGEST_INTEGER:
                return f"{name}::int8"
            case "numeric":
                return f"{name}::float8"
            case "money":
                return f"{name}::numeric::float8"
            case "date" | "timestamp":
                return f"CASE WHEN isfinite({name}) THEN {name} END"
            case "timestamptz":
                return f"CASE WHEN isfinite({name}) THEN {name} AT TIME ZONE 'UTC' END"
            case "time":
                return f"CASE WHEN {name} < '24:00' THEN {name} END"
            case "timetz":
                return f"({name} AT TIME ZONE 'UTC')::time"
            case "interval":
                return f"extract(epoch FROM {name})::float8"
            case "bytea":
                return None
            case _:
                return f"{name}::text"


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def list_tables(address: str, schema: str, credentials: Credentials) -> list[str]:
    """Return the tables and views of a database schema. Raise what `transaction` raises."""
    with transaction(address, None, credentials) as cursor:
        return [row[0] for row in _rows(cursor, _TABLES, schema)]


def table_version(address: str, schema: str, table: str, credentials: Credentials) -> str:
    """Return a digest of a table's columns, the number of its rows and the sum of the hashes of its rows.

    Raise what `stage_table` raises.
    """
    with transaction(address, table, credentials) as cursor:
        fields = _fields(cursor, address, schema, table)
        name = f"{quoted(schema)}.{quoted(table)}"
        cursor.execute(
            f"SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {name} t"  # noqa: S608 quoted
        )
        count, checksum = cursor.fetchone()
    columns = "\0".join(f"{field.name}\0{field.kind}" for field in fields)
    return hashlib.sha256(f"{columns}\n{count}\n{checksum}".encode()).hexdigest()


def stage_table(address: str, schema: str, table: str, work: Path, credentials: Credentials) -> Staged:
    """Stage a table in the directory `work`, ordered by its primary key if it has one.

    Raise SourceError RDX-SRC-014 (no such table) and what `transaction` raises.
    """
    staged = Staged(work / STAGED_FILE, [], [], [], [], layout="PostgreSQL")
    import pyarrow.parquet as pq

    arrow = work / "table.parquet"
    with transaction(address, table, credentials) as cursor:
        fields = _fields(cursor, address, schema, table)
        key = [quoted(row[0]) for row in _rows(cursor, _KEY, schema, table)]
        readable = [(field, sql) for field in fields if (sql := field.expression()) is not None]
        staged.dropped = {field.name: f"{field.kind} holds bytes" for field in fields if field.expression() is None}
        staged.names = [field.name for field, _ in readable]
        staged.unique = unique_names(staged.names, len(readable))
        staged.types = [field.kind for field, _ in readable]
        staged.readings = [False] * len(readable)
        chosen = ", ".join(f"{sql} AS {position(number)}" for number, (_, sql) in enumerate(readable)) or "1 AS nothing"
        order = f" ORDER BY {', '.join(key)}" if key else ""
        cursor.execute(f"SELECT {chosen} FROM {quoted(schema)}.{quoted(table)}{order}")  # noqa: S608 quoted
        with cursor.fetch_record_batch() as batches, pq.ParquetWriter(arrow, batches.schema, compression="lz4") as file:
            for batch in batches:
                staged.size += batch.nbytes
                file.write_batch(batch)
    rows = pl.scan_parquet(arrow).select(staged.columns).with_row_index(ROW, offset=1)
    rows.with_columns(pl.col(ROW).cast(pl.Int64), pl.lit(0, dtype=pl.Int32).alias(FILE)).sink_parquet(
        staged.path, compression="lz4"
    )
    arrow.unlink()
    return staged


def _fields(cursor: Any, address: str, schema: str, table: str) -> list[_Field]:
    fields = [_Field(*row) for row in _rows(cursor, _COLUMNS, schema, table)]
    if fields:
        return fields
    names = [row[0] for row in _rows(cursor, _TABLES, schema)]
    near = difflib.get_close_matches(table, names, n=3, cutoff=0.5) or names[:5]
    raise SourceError(
        "RDX-SRC-014",
        f"there is no table {table!r} in the schema {schema!r}",
        expected=f"a table or view, such as {', '.join(near)}" if near else "a schema that holds tables",
        hint="correct `tables` or `schema`; names are case-sensitive",
        table=table,
        database=without_secret(address),
    )


def _rows(cursor: Any, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
    cursor.execute(query, values)
    yield from cursor.fetchall()
