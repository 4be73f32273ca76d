"""Iceberg tables by their catalog, which is a database or a server with Iceberg's REST interface."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed
from radix_assets.sources.databases.errors import credential_refused
from radix_assets.sources.lakes.errors import no_such_table, table_errors
from radix_assets.sources.packages import not_installed
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import SourceError, TransientSourceError

if TYPE_CHECKING:
    from pyiceberg.table import Table

_FILE = "sqlite:///"


def opened(identifier: str, settings: Mapping[str, str], folder: Path, credentials: Credentials) -> "Table":
    """Open a table of a catalog.

    Raise CredentialError RDX-CRD-001 (missing) or 002 (refused), SourceError RDX-SRC-013 (no such catalog), 014 (no
    such table), 050 (pyiceberg is not installed) or 051 (a cloud's metadata service), TransientSourceError RDX-SRC-012
    if the catalog does not answer.
    """
    try:
        from pyiceberg.catalog import load_catalog
    except ImportError:
        raise not_installed("Iceberg tables", "iceberg") from None
    properties = {name: revealed(value, credentials, identifier) for name, value in settings.items()}
    for name, value in properties.items():
        if "://" in value:
            refuse_metadata(urlsplit(value).hostname or "", {"table": identifier, "setting": name})
    if properties["uri"].startswith(_FILE):
        file = folder / properties["uri"].removeprefix(_FILE)
        if not file.is_file():
            raise no_such_table(file, "Iceberg catalog or", identifier)
        properties["uri"] = f"{_FILE}{file}"
    with _errors(identifier, settings):
        # Tables of the catalog itself are not created: it is only read.
        catalog = load_catalog(properties.pop("name", "default"), **properties, init_catalog_tables="false")
        with contextlib.closing(catalog):
            return catalog.load_table(identifier)


@contextlib.contextmanager
def _errors(identifier: str, settings: Mapping[str, str]) -> Iterator[None]:
    from pyiceberg import exceptions
    from requests.exceptions import RequestException
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (exceptions.NoSuchTableError, exceptions.NoSuchNamespaceError, exceptions.NoSuchIdentifierError):
        raise SourceError(
            "RDX-SRC-014",
            f"the catalog has no table {identifier!r}",
            expected="the name of a table, such as sales.orders",
            hint="correct `iceberg`",
            table=identifier,
        ) from None
    except (exceptions.UnauthorizedError, exceptions.ForbiddenError, exceptions.OAuthError):
        raise credential_refused(names_in(" ".join(settings.values())), {"table": identifier}) from None
    except (exceptions.ServerError, RequestException, DBAPIError, TimeoutError, ConnectionError):
        raise TransientSourceError(
            "RDX-SRC-012",
            "the catalog does not answer",
            expected="a catalog at that address",
            hint="check `uri` and the network; then try again",
            table=identifier,
        ) from None
    except Exception:
        with table_errors(identifier):
            raise
