"""Tables of a PostgreSQL database."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from radix_assets.sources.addresses import holds_secret, with_reference, without_secret
from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged

_SCHEME = re.compile(r"^postgres(ql)?://")


class PostgresqlSource(Source):
    """Tables of a PostgreSQL database."""

    kind: ClassVar[str] = "PostgreSQL"
    version_is_cheap: ClassVar[bool] = False

    database: str = Field(
        description="postgresql://user:${NAME}@host:5432/database; a secret is a reference, never a value."
    )
    tables: list[str] = Field(description="The tables to read.", min_length=1)
    schema_name: str = Field("public", alias="schema", description="The database schema they are in.")

    @field_validator("database")
    @classmethod
    def _no_secret(cls, address: str) -> str:
        if not _SCHEME.match(address):
            raise ValueError("only postgresql:// addresses are read")
        if holds_secret(address):
            raise ValueError(
                "the address holds a password; write ${NAME} in its place, then: radix credentials set NAME"
            )
        return address

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return bool(_SCHEME.match(str(settings.get("database", ""))))

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return bool(_SCHEME.match(argument))

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return each database with all tables of its schema; `?schema=name` chooses another schema than public.

        A password in an address is replaced by a reference such as ${SHOP_PASSWORD}. Raise SourceError RDX-SRC-014 if
        a schema holds no table, and what connecting raises.
        """
        return [cls._discover(argument, context, names) for argument in arguments]

    @classmethod
    def _discover(cls, argument: str, context: SourceContext, names: TableNames) -> Self:
        from radix_assets.sources.read.database import list_tables

        address, schema = _split_schema(argument)
        tables = list_tables(address, schema, context.credentials)
        if not tables:
            raise SourceError(
                "RDX-SRC-014",
                f"the schema {schema!r} holds no table",
                expected="a table or a view",
                hint="name another schema: postgresql://…?schema=name",
                database=without_secret(address),
            )
        names.take(tables)
        parts = urlsplit(address)
        name = re.sub(r"\W+", "_", parts.path.strip("/") or parts.hostname or "database", flags=re.ASCII).upper()
        return cls(database=with_reference(address, f"{name}_PASSWORD"), tables=tables, schema=schema)

    def list_tables(self) -> list[str]:
        return self.tables

    def describe_table(self, table: str) -> str:
        return f"{without_secret(self.database)} · {self.schema_name}.{table}"

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's columns, the number of its rows and the sum of the hashes of its rows.

        The database computes it with a pass over the table.
        """
        from radix_assets.sources.read.database import table_version

        return table_version(self.database, self.schema_name, table, context.credentials)

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.read.database import stage_table

        return stage_table(self.database, self.schema_name, table, work, context.credentials)

    def connection_address(self) -> str:
        return self.database

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.read.permissions import probe_database

        return ProbeResult(*probe_database(self.database, self.schema_name, self.tables, context.credentials))


def _split_schema(argument: str) -> tuple[str, str]:
    """Return the address without the parameter `schema`, which the server does not know, and the schema."""
    base, mark, query = argument.partition("?")
    parameters = [parameter for parameter in query.split("&") if parameter]
    schemas = [parameter.partition("=")[2] for parameter in parameters if parameter.startswith("schema=")]
    rest = [parameter for parameter in parameters if not parameter.startswith("schema=")]
    return base + (mark if rest else "") + "&".join(rest), (schemas or ["public"])[-1]
