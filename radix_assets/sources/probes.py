"""Whether an address can be reached with the credentials it refers to, and whether they permit no more than reading.

A probe reads and lists; it never writes. What it finds is told without any value.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from radix_assets.sources.addresses import revealed, without_secret
from radix_assets.sources.read.connection import transaction
from radix_resources.credentials.lookup import names_in
from radix_resources.errors import ConfigError, CredentialError, RadixError, SourceError, TransientSourceError

_SECONDS = 10
_REFUSED, _ABSENT = (401, 403), (404, 410)
_ROLE = "SELECT current_user::text, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
_RIGHTS = """
SELECT c.relname::text, has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT')
       OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition ORDER BY 1
"""
_CREATE = "SELECT coalesce(has_schema_privilege(oid, 'CREATE'), false) FROM pg_namespace WHERE nspname = $1"


@dataclass(frozen=True)
class Probed:
    """What a probe that got through found."""

    found: str
    warnings: tuple[str, ...] = ()
    """Where the credential permits more than Radix needs."""


def probe(address: str, *, schema: str = "public", tables: Sequence[str] = ()) -> Probed:
    """Connect, list, and look what else would be permitted.

    Addresses are postgresql://, s3://key:secret@bucket/prefix?endpoint=…&region=…, https://user:password@host/path,
    http:// and sqlite:///path. Raises CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError where it is
    not as the address says, TransientSourceError RDX-SRC-012 where nobody answers, ConfigError RDX-CFG-010 for another
    kind of address.
    """
    kind = address.partition("://")[0]
    match kind:
        case "postgresql" | "postgres":
            return _postgresql(address, schema, tables)
        case "s3":
            return _s3(address)
        case "http" | "https":
            return _http(address)
        case "sqlite":
            return _sqlite(address)
    raise ConfigError(
        "RDX-CFG-010",
        f"an address of the kind {kind!r} cannot be tried",
        expected="postgresql://, s3://, https://, http:// or sqlite:///",
        hint="check the address",
    )


def _postgresql(address: str, schema: str, tables: Sequence[str]) -> Probed:
    with transaction(address, None) as cursor:
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
    held = [word for word, has in zip(("superuser", "CREATEROLE", "CREATEDB"), powers, strict=True) if has]
    if held:
        warnings.append(f"{role} is more than a reader: {', '.join(held)}")
    else:
        written = [table for table, (_, write) in rights.items() if write]
        if written:
            more = f" and {len(written) - 1} more" if len(written) > 1 else ""
            warnings.append(f"{role} may write: {written[0]}{more}; reading is enough")
        if creates:
            warnings.append(f"{role} may create tables in {schema}; reading is enough")
    readable = sum(read for read, _ in rights.values())
    return Probed(f"connected as {role}; {readable} of {len(rights)} tables of {schema} may be read", tuple(warnings))


def _s3(address: str) -> Probed:
    """The access key is the user and the secret key the password; without them boto3's own ways are taken."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    parts = urlsplit(revealed(address))
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    settings = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 1})
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        aws_access_key_id=unquote(parts.username) if parts.username else None,
        aws_secret_access_key=unquote(parts.password) if parts.password else None,
        config=settings,
    )
    try:
        answer = client.list_objects_v2(Bucket=parts.hostname, Prefix=parts.path.lstrip("/"), MaxKeys=1000)
    except ClientError as error:
        raise _answered(address, int(error.response["ResponseMetadata"]["HTTPStatusCode"])) from None
    except NoCredentialsError:
        raise _answered(address, _REFUSED[0]) from None
    except BotoCoreError:
        raise _silent(address) from None
    more = " or more" if answer.get("IsTruncated") else ""
    return Probed(f"listed {answer.get('KeyCount', 0)}{more} objects; whether it may write too was not tried")


def _http(address: str) -> Probed:
    import httpx

    try:
        with httpx.stream("GET", revealed(address), timeout=_SECONDS) as answer:
            status, kind = answer.status_code, answer.headers.get("content-type", "").partition(";")[0]
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _silent(address) from None
    if status >= 400:  # noqa: PLR2004 by definition
        raise _answered(address, status)
    warnings = ("the address is not encrypted: whoever sees the network sees the password",)
    plain = urlsplit(address).scheme == "http" and bool(names_in(address))
    return Probed(f"answered {status} {kind}".strip(), warnings if plain else ())


def _sqlite(address: str) -> Probed:
    path = Path("/" + unquote(urlsplit(revealed(address)).path).lstrip("/"))  # with three slashes or with four
    if not path.is_file():
        raise SourceError("RDX-SRC-013", "there is no such database file", expected="sqlite:////path", hint=str(path))
    try:
        with _opened(path) as connection:
            (count,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()
    except sqlite3.DatabaseError:
        raise SourceError("RDX-SRC-016", "the file is no SQLite database, or may not be read", hint=str(path)) from None
    return Probed(f"opened read-only; {count} tables")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def _answered(address: str, status: int) -> RadixError:
    where: dict[str, Any] = {"address": without_secret(address)}
    if status in _REFUSED:
        names = names_in(address)
        return CredentialError(
            "RDX-CRD-002",
            f"the server refused the credential ({status})",
            expected="one that may read there",
            hint=f"give another: radix credentials set {names[-1]}" if names else "mend the address",
            credential=", ".join(names) or None,
            **where,
        )
    if status in _ABSENT:
        return SourceError("RDX-SRC-013", f"there is no such thing on that server ({status})", hint="mend it", **where)
    if status >= 500 or status == 429:  # noqa: PLR2004 by definition
        return _silent(address)
    return SourceError("RDX-SRC-016", f"the server could not answer ({status})", hint="see its own log", **where)


def _silent(address: str) -> RadixError:
    return TransientSourceError(
        "RDX-SRC-012",
        "the server does not answer",
        expected="a server at that address",
        hint="check host and port, the network, and that the server runs; then try again",
        address=without_secret(address),
    )
