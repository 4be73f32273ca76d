"""The catalogue of a PostgreSQL database: tables, columns, keys and comments."""

from collections.abc import Iterator
from typing import Any

from radix_assets.sources.databases.columns import Column, Order, Settle
from radix_assets.sources.schema import Declared, ForeignKey

# Partitions are read with their table; what an extension brought, such as spatial_ref_sys, is not data.
_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
  AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY 1
"""
# A domain may be one of another domain; the type below all of them is what is stored.
_COLUMNS = """
WITH RECURSIVE below AS (
  SELECT a.attnum, a.attname, a.attnotnull, a.atttypid AS declared, a.atttypmod AS declared_modifier,
         a.atttypid AS type, a.atttypmod AS modifier
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
    AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT b.attnum, b.attname, b.attnotnull, b.declared, b.declared_modifier, t.typbasetype,
         CASE WHEN b.modifier >= 0 THEN b.modifier ELSE t.typtypmod END
  FROM below b JOIN pg_type t ON t.oid = b.type AND t.typtype = 'd'
)
SELECT b.attname::text, format_type(b.declared, b.declared_modifier), t.typname::text, b.modifier
FROM below b JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
ORDER BY b.attnum
"""
_KEYS = """
SELECT CASE WHEN i.indisprimary THEN 'p' ELSE 'u' END, i.indexrelid::int8, a.attname::text
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE n.nspname = $1 AND c.relname = $2 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  AND k.place <= i.indnkeyatts
ORDER BY 2, k.place
"""
_FOREIGN_KEYS = """
SELECT k.oid::int8, a.attname::text, p.relname::text, pa.attname::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid AND p.relnamespace = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(number, parent_number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number
JOIN pg_attribute pa ON pa.attrelid = p.oid AND pa.attnum = u.parent_number
WHERE n.nspname = $1 AND c.relname = $2 AND k.contype = 'f' AND k.conparentid = 0
ORDER BY 1, u.place
"""
_COMMENTS = """
SELECT coalesce(a.attname::text, ''), coalesce(d.description, ''), coalesce(a.attnotnull, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT 0 AS number UNION ALL SELECT attnum FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS u
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number AND u.number > 0
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = u.number AND d.classoid = 'pg_class'::regclass
WHERE n.nspname = $1 AND c.relname = $2 ORDER BY u.number
"""
_YEARS = "a date between the years 1 and 9999"
_ORDERS: dict[str, Order] = {"int2": "number", "int4": "number", "int8": "number", "numeric": "number"}
_ORDERS |= {"date": "day", "timestamp": "moment", "timestamptz": "utc"}


def current_schema(cursor: Any) -> str:
    """Return the schema in which the connection looks for a table first; empty if there is none."""
    cursor.execute("SELECT coalesce(current_schema()::text, '')")
    return str(cursor.fetchone()[0])


def tables_of(cursor: Any, schema: str) -> list[str]:
    """Return the tables and views of a schema, readable or not."""
    return [row[0] for row in rows_of(cursor, _TABLES, schema)]


def columns_of(cursor: Any, schema: str, table: str) -> list[Column]:
    """Return the columns of a table; empty if there is no such table, or it has none."""
    return [_column(*row) for row in rows_of(cursor, _COLUMNS, schema, table)]


def declared_of(cursor: Any, schema: str, table: str) -> Declared:
    """Return keys, foreign keys, comments and nullability of a table."""
    declared = Declared()
    keys: dict[tuple[str, int], list[str]] = {}
    for kind, number, name in rows_of(cursor, _KEYS, schema, table):
        keys.setdefault((kind, number), []).append(name)
    for (kind, _), names in keys.items():
        if kind == "p":
            declared.primary_key = names
        elif names not in declared.unique:
            declared.unique.append(names)
    links: dict[int, ForeignKey] = {}
    for number, name, parent, parent_name in rows_of(cursor, _FOREIGN_KEYS, schema, table):
        link = links.setdefault(number, ForeignKey(columns=[], parent=parent, parent_columns=[]))
        link.columns.append(name)
        link.parent_columns.append(parent_name)
    declared.foreign_keys = list(links.values())
    for name, comment, not_null in rows_of(cursor, _COMMENTS, schema, table):
        if not_null:
            declared.not_null.append(name)
        if comment and name:
            declared.comments[name] = comment
        elif comment:
            declared.comment = comment
    return declared


def rows_of(cursor: Any, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query of the catalogue."""
    cursor.execute(query, values)
    yield from cursor.fetchall()


def quoted(name: str) -> str:
    """Return an identifier quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, declared: str, base: str, modifier: int) -> Column:  # noqa: C901, PLR0912 a table of types
    quote = quoted(name)
    value, rest, reason, scale = quote, "", "", 0
    settle: Settle = "typed"
    match base:
        case "bool" | "int2" | "int4" | "int8" | "text" | "varchar":
            pass
        case "float4":
            # By its text, as every other program shows it: 0.1, and not 0.10000000149.
            value, reason = f"{quote}::text::float8", "not a finite number"
        case "float8":
            reason = "not a finite number"
        case "inet":
            value = f"abbrev({quote})"
        case "oid":
            value = f"{quote}::int8"
        case "numeric":
            value, settle, reason = f"{quote}::text", "number", "not a finite number"
            scale = max(0, (((modifier - 4) & 0x7FF) ^ 0x400) - 0x400) if modifier >= 4 else 0  # noqa: PLR2004 the header
        case "money":
            value, settle = f"{quote}::numeric::text", "number"
        case "date":
            value, rest = _split(quote, f"{quote} BETWEEN '0001-01-01' AND '9999-12-31'")
            reason = f"not {_YEARS}"
        case "timestamp" | "timestamptz":
            value, rest = _split(quote, f"{quote} >= '0001-01-01' AND {quote} < '10000-01-01'")
            value = value if base == "timestamp" else f"({value}) AT TIME ZONE 'UTC'"
            reason = f"not {_YEARS}"
        case "time":
            value, rest = _split(quote, f"{quote} < '24:00'")
            reason = "not a time of day before 24:00"
        case "interval":
            value, settle = f"{quote}::text", "seconds"
            whole = f"isfinite({quote}) AND extract(year FROM {quote}) = 0 AND extract(month FROM {quote}) = 0"
            rest = f"CASE WHEN {whole} THEN extract(epoch FROM {quote})::float8 END"
        case "bytea":
            settle, size = "bytes", f"octet_length({quote})"
            value = f"CASE WHEN {size} <= 64 THEN {quote}::text END"
            rest = f"CASE WHEN {size} > 64 THEN {size}::text END"
        case _:
            value = f"{quote}::text"
    return Column(name, declared, value, rest, settle, scale, reason=reason, order=_ORDERS.get(base, ""))


def _split(name: str, holds: str) -> tuple[str, str]:
    """Return SQL for the values that meet a condition, and for the text of all others."""
    return f"CASE WHEN {holds} THEN {name} END", f"CASE WHEN NOT ({holds}) THEN {name}::text END"
