"""Tables of a SQL Server database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from radix_assets.sources.kinds.base import ProbeResult, SourceContext
from radix_assets.sources.kinds.sql import SessionSource

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.staging import Staged


class MssqlSource(SessionSource):
    """Tables of a SQL Server database."""

    kind: ClassVar[str] = "SQL Server"
    schemes: ClassVar[tuple[str, ...]] = ("mssql", "sqlserver")

    database: str = Field(
        description="mssql://user:${NAME}@host:1433/database; a secret is a reference, never a value."
    )
    schema_name: str = Field("dbo", alias="schema", description="The database schema they are in.")

    @classmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.mssql import list_tables
        from radix_assets.sources.databases.mssql_connection import errors, opened

        schema = schema or "dbo"
        with opened(address, context.credentials) as session, errors(session.where):
            return schema, list_tables(session, schema)

    def _session(self, context: SourceContext, table: str | None = None) -> AbstractContextManager[Any]:
        from radix_assets.sources.databases.mssql_connection import opened

        return opened(self.database, context.credentials, table)

    def _version(self, session: Any, table: str, cursor: "Cursor | None") -> str:
        from radix_assets.sources.databases.mssql import table_version

        return table_version(session, self.schema_name, table, cursor)

    def _stage(self, session: Any, table: str, work: Path, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.mssql import stage_table

        return stage_table(session, self.schema_name, table, work, cursor)

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.databases.mssql_permissions import probe_database

        with self._session(context) as session:
            return ProbeResult(*probe_database(session, self.schema_name, self.tables))
