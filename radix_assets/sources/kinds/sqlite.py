"""Tables of a SQLite file."""

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


class SqliteSource(SqlFileSource):
    """Tables of a SQLite file."""

    kind: ClassVar[str] = "SQLite"
    schemes: ClassVar[tuple[str, ...]] = ("sqlite",)
    magic: ClassVar[tuple[int, bytes]] = (0, b"SQLite format 3\0")
    suffixes: ClassVar[tuple[str, ...]] = (".db", ".db3", ".sqlite", ".sqlite3")
    beside: ClassVar[tuple[str, ...]] = ("-wal",)

    database: str = Field(description="sqlite:///shop.db, relative to the project file, or sqlite:////data/shop.db.")

    @classmethod
    def _opened(cls, path: Path) -> "contextlib.AbstractContextManager[Any]":
        from radix_assets.sources.databases.sqlite import opened

        return opened(path)

    @classmethod
    def _tables(cls, connection: Any, schema: str | None) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.sqlite_catalogue import list_tables

        del schema
        return "", list_tables(connection.rows)

    def _sample(self, connection: Any, table: str, work: Path, path: Path) -> "Sample | None":
        from radix_assets.sources.databases.sqlite import sample_table

        return sample_table(connection, path, table, work, SAMPLE_ROWS)

    def _stage(self, connection: Any, table: str, work: Path, path: Path, cursor: "Cursor | None") -> "Staged":
        from radix_assets.sources.databases.sqlite import stage_table

        return stage_table(connection, path, table, work, cursor)
