"""Errors that all kinds of tables with a log of their versions share."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from radix_resources.errors import RadixError, SourceError


def not_read(what: str, table: str, hint: str) -> SourceError:
    """Return the error for a table that needs something of its reader that Radix does not do."""
    return SourceError(
        "RDX-SRC-070",
        f"the table uses {what}, which is not read",
        expected="a table that can be read whole",
        hint=hint,
        table=table,
    )


def no_such_version(found: str, table: str, latest: object) -> SourceError:
    """Return the error for a version that the table does not have, or no longer."""
    return SourceError(
        "RDX-SRC-071",
        found,
        expected=f"a version that is still there; the newest is {latest}",
        hint="correct the version in project.yaml, or leave it out to read the newest",
        table=table,
    )


def no_such_table(path: Path, what: str, table: str) -> SourceError:
    """Return the error for a folder that is no table."""
    return SourceError(
        "RDX-SRC-013",
        f"{path.name!r} is no {what} table" if path.exists() else f"there is no folder {path.name!r}",
        expected=f"the folder of a {what} table, relative to the project file",
        hint="check the path",
        table=table,
    )


def inside(path: Path, root: Path, table: str) -> Path:
    """Return the path. Raise SourceError RDX-SRC-070 if it is not below the table's folder, links followed."""
    if not path.resolve().is_relative_to(root.resolve()):
        hint = "read a copy of the table that holds its own files (a deep clone)"
        raise not_read("data files outside of its folder", table, hint)
    return path


@contextlib.contextmanager
def table_errors(table: str) -> Iterator[None]:
    """Translate whatever a library raises into SourceError RDX-SRC-005; a full disk or memory is raised unchanged."""
    try:
        yield
    except (RadixError, MemoryError):
        raise
    except OSError as error:
        if error.errno is not None and not isinstance(error, FileNotFoundError):
            raise
        raise _unreadable(error, table) from None
    except Exception as error:  # noqa: BLE001 whatever the library raises is translated
        raise _unreadable(error, table) from None


def _unreadable(error: Exception, table: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the table cannot be read; its log or a data file is damaged or missing ({type(error).__name__})",
        expected="a complete table",
        hint="read it with another program; restore the files that are missing",
        table=table,
    )
