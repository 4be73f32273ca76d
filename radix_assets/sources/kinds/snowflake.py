"""Tables of a Snowflake database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from radix_assets.sources.kinds.base import ProbeResult, SourceContext
from radix_assets.sources.kinds.sql import SessionSource

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.staging import Staged


class SnowflakeSource(SessionSource):
    """Tables of a Snowflake database."""

    kind: ClassVar[str] = "Snowflake"
    schemes: ClassVar[tuple[str, ...]] = ("snowflake",)

    database: str = Field(
        description="snowflake://user:${NAME}@account/database?warehouse=name&role=name; a secret is a reference, "
        "never a value."
    )
    schema_name: str = Field("PUBLIC", alias="schema", description="The database schema they are in.")

    @classmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.snowflake import list_tables
        from radix_assets.sources.databases.snowflake_connection import errors, opened

        asked = schema or "PUBLIC"
        with opened(address, context.credentials) as session, errors(session.where):
            # Names that were created without quotation marks are in capitals.
            for name in dict.fromkeys((asked, asked.upper())):
                if tables := list_tables(session, name):
                    return name, tables
        return asked, []

    def _session(self, context: SourceContext, table: str | None = None) -> AbstractContextManager[Any]:
        from radix_assets.sources.databases.snowflake_connection import opened

        return opened(self.database, context.credentials, table)

    def _version(self, session: Any, table: str, cursor: "Cursor | None") -> str:
        from radix_assets.sources.databases.snowflake import table_version

        return table_version(session, self.schema_name, table, cursor)

    def _stage(self, session: Any, table: str, work: Path, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.snowflake import stage_table

        return stage_table(session, self.schema_name, table, work, cursor)

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.databases.probing import require_readable
        from radix_assets.sources.databases.snowflake import list_tables, quoted
        from radix_assets.sources.databases.snowflake_connection import errors

        with self._session(context) as session:

            def read(table: str) -> None:
                with errors(session.where | {"table": table}):
                    session.rows(f"SELECT 1 FROM {quoted(self.schema_name)}.{quoted(table)} LIMIT 0")  # noqa: S608 quoted

            require_readable(read, self.tables)
            with errors(session.where):
                return ProbeResult(f"connected; {len(list_tables(session, self.schema_name))} tables may be seen")
