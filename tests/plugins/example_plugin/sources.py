"""SQLite databases as a kind of source, as an installed package would offer it."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import quote

from pydantic import Field

from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_resources.errors import SourceError, TransientSourceError

if TYPE_CHECKING:
    import sqlite3

    from radix_assets.sources.read.staging import Staged

SCHEME = "litefile:///"
_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


class SqliteSource(Source):
    """Tables of a SQLite database, more simply than the built-in kind reads them."""

    kind: ClassVar[str] = "lite file"

    sqlite: str = Field(description="litefile:///shop.db, relative to the project file, or litefile:////data/shop.db.")
    tables: list[str] = Field(description="The tables to read.", min_length=1)

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "sqlite" in settings

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return argument.startswith(SCHEME)

    @classmethod
    def discover(cls, arguments: Sequence[str], _context: SourceContext, names: TableNames) -> list[Self]:
        sources = []
        for argument in arguments:
            file = Path(argument.removeprefix(SCHEME)).absolute()
            with _opened(file) as connection:
                tables = [row[0] for row in connection.execute(f"{_TABLES} ORDER BY name")]
            if not tables:
                raise SourceError("RDX-SRC-014", "the database holds no table", hint="check the path", file=file.name)
            names.take(tables)
            sources.append(cls(sqlite=f"{SCHEME}{file}", tables=tables))
        return sources

    def list_tables(self) -> list[str]:
        return self.tables

    def describe_table(self, table: str) -> str:
        return f"{self.sqlite} · {table}"

    def read_version(self, _table: str, context: SourceContext) -> str:
        file = self._file(context)
        with _opened(file):  # raise now what reading would raise
            files = [file, file.with_name(f"{file.name}-wal")]  # recent changes may be in the second file only
            states = [path.stat() for path in files if path.exists()]
        text = "".join(f"{state.st_size} {state.st_mtime_ns};" for state in states)
        return hashlib.sha256(text.encode()).hexdigest()

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        import polars as pl

        from radix_assets.sources.read.staging import stage_frame

        file = self._file(context)
        with _opened(file) as connection:
            columns = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
            if not columns:
                raise SourceError(
                    "RDX-SRC-014",
                    f"there is no table {table!r} in the database",
                    expected=", ".join(row[0] for row in connection.execute(_TABLES)),
                    hint="correct `tables`",
                    table=table,
                )
            names = [column[1] for column in columns]
            # SQLite columns contain values of any type, so all are read as text and Radix infers their types.
            selected = ", ".join(f"CAST({_quoted(name)} AS TEXT)" for name in names)
            order = ", ".join(str(number) for number in range(1, len(names) + 1))
            rows = connection.execute(f"SELECT {selected} FROM {_quoted(table)} ORDER BY {order}").fetchall()  # noqa: S608 quoted
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        types = {column[1]: column[2].lower() for column in columns}
        return stage_frame(frame, work, layout="SQLite", infer=names, types=types, size=file.stat().st_size)

    def estimate_bytes(self, _table: str, context: SourceContext) -> int | None:
        return self._file(context).stat().st_size

    def connection_address(self) -> str:
        return self.sqlite

    def probe(self, context: SourceContext) -> ProbeResult:
        with _opened(self._file(context)) as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM ({_TABLES})").fetchone()  # noqa: S608 a constant
        return ProbeResult(f"opened read-only; {count} tables")

    def _file(self, context: SourceContext) -> Path:
        return context.folder / self.sqlite.removeprefix(SCHEME)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator["sqlite3.Connection"]:
    """Open a database read-only. Errors of the driver become errors of Radix, without the driver's message."""
    import sqlite3

    if not file.is_file():
        raise SourceError(
            "RDX-SRC-013",
            f"there is no database file {file.name!r}",
            expected="litefile:///path",
            hint="check the path",
        )
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
            yield connection
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise TransientSourceError("RDX-SRC-012", "the database is locked", hint="try again") from None
        if error.sqlite_errorname.startswith("SQLITE_NOTADB"):
            raise SourceError("RDX-SRC-005", "the file is not a SQLite database", hint="check the path") from None
        raise SourceError("RDX-SRC-016", "the database could not answer", hint="check the file") from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
