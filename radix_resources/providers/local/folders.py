"""Private folders of this machine."""

from pathlib import Path

from radix_resources.errors import StorageError


def make_folder(path: Path) -> None:
    """Create a folder that only its owner can read, unless it exists. Raise StorageError RDX-STO-009."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "RDX-STO-009",
            f"the folder {path} cannot be created: {error.strerror}",
            expected="a disk with free space, and permission to write to it",
            hint="inspect what blocks the path, then run it again",
            folder=path,
        ) from None
