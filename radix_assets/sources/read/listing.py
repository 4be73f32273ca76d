"""The files that arguments of `radix read`, `radix suggest` and `radix new` name."""

import difflib
import glob
import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from radix_assets.sources.read.dialect import detect
from radix_assets.sources.read.files import MAGIC_CHARACTERS, kind_of
from radix_assets.sources.read.formats import READABLE, is_readable
from radix_assets.sources.read.lakes import catalog_tables, lake_of
from radix_assets.sources.read.place import Place
from radix_resources.errors import ConfigError, SourceError

_NOT_TABLES: Final = {"truth.json", "metadata.json", "schema.json", "package.json", "datapackage.json"}
_NOTES: Final = re.compile(r"(read_?me|licen[cs]e|copying|changelog|notice|authors?|citation)(\W.*)?", re.IGNORECASE)
"""Names of files that describe data and hold none."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PARTITION = re.compile(r"[^=]+=[^=]*")
_MAGIC = re.compile(f"[{re.escape(MAGIC_CHARACTERS)}]")
_ALIKE = 0.8
"""A .txt file in a directory is a table if this share of its lines has as many cells as the first."""
_DEEPEST, _DEEPEST_LAKE = 8, 3


def list_files(argument: str) -> list[Path]:
    """Return the files that an argument names, sorted. An argument is a file, a directory or a pattern.

    A directory stands for the files in it that are likely tables; if there is none, for those in the directories in
    it. A directory whose name ends as a file's (`orders.parquet/`, as Spark writes it) and one partitioned into
    `year=2024/` are searched as well. Raise ConfigError RDX-CFG-010 if the argument names no readable file.
    """
    scheme = _SCHEME.match(argument)
    if scheme:  # the address is not repeated: it may hold a password
        raise ConfigError(
            "RDX-CFG-010",
            f"no kind of source reads {scheme[0]}",
            expected="a path, or postgresql://, mysql://, mssql://, snowflake://, mongodb://, kafka://, s3://, gs://, "
            "az://, sftp://, https://, http://, sqlite:/// or duckdb:///",
            hint="download the files and name their folder, or install a package that reads such addresses",
        )
    path = Path(argument).expanduser()
    if path.is_file():
        return [_required(path)]
    if path.is_dir():
        files = sorted(_in_folder(path)) or sorted(file for below in _folders(path) for file in _in_folder(below))
        problem = f"the folder {argument!r} holds no readable file"
    elif path.exists():
        files = []
        problem = f"{argument!r} is a pipe or a device, not a file"
    else:
        entries = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 a pattern may be absolute
        files = [entry for entry in entries if is_table(entry)]
        problem = f"there is no file or folder {argument!r}"
    if files:
        return files
    near = []
    if path.parent.is_dir():
        others = sorted(entry.name for entry in path.parent.iterdir() if entry.name != path.name)
        near = difflib.get_close_matches(path.name, others, n=3) if not path.exists() else []
    raise ConfigError(
        "RDX-CFG-010",
        problem,
        expected=f"a file ({READABLE}), a folder of them, a pattern, or a URL such as postgresql://… or s3://…",
        hint=f"similar names there: {', '.join(near)}"
        if near
        else "name the files themselves; a folder stands for those whose names end as these formats do"
        if path.is_dir()
        else "check the path; it is relative to the current directory",
    )


def entries(argument: str) -> list[Path]:
    """Return what a directory or a pattern holds: files, whatever they are, and folders that are tables with a log.

    Those may be in a folder of the directory, as the namespaces of a catalog are; one that a catalog among the files
    lists is left out, since the catalog names it. Empty for anything else.
    """
    path = Path(argument).expanduser()
    if path.is_file() or _SCHEME.match(argument):
        return []
    entries = list(path.iterdir() if path.is_dir() else map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 may be absolute
    visible = [entry for entry in entries if not entry.name.startswith(".")]
    if path.is_dir():
        visible += [lake for entry in visible if entry.is_dir() and not lake_of(entry) for lake in _lakes_below(entry)]
    result = sorted(entry for entry in visible if entry.is_file() or lake_of(entry))
    folders = {each.folder.resolve() for entry in result for each in catalog_tables(entry) if each.folder}
    return [entry for entry in result if entry.resolve() not in folders]


def _lakes_below(folder: Path, depth: int = 1) -> Iterator[Path]:
    for entry in _listed(folder):
        if entry.is_dir() and lake_of(entry):
            yield entry
        elif entry.is_dir() and depth < _DEEPEST_LAKE:
            yield from _lakes_below(entry, depth + 1)


def _listed(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError:
        return []


def left_out(argument: str, taken: Collection[Path]) -> list[tuple[str, str]]:
    """Return the files of a directory or a pattern that are not among those taken, and why each is not read.

    Hidden files and those that describe data, such as a README, are not listed.
    """
    result = []
    paths = {path.resolve() for path in taken}
    for entry in entries(argument):
        if not entry.is_file() or entry.resolve() in paths or entry.name.startswith(("_", "~$")):
            continue
        if _NOTES.fullmatch(entry.name) or entry.name.lower() in _NOT_TABLES:
            continue
        known = is_readable(entry.name)
        reason = "its lines have no columns in common" if known else "its name is not that of a table"
        result.append((entry.name, reason))
    path = Path(argument).expanduser()
    for folder in sorted(_folders(path)) if path.is_dir() else []:
        if any(folder.resolve() in file.parents for file in paths):
            continue
        if any(entry.is_file() and is_named_as_table(entry.name) for entry in _listed(folder)):
            result.append((f"{folder.name}/", "it is a folder beside files that are read"))
    return result


def relative_path(path: Path, folder: Path) -> str:
    """Return a path relative to a project's folder if it is below the folder's grandparent, else the absolute path."""
    absolute, root = Path(os.path.abspath(path)), Path(os.path.abspath(folder)).parent.parent  # noqa: PTH100 links stay as they are
    if absolute.is_relative_to(root):
        return Path(os.path.relpath(absolute, os.path.abspath(folder))).as_posix()  # noqa: PTH100
    return absolute.as_posix()


def partition_root(path: Path) -> Path | None:
    """Return the directory above the first one named like `year=2024`, of a file below such directories."""
    first = next((parent for parent in reversed(path.parents) if _PARTITION.fullmatch(parent.name)), None)
    return first.parent if first else None


def _required(path: Path) -> Path:
    """Return a file that an argument names itself, whatever its name, if its content may be a table."""
    if is_readable(path.name):
        return path
    try:
        kind_of(path, Place(path.stem, path.name))
    except SourceError as error:
        raise ConfigError(
            "RDX-CFG-010",
            f"{path.name!r} has a format that is not read: {error.found}",
            expected=READABLE,
            hint="convert the file",
        ) from None
    if _NOTES.fullmatch(path.name) or path.suffix.lower() in {".md", ".rst", ".py", ".html", ".xml", ".yaml", ".yml"}:
        raise ConfigError(
            "RDX-CFG-010",
            f"{path.name!r} has a format that is not read",
            expected=READABLE,
            hint="convert the file",
        )
    return path


def _in_folder(folder: Path, depth: int = 0) -> Iterator[Path]:
    """Yield the tables in a directory, and in those below that are one table in many files."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and (entry.name.startswith((".", "_")) or lake_of(entry)):
            continue
        if is_table(entry):
            yield entry
        elif entry.is_dir() and depth < _DEEPEST and (_PARTITION.fullmatch(entry.name) or is_readable(entry.name)):
            yield from _in_folder(entry, depth + 1)


def _folders(folder: Path) -> Iterable[Path]:
    folders = (entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_")))
    return sorted(entry for entry in folders if not lake_of(entry))


def is_table(path: Path) -> bool:
    """Return whether a file in a directory is likely a table: a known ending, not a note, not hidden."""
    if not path.is_file() or not is_named_as_table(path.name):
        return False
    if path.name.lower().endswith(".txt"):
        try:
            dialect = detect(path, None)
        except OSError:
            return False
        return dialect is not None and dialect.width > 1 and dialect.alike > _ALIKE
    return True


def is_named_as_table(name: str) -> bool:
    """Return whether the name of a file, without its directory, is that of a table."""
    if name.startswith((".", "~$")) or name.lower() in _NOT_TABLES or not is_readable(name):
        return False
    return not _NOTES.fullmatch(name) or name.lower().endswith((".csv", ".tsv", ".parquet"))
