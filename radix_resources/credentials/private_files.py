"""Small files that only their owner may read, replaced atomically."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from radix_resources.errors import CredentialError
from radix_resources.files import PRIVATE, locked, write_atomically

OTHERS = 0o077


def read(path: Path) -> dict[str, Any] | None:
    """Read the file's JSON object; None if there is no file.

    Raise CredentialError RDX-CRD-006 if others may read or write it, RDX-CRD-005 if it is not such an object.
    """
    try:
        status = path.stat()
        if status.st_mode & OTHERS or status.st_uid != os.geteuid():
            raise CredentialError(
                "RDX-CRD-006",
                "a credentials file can be accessed by others than its owner",
                expected="mode 0600, owned by the user who runs Radix",
                hint=f"chown and chmod 600 {path}; replace the credentials that others may have read",
                file=path,
            )
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise damaged(path, type(error).__name__) from None
    if not isinstance(content, dict):
        raise damaged(path, "not a JSON object")
    return content


def damaged(path: Path, why: str) -> CredentialError:
    """Return the error for a file whose content Radix cannot have written."""
    return CredentialError(
        "RDX-CRD-005",
        f"a credentials file cannot be read: {why}",
        expected="the file as Radix wrote it, by this version or an earlier one",
        hint=f"restore it from a copy, or move {path} away and set the credentials again",
        file=path,
    )


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file atomically: readers and crashes leave the old or the new content, complete."""
    write_atomically(path, json.dumps(content, indent=1, sort_keys=True), mode=PRIVATE)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Lock the file against other writers, so that concurrent changes to different items are all stored."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(path.with_name(f".{path.name}.lock")):
        yield
