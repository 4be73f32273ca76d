"""Create a file once and replace it as a whole, durably, so that no concurrent writer loses a change."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from radix_assets.tags_file.exchange import exchange, read_when_closed
from radix_assets.tags_file.file import read_text, sha_of
from radix_resources.errors import TagError
from radix_resources.files import draft, locked, put_if_absent, sync_directory, write_atomically

_MODE = 0o644
Companion = tuple[Path, bytes]
"""Path and content of a file that is written before the text, and restored if the text cannot be written."""


def create(path: Path, text: str, companion: Companion | None = None) -> bool:
    """Write a new file. Return False, with nothing done, if it already exists."""
    with locked(path.parent):
        if path.exists():
            return False
        with _write_companion_first(companion) as undo:
            if not put_if_absent(path, text, mode=_MODE):
                undo()
                return False
    return True


def rewrite(
    path: Path,
    change: Callable[[str], str],
    *,
    expected: str | None = None,
    companion: Callable[[], Companion | None] = lambda: None,
) -> bool:
    """Replace a file's text by the result of `change`. Return False if that equals the present text.

    Radix's own writers wait for each other. `expected` is the sha256 of the text that the caller saw. `companion` is
    called after `change`, and its file is written first. Raise TagError RDX-TAG-006, and change nothing, if another
    program changed the file since then, while `change` ran, or during the write itself.
    """
    path = path.resolve()
    with locked(path.parent):
        before = read_text(path)
        if expected is not None and sha_of(before) != expected:
            raise changed(path)
        after = change(before)
        with _write_companion_first(companion()) as undo:
            if after == before:
                return False
            with draft(path, after, mode=_MODE) as temporary:
                temporary.chmod(path.stat().st_mode)
                if read_text(path) != before:
                    undo()
                    raise changed(path)
                if not _swap(path, temporary, before.encode("utf-8")):
                    undo()
                    raise changed(path)
        sync_directory(path.parent)
    return True


def _swap(path: Path, temporary: Path, before: bytes) -> bool:
    """Replace a file by a draft. Return False, keeping the other version, if another program wrote to it meanwhile."""
    ours = temporary.read_bytes()
    if not exchange(temporary, path):
        temporary.replace(path)
        return True
    if read_when_closed(temporary) != before:
        # The path held another program's newest text, so put it back. The exchange returns our draft, unless that was
        # written to as well: then the other program's text there is newer still, and the older one is saved aside.
        exchange(temporary, path)
        if read_when_closed(temporary) == ours:
            return False
        rescued = path.with_name(f"{path.name}.kept")
        exchange(temporary, path)
        rescued.write_bytes(temporary.read_bytes())
        return False
    return True


def changed(path: Path) -> TagError:
    """Return the error for the writer that comes second."""
    return TagError(
        "RDX-TAG-006",
        "the file was changed by another program in the meantime; nothing was written",
        expected="the file as it was when it was read",
        hint="review the file as it is now, then repeat the edit",
        file=path,
    )


@contextlib.contextmanager
def _write_companion_first(companion: Companion | None) -> Iterator[Callable[[], None]]:
    """Write a companion file first. Yield the function that restores it; an exception restores it too."""
    if companion is None:
        yield lambda: None
        return
    path, content = companion
    old = path.read_bytes() if path.exists() else None

    def undo() -> None:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, old, mode=_MODE)

    if content != old:
        write_atomically(path, content, mode=_MODE)
    try:
        yield undo
    except Exception:
        undo()
        raise
