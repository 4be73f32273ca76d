"""What all kinds of database share: an entry names an address and the tables to read."""

import contextlib
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from radix_assets.sources.addresses import refuse_secret, with_reference, without_secret
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged


class SqlSource(Source):
    """Tables of a database. A kind of database derives from it, and gives the schemes of its addresses."""

    version_is_cheap: ClassVar[bool] = False
    schemes: ClassVar[tuple[str, ...]]
    """The schemes of its addresses, the usual one first."""

    database: str = Field(description="The address of the database; a secret is a reference, never a value.")
    tables: list[str] = Field(description="The tables to read.", min_length=1)

    @field_validator("database")
    @classmethod
    def _no_secret(cls, address: str) -> str:
        if not cls._is_address(address):
            raise ValueError("only postgresql://, mysql://, mssql://, sqlite:/// and duckdb:/// addresses are read")
        return refuse_secret(address)

    @classmethod
    def _is_address(cls, text: str) -> bool:
        return text.partition("://")[0] in cls.schemes and "://" in text

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return cls._is_address(str(settings.get("database", "")))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return cls._is_address(argument)

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return each database with all tables of its schema; `?schema=name` chooses another than the default.

        A password in an address is replaced by a reference such as ${SHOP_PASSWORD}. Raise SourceError RDX-SRC-014 if
        a schema holds no table, and what connecting raises.
        """
        return [cls._discover(argument, context, names) for argument in arguments]

    @classmethod
    def _discover(cls, argument: str, context: SourceContext, names: TableNames) -> Self:
        address, asked = split_schema(argument)
        schema, tables = cls._list(address, asked, context)
        if not tables:
            raise cls._no_table(schema, address)
        names.take(tables)
        parts = urlsplit(address)
        name = re.sub(r"\W+", "_", parts.path.strip("/") or parts.hostname or "database", flags=re.ASCII).upper()
        settings: dict[str, Any] = {"database": with_reference(address, f"{name}_PASSWORD"), "tables": tables}
        return cls(**settings, **({"schema": schema} if schema else {}))

    @classmethod
    def _no_table(cls, schema: str, address: str) -> SourceError:
        return SourceError(
            "RDX-SRC-014",
            f"the schema {schema!r} holds no table" if schema else "the database holds no table",
            expected="a table or a view",
            hint=f"name another schema: {cls.schemes[0]}://…?schema=name" if schema else "check the address",
            database=without_secret(address),
        )

    @classmethod
    @abstractmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        """Return the schema, by default the connection's; empty if the kind has none; and the tables in it."""

    def list_tables(self) -> list[str]:
        return self.tables

    def describe_table(self, table: str) -> str:
        schema = getattr(self, "schema_name", "")
        return f"{without_secret(self.database)} · {schema}{'.' if schema else ''}{table}"

    def connection_address(self) -> str:
        return self.database


class SessionSource(SqlSource):
    """Tables of a database that is read in a session: one transaction, which sees one state of the database."""

    @abstractmethod
    def _session(self, context: SourceContext, table: str | None = None) -> "AbstractContextManager[Any]":
        """Return a session, which is closed at the end of the block. Raise as `read_table` does."""

    @abstractmethod
    def _stage(self, session: Any, table: str, work: Path) -> "Staged":
        """Stage a table in the directory `work`."""

    @contextlib.contextmanager
    def hold_state(self, context: SourceContext) -> Iterator[SourceContext]:
        with self._session(context) as session:
            yield replace(context, state=session)

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        with contextlib.ExitStack() as stack:
            session = context.state or stack.enter_context(self._session(context, table))
            return self._stage(session, table, work)


def split_schema(argument: str) -> tuple[str, str | None]:
    """Return the address without the parameter `schema`, which the server does not know, and the schema."""
    base, mark, query = argument.partition("?")
    parameters = [parameter for parameter in query.split("&") if parameter]
    schemas = [parameter.partition("=")[2] for parameter in parameters if parameter.startswith("schema=")]
    rest = [parameter for parameter in parameters if not parameter.startswith("schema=")]
    return base + (mark if rest else "") + "&".join(rest), schemas[-1] if schemas else None
