"""Folders of this machine that belong to its owner alone."""

from pathlib import Path

from radix_resources.errors import StorageError


def make_folder(path: Path) -> None:
    """Make a folder, private to its owner, where it is not there. Raises StorageError RDX-STO-009."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "RDX-STO-009",
            f"the folder {path} cannot be made: {error.strerror}",
            expected="a disk with room, and permission to write there",
            hint="look at what is in the way, then run it again",
            folder=path,
        ) from None
