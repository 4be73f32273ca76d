"""From the arguments of `radix new` to the sources of a project file."""

import difflib
import glob
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from radix_assets.project.settings import DatabaseSource, FileSource, slug
from radix_assets.sources.addresses import with_reference, without_secret
from radix_assets.sources.read.database import list_tables
from radix_assets.sources.read.dialect import detect
from radix_assets.sources.read.files import is_readable
from radix_assets.sources.read.parts import tables_of
from radix_resources.credentials.lookup import names_in
from radix_resources.errors import ConfigError, SourceError

_IGNORED = {"truth.json"}
_DATABASE = re.compile(r"^postgres(ql)?://")
_ALIKE = 0.8
"""A .txt file of a folder is a table where so many of its lines have as many cells as the first."""


def discover(arguments: list[str], folder: Path) -> tuple[list[FileSource | DatabaseSource], list[str]]:
    """The sources that the arguments name, and the credentials that are needed to read them.

    An argument is a file, a directory (all readable files in it), a pattern, or a postgresql:// address (all tables of
    its schema; `?schema=name` chooses another than public). Files that are one table in parts become one source. Paths
    below the project root, the grandparent of the project's `folder`, are relative to `folder`; others are absolute. A
    password in an address is replaced by a reference such as ${SHOP_PASSWORD}.

    Raises ConfigError RDX-CFG-010 where an argument names nothing, and what listing a database raises.
    """
    sources: list[FileSource | DatabaseSource] = []
    secrets: list[str] = []
    names: set[str] = set()
    seen: set[Path] = set()
    files: list[Path] = []
    for argument in arguments:
        if _DATABASE.match(argument):
            source = _database(argument, names)
            sources.append(source)
            secrets += [name for name in names_in(source.database) if name not in secrets]
            continue
        for file in _files(argument):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                files.append(file)
    named = [FileSource(table=_unused(name, names), path=_relative(place, folder)) for name, place in tables_of(files)]
    return [*named, *sources], secrets


def _files(argument: str) -> list[Path]:
    path = Path(argument).expanduser()
    if path.is_file():
        if not is_readable(path.name):
            raise ConfigError(
                "RDX-CFG-010",
                f"{argument!r} is of a kind that is not read",
                expected="CSV, TSV, TXT (also .gz), Parquet, XLSX or XLS",
                hint="convert the file",
            )
        return [path]
    if path.is_dir():
        files = sorted(entry for entry in path.iterdir() if _is_table(entry))
        what = f"the folder {argument!r} holds no readable file"
    else:
        files = sorted(entry for entry in map(Path, glob.glob(str(path), recursive=True)) if _is_table(entry))  # noqa: PTH207 a pattern may be absolute
        what = f"there is no {argument!r}"
    if files:
        return files
    near = []
    if path.parent.is_dir():
        near = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), n=3)
    raise ConfigError(
        "RDX-CFG-010",
        what,
        expected="a file (CSV, TSV, TXT, Parquet, XLSX, XLS), a folder of them, a pattern, or postgresql://…",
        hint=f"near it are {', '.join(near)}" if near else "check the path; it is relative to where you are",
    )


def _is_table(path: Path) -> bool:
    """Whether a file of a folder is likely a table: of a known ending, no note, not hidden, not empty."""
    if not path.is_file() or path.name.startswith(".") or path.name in _IGNORED or not is_readable(path.name):
        return False
    if path.name.lower().endswith(".txt"):
        try:
            dialect = detect(path, None)
        except OSError:
            return False
        return dialect is not None and dialect.width > 1 and dialect.alike > _ALIKE
    return not path.name.startswith("~$")


def _unused(name: str, names: set[str]) -> str:
    """The name, with a number where its asset key is taken."""
    candidate, number = name, 2
    while slug(candidate) in names:
        candidate, number = f"{name}_{number}", number + 1
    names.add(slug(candidate))
    return candidate


def _relative(path: Path, folder: Path) -> str:
    absolute, root = Path(os.path.abspath(path)), Path(os.path.abspath(folder)).parent.parent  # noqa: PTH100 links stay as they are
    if absolute.is_relative_to(root):
        return Path(os.path.relpath(absolute, os.path.abspath(folder))).as_posix()  # noqa: PTH100
    return absolute.as_posix()


def _database(argument: str, names: set[str]) -> DatabaseSource:
    address, schema = _schema(argument)
    tables = list_tables(address, schema)
    if not tables:
        raise SourceError(
            "RDX-SRC-014",
            f"the schema {schema!r} holds no table",
            expected="a table or a view",
            hint="name another schema: postgresql://…?schema=name",
            database=without_secret(address),
        )
    clash = [table for table in tables if slug(table) in names]
    tables = [table for table in tables if table not in clash]
    if clash or len({slug(table) for table in tables}) < len(tables):
        raise ConfigError(
            "RDX-CFG-010",
            f"two tables are called {', '.join(clash) or 'alike'}",
            expected="every table has a name of its own",
            hint="name fewer sources, and add the others to the project file by hand",
        )
    names.update(slug(table) for table in tables)
    parts = urlsplit(address)
    name = re.sub(r"\W+", "_", parts.path.strip("/") or parts.hostname or "database", flags=re.ASCII).upper()
    return DatabaseSource(database=with_reference(address, f"{name}_PASSWORD"), tables=tables, schema=schema)


def _schema(argument: str) -> tuple[str, str]:
    """The address without `schema=`, which the server does not know, and the schema."""
    base, mark, query = argument.partition("?")
    parameters = [parameter for parameter in query.split("&") if parameter]
    chosen = [parameter.partition("=")[2] for parameter in parameters if parameter.startswith("schema=")]
    rest = [parameter for parameter in parameters if not parameter.startswith("schema=")]
    return base + (mark if rest else "") + "&".join(rest), (chosen or ["public"])[-1]
