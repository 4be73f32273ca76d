"""Probe a PostgreSQL database: whether its tables may be read, and whether the role may do more than that."""

from collections.abc import Sequence

from radix_assets.sources.addresses import without_secret
from radix_assets.sources.databases.postgresql_connection import transaction
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import SourceError

_ROLE = "SELECT current_user::text, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
_RIGHTS = """
SELECT c.relname::text, has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT')
       OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition ORDER BY 1
"""
_CREATE = "SELECT coalesce(has_schema_privilege(oid, 'CREATE'), false) FROM pg_namespace WHERE nspname = $1"


def probe_database(
    address: str, schema: str, tables: Sequence[str], credentials: Credentials
) -> tuple[str, tuple[str, ...]]:
    """Return how many tables of a schema may be read, in words, and a warning for each permission beyond reading.

    Raise SourceError RDX-SRC-015 if one of `tables` may not be read, and what `transaction` raises.
    """
    with transaction(address, None, credentials) as cursor:
        cursor.execute(_ROLE)
        role, *powers = cursor.fetchone()
        cursor.execute(_RIGHTS, (schema,))
        rights = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        cursor.execute(_CREATE, (schema,))
        creates = any(row[0] for row in cursor.fetchall())
    closed = [table for table in tables if table in rights and not rights[table][0]]
    if closed:
        raise SourceError(
            "RDX-SRC-015",
            f"{role} may not read {', '.join(closed)}",
            expected="the right to SELECT each table, and USAGE of its schema",
            hint=f"ask the owner: GRANT SELECT ON {closed[0]} TO {role}",
            database=without_secret(address),
        )
    warnings = []
    attributes = [name for name, has in zip(("superuser", "CREATEROLE", "CREATEDB"), powers, strict=True) if has]
    if attributes:
        warnings.append(f"{role} is more than a reader: {', '.join(attributes)}")
    else:
        writable = [table for table, (_, write) in rights.items() if write]
        if writable:
            more = f" and {len(writable) - 1} more" if len(writable) > 1 else ""
            warnings.append(f"{role} may write: {writable[0]}{more}; reading is enough")
        if creates:
            warnings.append(f"{role} may create tables in {schema}; reading is enough")
    readable = sum(read for read, _ in rights.values())
    return f"connected as {role}; {readable} of {len(rights)} tables of {schema} may be read", tuple(warnings)
