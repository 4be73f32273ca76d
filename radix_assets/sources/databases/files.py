"""Database files: their addresses, and what can be said of them without opening them."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from radix_resources.errors import SourceError


def path_of(address: str, folder: Path) -> Path:
    """Return the file of an address such as sqlite:///shop.db, relative to `folder` unless it begins with /."""
    place = unquote(address.partition("://")[2].removeprefix("/").partition("?")[0])
    return Path(os.path.abspath(folder / place))  # noqa: PTH100 the folder of a project to be is not there yet


def existing(path: Path, scheme: str) -> Path:
    """Return the path. Raise SourceError RDX-SRC-013 if it is not a file."""
    if not path.is_file():
        raise SourceError(
            "RDX-SRC-013",
            f"there is no database file {path.name!r}",
            expected=f"{scheme}:///path, relative to the project file, or {scheme}:////path",
            hint="check the path",
            file=path.name,
        )
    return path


def holds_magic(path: Path, magic: bytes, start: int = 0) -> bool:
    """Return whether a file has these bytes at a place. Never raises."""
    try:
        with path.open("rb") as file:
            return file.read(start + len(magic))[start:] == magic
    except OSError:
        return False


def file_version(path: Path, suffixes: Sequence[str]) -> str:
    """Return a digest of size and modification time of a database file, and of those beside it with recent changes."""
    files = [path, *(path.with_name(path.name + suffix) for suffix in suffixes)]
    states = [file.stat() for file in files if file.exists()]
    return hashlib.sha256("".join(f"{s.st_size} {s.st_mtime_ns};" for s in states).encode()).hexdigest()
