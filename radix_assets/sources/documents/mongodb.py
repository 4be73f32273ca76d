"""Collections of a MongoDB database, as of one moment where the server can do that."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed, without_secret
from radix_assets.sources.databases.errors import credential_refused, no_answer, no_such_table
from radix_assets.sources.documents.bson_values import plain, read_documents
from radix_assets.sources.packages import not_installed
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.records.tree import inner_lists
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import Declared, ReadWarning
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import RadixError, SourceError, TransientSourceError

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

_SECONDS: Final = 10
_BATCH: Final = 1_000
_SAMPLE: Final = 1_000
_REFUSED, _DENIED = {18, 8000}, {13}
_NO_SNAPSHOT: Final = frozenset({20, 72, 115, 123, 148, 246, 263})
"""Codes of servers that cannot read as of one moment: a single server, an old one."""
_TOO_OLD: Final = 239
_READ_ONLY: Final = frozenset({"read", "readAnyDatabase", "clusterMonitor"})


@dataclass(frozen=True)
class Connection:
    """A connection to one database."""

    client: "MongoClient[Any]"
    database: "Database[Any]"
    where: dict[str, str]


@contextlib.contextmanager
def opened(address: str, credentials: Credentials, table: str | None = None) -> Iterator[Connection]:
    """Connect to the database of mongodb://user:${NAME}@host:27017/database.

    Raise CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError RDX-SRC-015 (not permitted), 016, 050
    (pymongo is not installed) or 051 (a cloud's metadata service), TransientSourceError RDX-SRC-012 (no answer).
    """
    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    url = revealed(address, credentials, table)
    for server in url.partition("://")[2].partition("/")[0].rpartition("@")[2].split(","):
        refuse_metadata(urlsplit(f"//{server}").hostname or "", where)
    try:
        from pymongo import MongoClient
    except ImportError:
        raise not_installed("MongoDB", "mongodb") from None
    with errors(where, names_in(address)):
        limit = _SECONDS * 1000
        settings: dict[str, Any] = {"serverSelectionTimeoutMS": limit, "connectTimeoutMS": limit, "appname": "radix"}
        client: MongoClient[Any] = MongoClient(url, **settings)
        with client:
            yield Connection(client, client.get_default_database(), where)


def list_collections(connection: Connection) -> list[str]:
    """Return the collections and views of the database."""
    return sorted(name for name in connection.database.list_collection_names() if not name.startswith("system."))


def list_lists(connection: Connection, collection: str) -> list[tuple[str, ...]]:
    """Return the lists of records inside the first documents of a collection."""
    lists: dict[tuple[str, ...], None] = {}
    for document in connection.database[collection].find(sort=[("_id", 1)], limit=_SAMPLE):
        inner_lists(plain(dict(document)), (), lists)
    return list(lists)


def collection_version(connection: Connection, collection: str) -> str:
    """Return a digest of the documents of a collection, which are all read."""
    digest = hashlib.sha256()
    for content in _documents(connection, collection, []):
        digest.update(content)
    return digest.hexdigest()


def stage_collection(connection: Connection, collection: str, work: Path, source: FileSettings) -> Staged:
    """Stage the documents of a collection, or of a list inside of them, in the order of `_id`.

    Raise SourceError RDX-SRC-014 (no such collection), and what `opened` and `stage_records` raise.
    """
    notes: list[ReadWarning] = []
    path = work / "documents.bson"
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for content in _documents(connection, collection, notes):
            file.write(content)
            digest.update(content)
            size += len(content)
    keys = _unique(connection, collection)
    file_of = SourceFile(path, collection, digest.hexdigest(), size, inside=source.part)
    staged = stage_records(source, [file_of], work, read_documents)
    staged.layout, staged.dialect["format"] = "MongoDB", "mongodb"
    staged.warnings += notes
    if not source.part:
        key = ["_id"] if "_id" in staged.unique else staged.declared.primary_key
        unique = [names for names in keys if set(names) <= set(staged.unique)]
        staged.declared = Declared(primary_key=key, unique=unique)
    return staged


def probe_database(connection: Connection) -> tuple[str, tuple[str, ...]]:
    """Return what was found, and which roles permit more than reading."""
    status: Mapping[str, Any] = connection.database.command("connectionStatus")
    roles = [role["role"] for role in status.get("authInfo", {}).get("authenticatedUserRoles", [])]
    users = [user["user"] for user in status.get("authInfo", {}).get("authenticatedUsers", [])]
    collections = list_collections(connection)
    more = sorted(set(roles) - _READ_ONLY)
    warnings = (f"the user has roles beyond reading: {', '.join(more)}",) if more else ()
    return f"connected as {users[0] if users else 'nobody'}; {len(collections)} collections are listed", warnings


def _documents(connection: Connection, collection: str, notes: list[ReadWarning]) -> Iterator[bytes]:
    """Yield the bytes of each document, as of one moment if the server can do that; else note that it could not."""
    from bson.raw_bson import RawBSONDocument
    from pymongo.errors import ConfigurationError, OperationFailure

    names = list_collections(connection)
    if collection not in names:
        hint = "correct `collection`"
        raise no_such_table(collection, names, connection.where, hint=hint)
    options = connection.database.codec_options.with_options(document_class=RawBSONDocument)
    documents = connection.database.get_collection(collection, codec_options=options)
    query: dict[str, Any] = {"sort": [("_id", 1)], "batch_size": _BATCH, "allow_disk_use": True}
    try:
        with connection.client.start_session(snapshot=True) as session:
            cursor = documents.find(session=session, **query)
            first = next(cursor, None)
            if first is not None:
                yield bytes(first.raw)
            for document in cursor:
                yield bytes(document.raw)
            return
    except ConfigurationError:
        pass
    except OperationFailure as error:
        if error.code not in _NO_SNAPSHOT:
            raise
    text = "the server cannot read as of one moment (it is no replica set); what changed meanwhile may be old or new"
    notes.append(ReadWarning(code="not_one_moment", message=text))
    for document in documents.find(**query):
        yield bytes(document.raw)


def _unique(connection: Connection, collection: str) -> list[list[str]]:
    """Return the fields of unique indexes that hold for every document."""
    from pymongo.errors import OperationFailure

    try:
        indexes = connection.database[collection].index_information()
    except OperationFailure:  # a view has none
        return []
    return [
        [name for name, _ in index["key"]]
        for index in indexes.values()
        if index.get("unique") and not index.get("sparse") and "partialFilterExpression" not in index
    ]


@contextlib.contextmanager
def errors(where: Mapping[str, str], names: list[str]) -> Iterator[None]:
    """Translate the driver's errors, whose texts are not passed on. `names` are the credentials of the address."""
    from pymongo.errors import ConfigurationError, ConnectionFailure, InvalidURI, OperationFailure, PyMongoError

    try:
        yield
    except (InvalidURI, ConfigurationError):
        raise SourceError(
            "RDX-SRC-013",
            "the address names no database, or cannot be understood",
            expected="mongodb://user:${NAME}@host:27017/database",
            hint="correct the address",
            **where,
        ) from None
    except ConnectionFailure:
        raise no_answer("a MongoDB server", where) from None
    except OperationFailure as error:
        raise _error(error.code or 0, where, names) from None
    except PyMongoError as error:
        hint = "see the log of the server"
        text = f"the database could not answer ({type(error).__name__})"
        raise SourceError("RDX-SRC-016", text, hint=hint, **where) from None


def _error(code: int, where: Mapping[str, str], names: list[str]) -> RadixError:
    if code in _REFUSED:
        return credential_refused(names, where)
    if code in _DENIED:
        hint = "ask the owner for the role `read` on the database"
        return SourceError("RDX-SRC-015", "permission denied on the collection", hint=hint, **where)
    if code == _TOO_OLD:
        return TransientSourceError(
            "RDX-SRC-011",
            "the server no longer has the state as of which it was read",
            expected="a read within the server's history",
            hint="runs retry it automatically; raise minSnapshotHistoryWindowInSeconds for large collections",
            **where,
        )
    text = f"the database could not answer (error {code})"
    return SourceError("RDX-SRC-016", text, hint="see the log of the server", **where)
