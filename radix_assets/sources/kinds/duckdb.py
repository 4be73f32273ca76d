"""Tables of a DuckDB file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from radix_assets.sources.kinds.base import SAMPLE_ROWS
from radix_assets.sources.kinds.sql_file import SqlFileSource

if TYPE_CHECKING:
    import contextlib

    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.read.sample import Sample
    from radix_assets.sources.read.staging import Staged


class DuckdbSource(SqlFileSource):
    """Tables of a DuckDB file."""

    kind: ClassVar[str] = "DuckDB"
    schemes: ClassVar[tuple[str, ...]] = ("duckdb",)
    magic: ClassVar[tuple[int, bytes]] = (8, b"DUCK")
    suffixes: ClassVar[tuple[str, ...]] = (".duckdb", ".ddb")
    beside: ClassVar[tuple[str, ...]] = (".wal",)

    database: str = Field(
        description="duckdb:///shop.duckdb, relative to the project file, or duckdb:////data/shop.duckdb."
    )
    schema_name: str = Field("main", alias="schema", description="The database schema they are in.")

    @classmethod
    def _opened(cls, path: Path) -> "contextlib.AbstractContextManager[Any]":
        from radix_assets.sources.databases.duckdb import opened

        return opened(path)

    @classmethod
    def _tables(cls, connection: Any, schema: str | None) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.duckdb import list_tables

        schema = schema or "main"
        return schema, list_tables(connection, schema)

    @classmethod
    def _schemas(cls, connection: Any, asked: str | None) -> list[tuple[str, list[str]]]:
        from radix_assets.sources.databases.duckdb import list_schemas

        chosen = [asked] if asked else list_schemas(connection)
        return [cls._tables(connection, schema) for schema in chosen]

    def _sample(self, connection: Any, table: str, work: Path, path: Path) -> "Sample | None":
        from radix_assets.sources.databases.duckdb import sample_table

        return sample_table(connection, path, self.schema_name, table, work, SAMPLE_ROWS)

    def _stage(self, connection: Any, table: str, work: Path, path: Path, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.duckdb import stage_table

        return stage_table(connection, path, self.schema_name, table, work, cursor)
