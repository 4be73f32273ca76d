"""What all kinds of database share: an entry names an address and the tables to read."""

import contextlib
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from radix_assets.sources.addresses import refuse_secret, with_reference, without_secret
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.staging import Staged


class SqlSource(Source):
    """Tables of a database. A kind of database derives from it, and gives the schemes of its addresses."""

    version_is_cheap: ClassVar[bool] = False
    schemes: ClassVar[tuple[str, ...]]
    """The schemes of its addresses, the usual one first."""
    later: ClassVar[tuple[str, ...]] = ("cursor", "overlap", "full_every_hours", "names")
    """Settings that earlier versions did not have; they are left out of marks where they are not set."""

    database: str = Field(description="The address of the database; a secret is a reference, never a value.")
    tables: list[str] = Field(description="The tables to read.", min_length=1)
    cursor: str | dict[str, str] | None = Field(
        None,
        description="A column whose values rise with every new or changed row, such as updated_at, of all tables or by "
        "table: only these rows are read then.",
    )
    overlap: float | None = Field(
        None,
        description="How far below the highest value of the cursor reading begins again: seconds for times, days for "
        "dates, else a number; by default 600, 1 and 1000.",
        ge=0,
    )
    full_every_hours: int = Field(
        24, description="With a cursor: how often the whole table is read all the same; 0 for never.", ge=0
    )

    names: dict[str, str] = Field(
        default_factory=dict,
        description="The names of tables in the project that differ from those in the database, by the latter.",
    )

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave later settings out where they are not set, so that marks of earlier versions still name a project."""
        fields = type(self).model_fields
        return {
            name: value
            for name, value in handler(self).items()
            if name not in self.later or value != fields[name].get_default(call_default_factory=True)
        }

    @field_validator("database")
    @classmethod
    def _no_secret(cls, address: str) -> str:
        if not cls._is_address(address):
            raise ValueError(
                "only postgresql://, mysql://, mssql://, snowflake://, sqlite:/// and duckdb:/// addresses are read"
            )
        return refuse_secret(address)

    @model_validator(mode="after")
    def _known_tables(self) -> Self:
        named = self.cursor if isinstance(self.cursor, dict) else {}
        unknown = [table for table in named if table not in self.tables]
        if unknown:
            raise ValueError(f"cursor names {unknown[0]}, which is not among the tables")
        return self

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
        parts = urlsplit(address)
        name = re.sub(r"\W+", "_", parts.path.strip("/") or parts.hostname or "database", flags=re.ASCII)
        settings: dict[str, Any] = {"database": with_reference(address, f"{name.upper()}_PASSWORD"), "tables": tables}
        prefix = schema if schema and asked else name
        chosen = {table: names.unused(table, f"{prefix}_{table}") for table in tables}
        renamed = {table: other for table, other in chosen.items() if other != table}
        settings |= {"names": renamed} if renamed else {}
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
        return [self.names.get(table, table) for table in self.tables]

    def describe_table(self, table: str) -> str:
        schema = getattr(self, "schema_name", "")
        return f"{without_secret(self.database)} · {schema}{'.' if schema else ''}{self._in_database(table)}"

    def settings_of(self, table: str) -> dict[str, Any]:
        """Return the settings without the other tables, so that they are not read again when one is added."""
        return self.model_dump(mode="json") | {"tables": [self._in_database(table)]}

    def connection_address(self) -> str:
        return self.database

    def is_there(self, table: str, context: SourceContext) -> bool:
        _, tables = self._list(self.database, getattr(self, "schema_name", None), context)
        return self._in_database(table) in tables

    # read, all rows or those that are new or changed

    def _in_database(self, table: str) -> str:
        """Return the name that a table of the project has in the database."""
        return next((own for own, name in self.names.items() if name == table), table)

    def _cursor(self, table: str) -> "Cursor | None":
        from radix_assets.sources.databases.cursor import Cursor

        column = self.cursor.get(self._in_database(table)) if isinstance(self.cursor, dict) else self.cursor
        return Cursor(column, self.overlap) if column else None

    def _period(self) -> int:
        """Return the number of the period in which the whole table is to be read once."""
        import time

        return int(time.time()) // (3600 * self.full_every_hours) if self.full_every_hours else 0

    def _with_period(self, version: str, table: str) -> str:
        return version if self._cursor(table) is None else f"{version} {self._period()}"

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        period, cursor = self._period(), self._cursor(table)
        staged = self._read_as(table, work, context, cursor)
        if cursor is not None:
            staged.state = {"period": period}
            if self._window(cursor, context) is False:
                staged.notes.append(f"read as a whole: the last snapshot holds no value of {cursor.column} to begin at")
        return staged

    def _window(self, cursor: "Cursor", context: SourceContext) -> "Cursor | Literal[False] | None":
        """Return the cursor from where reading goes on; None if all is to be read now, False if that is not known."""
        from radix_assets.sources.databases.cursor import low_in

        previous = context.previous
        if previous is None or previous.state.get("period") != self._period():
            return None
        low = low_in(previous.folder, cursor)
        return low is not None and replace(cursor, low=low)

    def read_appended(self, table: str, work: Path, context: SourceContext) -> "Staged | None":
        """Stage the rows that are new or changed since the last snapshot, by the cursor."""
        cursor, previous = self._cursor(table), context.previous
        window = self._window(cursor, context) if cursor is not None else None
        if not window or previous is None:
            return None
        staged = self._read_as(table, work, context, window)
        staged.state = dict(previous.state)
        return staged

    def _read_as(self, table: str, work: Path, context: SourceContext, cursor: "Cursor | None") -> "Staged":
        """Stage a table under the names that it and its parents have in the project."""
        own = self._in_database(table)
        staged = self._read(own, work, context, cursor)
        if own != table:
            staged.dialect["table"] = own
            staged.notes.append(f"the table {own!r} of the database, as another table has this name")
        for link in staged.declared.foreign_keys:
            link.parent = self.names.get(link.parent, link.parent)
        return staged

    @abstractmethod
    def _read(self, table: str, work: Path, context: SourceContext, cursor: "Cursor | None") -> "Staged":
        """Stage the rows of a table of the database: all of them, or those in the window of the cursor."""


class SessionSource(SqlSource):
    """Tables of a database that is read in a session: one transaction, which sees one state of the database."""

    @abstractmethod
    def _session(self, context: SourceContext, table: str | None = None) -> "AbstractContextManager[Any]":
        """Return a session, which is closed at the end of the block. Raise as `read_table` does."""

    @abstractmethod
    def _stage(self, session: Any, table: str, work: Path, cursor: "Cursor | None") -> "Staged":
        """Stage a table in the directory `work`."""

    @abstractmethod
    def _version(self, session: Any, table: str, cursor: "Cursor | None") -> str:
        """Return what `read_version` does of a table of the database."""

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's columns, the number of its rows and the hashes of its rows.

        The database computes it with a pass over the table; with a cursor, with one over its newest rows and a count.
        """
        with self._session(context, table) as session:
            return self._with_period(self._version(session, self._in_database(table), self._cursor(table)), table)

    @contextlib.contextmanager
    def hold_state(self, context: SourceContext) -> Iterator[SourceContext]:
        with self._session(context) as session:
            yield replace(context, state=session)

    def _read(self, table: str, work: Path, context: SourceContext, cursor: "Cursor | None") -> "Staged":
        with contextlib.ExitStack() as stack:
            session = context.state or stack.enter_context(self._session(context, table))
            return self._stage(session, table, work, cursor)


def split_schema(argument: str) -> tuple[str, str | None]:
    """Return the address without the parameter `schema`, which the server does not know, and the schema."""
    base, mark, query = argument.partition("?")
    parameters = [parameter for parameter in query.split("&") if parameter]
    schemas = [parameter.partition("=")[2] for parameter in parameters if parameter.startswith("schema=")]
    rest = [parameter for parameter in parameters if not parameter.startswith("schema=")]
    return base + (mark if rest else "") + "&".join(rest), schemas[-1] if schemas else None
