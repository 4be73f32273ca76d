"""What the kinds of database that are one file share."""

import contextlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from radix_assets.common.plural import counted
from radix_assets.sources.kinds.base import ProbeResult, SourceContext
from radix_assets.sources.kinds.sql import SqlSource, split_schema

if TYPE_CHECKING:
    from radix_assets.sources.databases.cursor import Cursor
    from radix_assets.sources.kinds.base import TableNames
    from radix_assets.sources.read.sample import Sample
    from radix_assets.sources.read.staging import Staged


class SqlFileSource(SqlSource):
    """Tables of a database that is one file. A kind gives its magic bytes, and how it opens, lists and stages."""

    version_is_cheap: ClassVar[bool] = True
    magic: ClassVar[tuple[int, bytes]]
    """The bytes by which such a file is known, after their place."""
    suffixes: ClassVar[tuple[str, ...]]
    """The suffixes of files of this kind."""
    beside: ClassVar[tuple[str, ...]]
    """What is appended to the file's name for the files that hold its recent changes."""

    later: ClassVar[tuple[str, ...]] = ("cursor", "overlap", "full_every_hours")

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return whether it is an address of this kind or a file that begins as its files do."""
        if "://" in argument:
            return cls._is_address(argument)
        from radix_assets.sources.databases.files import holds_magic

        path = Path(argument).expanduser()
        return holds_magic(path, cls.magic[1], cls.magic[0]) or (
            path.suffix.lower() in cls.suffixes and not path.exists()
        )

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: "TableNames") -> list[Self]:
        """Return each file with all tables of all its schemas; `?schema=name` chooses one.

        A table whose name is taken already is named after its schema or its file as well. Paths below the project root,
        the grandparent of the project's folder, are relative to that folder; others are absolute. Raise SourceError
        RDX-SRC-014 if there is no table, and what opening raises.
        """
        from radix_assets.sources.databases.files import path_of

        sources = []
        for argument in arguments:
            address, asked = split_schema(cls._address(argument, context))
            path = path_of(address, context.folder)
            with cls._opened(path) as connection:
                schemas = cls._schemas(connection, asked)
            if not any(tables for _, tables in schemas):
                raise cls._no_table(schemas[0][0], address)
            for place, (schema, tables) in enumerate(schemas):
                prefix = schema if place else path.stem
                chosen = {table: names.unused(table, f"{prefix}_{table}") for table in tables}
                settings: dict[str, Any] = {"database": address, "tables": tables}
                renamed = {table: name for table, name in chosen.items() if name != table}
                settings |= ({"names": renamed} if renamed else {}) | ({"schema": schema} if schema else {})
                sources += [cls(**settings)] if tables else []
        return sources

    @classmethod
    def _schemas(cls, connection: Any, asked: str | None) -> list[tuple[str, list[str]]]:
        """Return the schemas with their tables, the default one first."""
        return [cls._tables(connection, asked)]

    def reads_file(self, file: Path, context: SourceContext) -> bool:
        from radix_assets.sources.databases.files import path_of

        database = path_of(self.database, context.folder).resolve()
        return file in {database, *(database.with_name(database.name + suffix) for suffix in self.beside)}

    @classmethod
    def _address(cls, argument: str, context: SourceContext) -> str:
        from radix_assets.sources.databases.files import path_of
        from radix_assets.sources.read.listing import relative_path

        mark, query = "", ""
        if "://" in argument:
            path, (_, mark, query) = path_of(argument, Path.cwd()), argument.partition("?")
            below_root = path_of(argument.replace(":///", ":////", 1), Path.cwd())
            if not path.exists() and below_root.exists():
                path = below_root  # three slashes before an absolute path
        else:
            path = Path(argument).expanduser()
        place = relative_path(path, context.folder).replace("%", "%25").replace("?", "%3F")
        return f"{cls.schemes[0]}:///{place}{mark}{query}"

    @classmethod
    def _list(cls, address: str, schema: str | None, context: SourceContext) -> tuple[str, list[str]]:
        from radix_assets.sources.databases.files import path_of

        with cls._opened(path_of(address, context.folder)) as connection:
            return cls._tables(connection, schema)

    @classmethod
    @abstractmethod
    def _opened(cls, path: Path) -> "contextlib.AbstractContextManager[Any]":
        """Open the file read-only."""

    @classmethod
    @abstractmethod
    def _tables(cls, connection: Any, schema: str | None) -> tuple[str, list[str]]:
        """Return the schema, empty if the kind has none, and its tables."""

    @abstractmethod
    def _stage(self, connection: Any, table: str, work: Path, path: Path, cursor: "Cursor | None") -> "Staged":
        """Stage a table."""

    def _file(self, context: SourceContext) -> Path:
        from radix_assets.sources.databases.files import path_of

        return path_of(self.database, context.folder)

    def describe_table(self, table: str) -> str:
        schema = getattr(self, "schema_name", "")
        return f"{self.database} · {schema}{'.' if schema else ''}{self._in_database(table)}"

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the size and the modification time of the file."""
        from radix_assets.sources.databases.files import file_version

        file = self._file(context)
        with self._opened(file):  # raise now what reading would raise
            return self._with_period(file_version(file, self.beside), table)

    @contextlib.contextmanager
    def hold_state(self, context: SourceContext) -> Iterator[SourceContext]:
        with self._opened(self._file(context)) as connection:
            yield replace(context, state=connection)

    def _read(self, table: str, work: Path, context: SourceContext, cursor: "Cursor | None") -> "Staged":
        with contextlib.ExitStack() as stack:
            connection = context.state or stack.enter_context(self._opened(self._file(context)))
            return self._stage(connection, table, work, self._file(context), cursor)

    def read_sample(self, table: str, work: Path, context: SourceContext) -> "Sample | None":
        with contextlib.ExitStack() as stack:
            connection = context.state or stack.enter_context(self._opened(self._file(context)))
            return self._sample(connection, self._in_database(table), work, self._file(context))

    def _sample(self, connection: Any, table: str, work: Path, path: Path) -> "Sample | None":
        """Stage a sample of a table; None if the kind has no cheap way to that."""
        del connection, table, work, path
        return None

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        """Return the size of the whole file; its tables have none of their own."""
        del table
        file = self._file(context)
        return file.stat().st_size if file.exists() else None

    def probe(self, context: SourceContext) -> ProbeResult:
        with self._opened(self._file(context)) as connection:
            _, tables = self._tables(connection, getattr(self, "schema_name", None))
        return ProbeResult(f"opened read-only; {counted(len(tables), 'table')}")
