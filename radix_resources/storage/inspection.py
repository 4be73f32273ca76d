"""Whether a snapshot is what its commit record says, from the cheapest look to the dearest."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from radix_resources.errors import StorageError
from radix_resources.storage.base import Commit, Storage

MARK = ".snapshot"


def sizes(storage: Storage, commit: Commit) -> Iterator[str]:
    """What is wrong as far as names and sizes tell; no file is read."""
    try:
        directory = storage.path(commit)
    except StorageError as error:
        yield error.found
        return
    there = {str(file.relative_to(directory)): file for file in directory.rglob("*") if file.is_file()}
    there.pop(MARK, None)
    for name in sorted(commit.files.keys() - there.keys()):
        yield f"{name} is gone"
    for name in sorted(there.keys() - commit.files.keys()):
        yield f"{name} is no part of it"
    size = sum(file.stat().st_size for file in there.values())
    if there.keys() == commit.files.keys() and size != commit.size:
        yield f"its files have {size:,} bytes and should have {commit.size:,}"


def footers(storage: Storage, commit: Commit) -> Iterator[str]:
    """What is wrong as far as the ends of its Parquet files tell."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    directory = storage.path(commit)
    for name in sorted(commit.files):
        path = directory / name
        if Path(name).suffix == ".parquet" and path.is_file():
            try:
                pq.read_metadata(path)
            except (pa.ArrowInvalid, OSError):
                yield f"{name} is no whole Parquet file"


def is_whole(storage: Storage, commit: Commit) -> bool:
    """Whether a snapshot is there and just as it was written. Reads it all."""
    if any(sizes(storage, commit)):
        return False
    return not any(hashed(storage, commit, name) for name in commit.files)


def hashed(storage: Storage, commit: Commit, name: str) -> str | None:
    """What is wrong with the content of one file, or None."""
    path = storage.path(commit) / name
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if found == commit.files[name] else f"the content of {name} is not what was written"
