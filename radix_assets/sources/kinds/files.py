"""Files of every format that is read, also compressed or in an archive."""

import fnmatch
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.read.settings import FileSettings
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.read.sample import Sample
    from radix_assets.sources.read.staging import Staged


class FileSource(FileSettings, Source):
    """One table from one file, or from many files of the same shape."""

    kind: ClassVar[str] = "files"

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "path" in settings and "://" not in str(settings["path"])

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        """Return whether it is a directory or a readable file; `discover` also takes patterns and explains the rest."""
        if "://" in argument:
            return False
        from radix_assets.sources.read.formats import is_readable
        from radix_assets.sources.read.lakes import lake_of

        path = Path(argument).expanduser()
        if lake_of(path):
            return False
        return path.is_dir() or is_readable(path.name)

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each table. Files that are one table in parts become one source.

        An argument is a file, a directory (all readable files in it) or a pattern; an archive, a workbook or a document
        of nested records is a source for each table in it. Paths below the project root, the grandparent of the
        project's folder, are relative to that folder; others are absolute. Raise ConfigError RDX-CFG-010 if an argument
        names nothing.
        """
        from radix_assets.sources.read.listing import list_files, relative_path
        from radix_assets.sources.read.parts import tables_of

        files: dict[Path, Path] = {}
        for argument in arguments:
            for file in list_files(argument):
                files.setdefault(file.resolve(), file)
        return [
            cls(
                table=names.unused(table.name),
                path=relative_path(table.path, context.folder),
                part=table.part,
                sheet=table.sheet,
            )
            for table in tables_of(files.values())
        ]

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        del table
        return " · ".join(filter(None, (self.path, self.part, self.sheet)))

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the names, sizes and modification times of the files."""
        from radix_assets.sources.read.files import fingerprint

        del table
        return fingerprint(self, context.folder)

    def is_settling(self, context: SourceContext, seconds: float) -> bool:
        from radix_assets.sources.read.files import was_just_written

        return was_just_written(self, context.folder, seconds)

    def peek_columns(self, table: str, context: SourceContext) -> list[str] | None:
        from radix_assets.sources.read.headers import read_header

        del table
        return read_header(self, context.folder)

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.read.appended_files import state_of_files
        from radix_assets.sources.read.stage_files import stage_files

        del table
        files = state_of_files(self, context.folder)
        staged = stage_files(self, context.folder, work)
        staged.state = {"files": files, "last": staged.hashes[-1] if staged.hashes else ""}
        return staged

    def read_appended(self, table: str, work: Path, context: SourceContext) -> "Staged | None":
        from radix_assets.sources.read.appended_files import stage_appended
        from radix_assets.sources.schema import read_schema

        del table
        if context.previous is None:
            return None
        dialect = read_schema(context.previous.folder).dialect
        return stage_appended(self, context.folder, work, context.previous.state, dialect)

    def read_sample(self, table: str, work: Path, context: SourceContext) -> "Sample | None":
        from radix_assets.sources.read.sample_files import sample_files

        del table
        return sample_files(self, context.folder, work)

    def estimate_bytes(self, table: str, context: SourceContext) -> int | None:
        from radix_assets.sources.read.files import find

        del table
        return sum(file.stat().st_size for file in find(self, context.folder))

    def reads_file(self, file: Path, context: SourceContext) -> bool:
        from radix_assets.sources.read.files import find

        if fnmatch.fnmatchcase(str(file), os.path.normpath(context.folder.resolve() / self.path)):
            return True
        try:
            return file in (path.resolve() for path in find(self, context.folder))
        except SourceError:
            return False
