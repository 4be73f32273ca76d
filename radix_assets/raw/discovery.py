"""From the arguments of `radix new` to the sources of a project file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from radix_assets.project.settings import Project, slug
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.kinds.registry import kind_of_argument, kinds
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials
from radix_resources.errors import ConfigError, RadixError

NO_PROJECT: Final = Path("/without a project/projects/read")
"""A folder for the context of sources: no path is below its grandparent, so that all paths are absolute."""


@dataclass(frozen=True)
class FileLeftOut:
    """A file of a folder that is not taken for a table."""

    file: str
    reason: str

    def as_warning(self) -> dict[str, str]:
        """Return it for a program."""
        return {"code": "left_out", "message": f"{self.file} is not read: {self.reason}; name it to read it"}


@dataclass
class Discovery:
    """What arguments name."""

    sources: list[Source] = field(default_factory=list)
    unread: list[tuple[str, RadixError]] = field(default_factory=list)
    """Files of a folder or a pattern whose tables could not be listed, with the reason."""
    left_out: list[FileLeftOut] = field(default_factory=list)

    @property
    def credential_names(self) -> list[str]:
        """Return the names of the credentials that reading the sources requires, each once."""
        return list(dict.fromkeys(name for source in self.sources for name in source.credential_names()))


@dataclass
class _Others(Discovery):
    """What the files of a folder hold that are of other kinds than files of tables."""

    taken: list[Path] = field(default_factory=list)


def sources_of(arguments: Sequence[str], context: SourceContext, names: TableNames) -> Discovery:
    """Return the sources that arguments of `radix read`, `radix suggest` and `radix new` name.

    An argument is a file, a directory, a pattern, an address, or whatever an installed kind of source takes. The files
    of a directory or a pattern may be of any kind that takes files, such as databases.

    Raise ConfigError RDX-CFG-010 if an argument names nothing, and what listing a source that it names itself raises.
    """
    from radix_assets.sources.read.listing import left_out

    result = Discovery()
    files: list[str] = []
    for argument in arguments:
        kind = kind_of_argument(argument)
        if kind is not FileSource:
            result.sources += kind.discover([argument], context, names)
            continue
        others = _of_other_kinds(argument, context, names)
        result.sources += others.sources
        result.unread += others.unread
        taken = _files_of(argument)
        result.left_out += [FileLeftOut(*file) for file in left_out(argument, [*others.taken, *taken])]
        if (others.sources or others.unread) and not taken:
            continue
        files.append(argument)
    # Named last, since a table from a file may be given another name; listed first.
    result.sources[:0] = FileSource.discover(files, context, names) if files else []
    return result


def _of_other_kinds(argument: str, context: SourceContext, names: TableNames) -> _Others:
    from radix_assets.sources.read.formats import is_readable
    from radix_assets.sources.read.listing import entries

    result = _Others()
    for entry in entries(argument):
        if is_readable(entry.name):
            continue
        kind = next((kind for kind in kinds() if kind is not FileSource and kind.matches_argument(str(entry))), None)
        if kind is None:
            continue
        result.taken.append(entry)
        try:
            result.sources += kind.discover([str(entry)], context, names)
        except RadixError as error:
            result.unread.append((entry.name, error))
    return result


def _files_of(argument: str) -> list[Path]:
    from radix_assets.sources.read.listing import list_files

    try:
        return list_files(argument)
    except ConfigError:
        return []


def discover_all(
    arguments: list[str], folder: Path, credentials: Credentials = NO_CREDENTIALS, cache: Path | None = None
) -> Discovery:
    """Return what the arguments name for a project in `folder`, with `cache` for fetched files. See `sources_of`.

    A file whose tables cannot be listed is an error.
    """
    discovered = sources_of(arguments, SourceContext(folder, credentials, cache=cache), TableNames(slug))
    if discovered.unread:
        raise discovered.unread[0][1]
    return discovered


def discover(
    arguments: list[str], folder: Path, credentials: Credentials = NO_CREDENTIALS, cache: Path | None = None
) -> tuple[list[Source], list[str]]:
    """Return the sources of `discover_all`, and the names of the credentials that reading them requires."""
    discovered = discover_all(arguments, folder, credentials, cache)
    return discovered.sources, discovered.credential_names


def headers(
    project: Project, credentials: Credentials = NO_CREDENTIALS, cache: Path | None = None
) -> dict[str, list[str] | None]:
    """Return the columns of each table, or None if finding them requires reading it."""
    context = SourceContext(project.folder, credentials, cache=cache)
    return {table: source.peek_columns(table, context) for source in project.sources for table in source.list_tables()}
