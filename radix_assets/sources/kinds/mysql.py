"""Tables of a MySQL or MariaDB database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from radix_assets.sources.kinds.base import ProbeResult, SourceContext
from radix_assets.sources.kinds.sql import SessionSource

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.staging import Staged


class MysqlSource(SessionSource):
    """Tables of a MySQL or MariaDB database."""

    kind: ClassVar[str] = "MySQL"
    schemes: ClassVar[tuple[str, ...]] = ("mysql", "mariadb")

    database: str = Field(
        description="mysql://user:${NAME}@host:3306/database; a secret is a reference, never a value."
    )

    @classmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.mysql import list_tables
        from radix_assets.sources.databases.mysql_connection import opened

        del schema
        with opened(address, context.credentials) as session:
            return "", list_tables(session)

    def _session(self, context: SourceContext, table: str | None = None) -> AbstractContextManager[Any]:
        from radix_assets.sources.databases.mysql_connection import opened

        return opened(self.database, context.credentials, table)

    def _version(self, session: Any, table: str, cursor: "Cursor | None") -> str:
        from radix_assets.sources.databases.mysql import table_version

        return table_version(session, table, cursor)

    def _stage(self, session: Any, table: str, work: Path, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.mysql import stage_table

        return stage_table(session, table, work, cursor)

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.databases.mysql_permissions import probe_database

        with self._session(context) as session:
            return ProbeResult(*probe_database(session, self.tables))
