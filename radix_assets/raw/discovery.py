"""From the arguments of `radix new` to the sources of a project file."""

from collections import defaultdict
from pathlib import Path

from radix_assets.project.settings import Project, slug
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.kinds.files import FileSource
from radix_assets.sources.kinds.registry import kind_of_argument
from radix_resources.credentials.lookup import NO_CREDENTIALS, Credentials


def discover(
    arguments: list[str], folder: Path, credentials: Credentials = NO_CREDENTIALS
) -> tuple[list[Source], list[str]]:
    """Return the sources that the arguments name, and the names of the credentials that reading them requires.

    An argument is a file, a directory (all readable files in it), a pattern, a postgresql:// address, or whatever an
    installed kind of source takes. `folder` is the folder of the project to be. See `discover` of each kind.

    Raise ConfigError RDX-CFG-010 if an argument names nothing, and what listing a source raises.
    """
    by_kind: dict[type[Source], list[str]] = defaultdict(list)
    for argument in arguments:
        by_kind[kind_of_argument(argument)].append(argument)
    files = by_kind.pop(FileSource, [])
    context, names = SourceContext(folder, credentials), TableNames(slug)
    sources: list[Source] = []
    for kind, own in by_kind.items():
        sources += kind.discover(own, context, names)
    # Named last, since a table from a file may be given another name; listed first.
    sources[:0] = FileSource.discover(files, context, names) if files else []
    return sources, list(dict.fromkeys(name for source in sources for name in source.credential_names()))


def headers(project: Project, credentials: Credentials = NO_CREDENTIALS) -> dict[str, list[str] | None]:
    """Return the columns of each table, or None if finding them requires reading it."""
    context = SourceContext(project.folder, credentials)
    return {table: source.peek_columns(table, context) for source in project.sources for table in source.list_tables()}
