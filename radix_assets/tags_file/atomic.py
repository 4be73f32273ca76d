"""Files that are created once and replaced as a whole, durably, with nothing lost between two writers."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from radix_assets.tags_file.exchange import exchange, settled
from radix_assets.tags_file.file import read_text, sha_of
from radix_resources.errors import TagError
from radix_resources.files import draft, locked, put_if_absent, sync_directory, write_atomically

_MODE = 0o644
Beside = tuple[Path, bytes]
"""A file that is written before the text is, and taken back where the text could not be."""


def create(path: Path, text: str, beside: Beside | None = None) -> bool:
    """Write a new file; False, and nothing done, where there is one already."""
    with locked(path.parent):
        if path.exists():
            return False
        with _written_first(beside) as undo:
            if not put_if_absent(path, text, mode=_MODE):
                undo()
                return False
    return True


def rewrite(
    path: Path,
    change: Callable[[str], str],
    *,
    expected: str | None = None,
    beside: Callable[[], Beside | None] = lambda: None,
) -> bool:
    """Replace a file's text by what `change` makes of it; False where that is the same.

    Radix's own writers wait for each other. `expected` is the sha256 of the text that the caller saw. `beside`, asked
    after `change`, is written first. Raises TagError RDX-TAG-006, and changes nothing, where somebody else changed the
    file since then, or while `change` ran, or in the very moment of writing.
    """
    path = path.resolve()
    with locked(path.parent):
        before = read_text(path)
        if expected is not None and sha_of(before) != expected:
            raise changed(path)
        after = change(before)
        with _written_first(beside()) as undo:
            if after == before:
                return False
            with draft(path, after, mode=_MODE) as temporary:
                temporary.chmod(path.stat().st_mode)
                if read_text(path) != before:
                    undo()
                    raise changed(path)
                if not _swapped(path, temporary, before.encode("utf-8")):
                    undo()
                    raise changed(path)
        sync_directory(path.parent)
    return True


def _swapped(path: Path, temporary: Path, before: bytes) -> bool:
    """Put a draft in the place of a file. Where somebody wrote into the file meanwhile, theirs stays, and False."""
    ours = temporary.read_bytes()
    if not exchange(temporary, path):
        temporary.replace(path)
        return True
    if settled(temporary) != before:
        # What was at the path is somebody's newest text, and it goes back. What comes out in exchange is our draft,
        # unless somebody wrote into that too: then theirs is newer still, and the older of the two is kept aside.
        exchange(temporary, path)
        if settled(temporary) == ours:
            return False
        kept = path.with_name(f"{path.name}.kept")
        exchange(temporary, path)
        kept.write_bytes(temporary.read_bytes())
        return False
    return True


def changed(path: Path) -> TagError:
    """The error of whoever comes second."""
    return TagError(
        "RDX-TAG-006",
        "somebody else changed the file meanwhile; nothing was written",
        expected="the file as it was when you looked",
        hint="look at the file as it is now, then do it again",
        file=path,
    )


@contextlib.contextmanager
def _written_first(beside: Beside | None) -> Iterator[Callable[[], None]]:
    """Another file, written before; called, it is as it was. So it is where an exception passes."""
    if beside is None:
        yield lambda: None
        return
    path, content = beside
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
