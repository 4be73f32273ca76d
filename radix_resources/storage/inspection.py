"""Compare a snapshot with its commit record, from the cheapest check to the most expensive."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from radix_resources.errors import StorageError
from radix_resources.storage.base import Commit, Storage

MARK = ".snapshot"


def sizes(storage: Storage, commit: Commit) -> Iterator[str]:
    """Yield what differs in names and sizes. No file is read."""
    try:
        directory = storage.path(commit)
    except StorageError as error:
        yield error.found
        return
    files = {str(file.relative_to(directory)): file for file in directory.rglob("*") if file.is_file()}
    files.pop(MARK, None)
    for name in sorted(commit.files.keys() - files.keys()):
        yield f"{name} is missing"
    for name in sorted(files.keys() - commit.files.keys()):
        yield f"{name} is not part of it"
    size = sum(file.stat().st_size for file in files.values())
    if files.keys() == commit.files.keys() and size != commit.size:
        yield f"its files have {size:,} bytes and should have {commit.size:,}"


def footers(storage: Storage, commit: Commit) -> Iterator[str]:
    """Yield what is wrong with the footers of its Parquet files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    directory = storage.path(commit)
    for name in sorted(commit.files):
        path = directory / name
        if Path(name).suffix == ".parquet" and path.is_file():
            try:
                pq.read_metadata(path)
            except (pa.ArrowInvalid, OSError):
                yield f"{name} is not a complete Parquet file"


def is_whole(storage: Storage, commit: Commit) -> bool:
    """Return whether a snapshot exists and is exactly as it was written. Reads every file."""
    if any(sizes(storage, commit)):
        return False
    return not any(hashed(storage, commit, name) for name in commit.files)


def hashed(storage: Storage, commit: Commit, name: str) -> str | None:
    """Return what is wrong with the content of one file, or None."""
    path = storage.path(commit) / name
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if digest == commit.files[name] else f"the content of {name} is not what was written"
