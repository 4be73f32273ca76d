"""The files that arguments of `radix new` name."""

import difflib
import glob
import os
import re
from collections.abc import Iterable
from pathlib import Path

from radix_assets.sources.read.dialect import detect
from radix_assets.sources.read.files import is_readable
from radix_resources.errors import ConfigError

_NOT_TABLES = {"truth.json"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ALIKE = 0.8
"""A .txt file in a directory is a table if this share of its lines has as many cells as the first."""


def list_files(arguments: Iterable[str]) -> list[Path]:
    """Return the files that the arguments name, each once. An argument is a file, a directory or a pattern.

    Raise ConfigError RDX-CFG-010 if an argument names no readable file.
    """
    files: dict[Path, Path] = {}
    for argument in arguments:
        for file in _list(argument):
            files.setdefault(file.resolve(), file)
    return list(files.values())


def relative_path(path: Path, folder: Path) -> str:
    """Return a path relative to a project's folder if it is below the folder's grandparent, else the absolute path."""
    absolute, root = Path(os.path.abspath(path)), Path(os.path.abspath(folder)).parent.parent  # noqa: PTH100 links stay as they are
    if absolute.is_relative_to(root):
        return Path(os.path.relpath(absolute, os.path.abspath(folder))).as_posix()  # noqa: PTH100
    return absolute.as_posix()


def _list(argument: str) -> list[Path]:
    scheme = _SCHEME.match(argument)
    if scheme:  # the address is not repeated: it may hold a password
        raise ConfigError(
            "RDX-CFG-010",
            f"no kind of source accepts {scheme[0]}",
            expected="postgresql:// or a path",
            hint="install a package for it",
        )
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
        problem = f"the folder {argument!r} holds no readable file"
    else:
        files = sorted(entry for entry in map(Path, glob.glob(str(path), recursive=True)) if _is_table(entry))  # noqa: PTH207 a pattern may be absolute
        problem = f"there is no {argument!r}"
    if files:
        return files
    near = []
    if path.parent.is_dir():
        near = difflib.get_close_matches(path.name, sorted(entry.name for entry in path.parent.iterdir()), n=3)
    raise ConfigError(
        "RDX-CFG-010",
        problem,
        expected="a file (CSV, TSV, TXT, Parquet, XLSX, XLS), a folder of them, a pattern, or postgresql://…",
        hint=f"near it are {', '.join(near)}" if near else "check the path; it is relative to the current directory",
    )


def _is_table(path: Path) -> bool:
    """Return whether a file in a directory is likely a table: a known ending, not a note, not hidden, not empty."""
    if not path.is_file() or path.name.startswith(".") or path.name in _NOT_TABLES or not is_readable(path.name):
        return False
    if path.name.lower().endswith(".txt"):
        try:
            dialect = detect(path, None)
        except OSError:
            return False
        return dialect is not None and dialect.width > 1 and dialect.alike > _ALIKE
    return not path.name.startswith("~$")
