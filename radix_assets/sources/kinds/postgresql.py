"""Tables of a PostgreSQL database."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from radix_assets.sources.kinds.base import SAMPLE_ROWS, ProbeResult, SourceContext
from radix_assets.sources.kinds.sql import SqlSource

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.sample import Sample
    from radix_assets.sources.read.staging import Staged


class PostgresqlSource(SqlSource):
    """Tables of a PostgreSQL database."""

    kind: ClassVar[str] = "PostgreSQL"
    schemes: ClassVar[tuple[str, ...]] = ("postgresql", "postgres")

    database: str = Field(
        description="postgresql://user:${NAME}@host:5432/database; a secret is a reference, never a value."
    )
    schema_name: str = Field("public", alias="schema", description="The database schema they are in.")

    @classmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.postgresql import list_tables

        return list_tables(address, schema, context.credentials)

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the table's columns, the number of its rows and the sum of the hashes of its rows.

        The database computes it with a pass over the table; with a cursor, with one over its newest rows and a count.
        """
        from radix_assets.sources.databases.postgresql import table_version

        cursor = self._cursor(table)
        version = table_version(self.database, self.schema_name, self._in_database(table), context.credentials, cursor)
        return self._with_period(version, table)

    def _read(self, table: str, work: Path, context: SourceContext, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.postgresql import stage_table

        return stage_table(self.database, self.schema_name, table, work, context.credentials, context.state, cursor)

    def read_sample(self, table: str, work: Path, context: SourceContext) -> "Sample | None":
        from radix_assets.sources.databases.postgresql import sample_table

        return sample_table(
            self.database, self.schema_name, table, work, context.credentials, SAMPLE_ROWS, context.state
        )

    @contextlib.contextmanager
    def hold_state(self, context: SourceContext) -> Iterator[SourceContext]:
        from radix_assets.sources.databases.postgresql import exported_snapshot

        with exported_snapshot(self.database, context.credentials) as snapshot:
            yield replace(context, state=snapshot)

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.databases.postgresql_permissions import probe_database

        return ProbeResult(*probe_database(self.database, self.schema_name, self.tables, context.credentials))
