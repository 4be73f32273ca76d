"""Snapshots in a directory of this machine."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from radix_resources.errors import StorageError
from radix_resources.files import put_if_absent, sync_directory, write_atomically
from radix_resources.storage.base import Attempt, Commit, Failure, Fence, Storage

_PARTS = ("commits", "snapshots", "failures")
_ALL = (*_PARTS, "tmp")
"""`tmp` also contains what killed attempts have left, and damaged snapshots."""
PAGES = {".html", ".png", ".svg"}
"""Files for people. They contain dates and ids of the libraries that write them, so they do not count as data."""


class LocalStorage(Storage):
    """Snapshots below one directory: `commits/`, `snapshots/` and, while they are written, `tmp/`."""

    root: str

    def latest(self, asset: str) -> Commit | None:
        records = self._records(asset)
        return _read(records[-1]) if records else None

    def assets(self) -> list[str]:
        root = Path(self.root, "commits")
        return sorted({str(record.parent.relative_to(root)) for record in root.rglob("[0-9]*.json")})

    def history(self, asset: str) -> list[Commit]:
        return [_read(record) for record in self._records(asset)]

    def is_there(self, commit: Commit) -> bool:
        return Path(self.root, commit.directory).is_dir()

    def path(self, commit: Commit) -> Path:
        directory = Path(self.root, commit.directory)
        if not directory.is_dir():
            raise StorageError(
                "RDX-STO-001",
                f"the snapshot {commit.directory} is missing",
                expected="a directory that no other program removes",
                hint="materialize the asset again",
                asset=commit.asset,
            )
        return directory

    @contextlib.contextmanager
    def attempt(self, asset: str) -> Iterator[Attempt]:
        name = f"{int(time.time())}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        path = Path(self.root, "tmp", asset.partition("/")[0], name)
        path.mkdir(parents=True)
        try:
            yield Attempt(asset, name, path)
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def commit(
        self,
        attempt: Attempt,
        *,
        fingerprint: str,
        rows: int | None,
        seconds: float,
        shown: Mapping[str, Any],
        run_id: str = "",
        fence: Fence | None = None,
        used: Mapping[str, Any] | None = None,
        after: int | None = None,
    ) -> Commit:
        files, size = _sync_and_hash(attempt.path)
        records = self._records(attempt.asset)
        newest = int(records[-1].stem) if records else 0
        if after is not None and after < newest:
            raise _published_first(attempt.asset, newest)
        sequence = newest + 1
        directory = Path("snapshots", attempt.asset, _digest(files)[:32])
        commit = Commit(
            asset=attempt.asset,
            sequence=sequence,
            fingerprint=fingerprint,
            data_version=_digest({name: sha for name, sha in files.items() if Path(name).suffix not in PAGES}),
            directory=str(directory),
            files=files,
            size=size,
            rows=rows,
            seconds=round(seconds, 3),
            used=dict(used or {}),
            shown=shown,
            attempt=attempt.name,
            run_id=run_id,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        if fence is not None and not fence.holds():
            raise StorageError(
                "RDX-STO-003",
                "this attempt's run has already ended, so it may not publish",
                expected="a run that is still active",
                hint="nothing was lost; start the step again if you need its result",
                asset=attempt.asset,
            )
        self._place(attempt.path, directory, files)
        self._put_record(commit)
        self._failure(commit.asset).unlink(missing_ok=True)
        return commit

    def fail(self, asset: str, failure: Failure) -> None:
        record = self._failure(asset)
        record.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(record, json.dumps(asdict(failure), indent=1))

    def failure(self, asset: str) -> Failure | None:
        try:
            return Failure(**json.loads(self._failure(asset).read_text()))
        except FileNotFoundError:
            return None

    def withdraw(self, commit: Commit) -> None:
        records = self._records(commit.asset)
        record = Path(self.root, "commits", commit.asset, f"{commit.sequence:08d}.json")
        if records and record == records[-1]:
            raise StorageError(
                "RDX-STO-006",
                f"version {commit.sequence} of {commit.asset} is the newest, so it cannot be withdrawn",
                expected="a version that a newer one has replaced",
                hint="materialize the asset first",
                asset=commit.asset,
            )
        if all(_read(other).directory != commit.directory for other in records if other != record):
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(Path(self.root, commit.directory))
        record.unlink(missing_ok=True)
        sync_directory(record.parent)

    def records(self, project: str) -> Path:
        """Return the folder of a project's commit records; provisioning creates it."""
        return Path(self.root, "commits", project)

    def projects(self) -> list[str]:
        """Return the projects that have something in the storage, sorted."""
        return sorted({path.name for part in _PARTS for path in Path(self.root, part).glob("*") if path.is_dir()})

    def held(self, project: str) -> tuple[int, int]:
        parts = [Path(self.root, part, project) for part in _ALL]
        size = sum(path.stat().st_size for part in parts for path in part.rglob("*") if path.is_file())
        return len(list(parts[0].rglob("[0-9]*.json"))), size

    def remove(self, project: str) -> None:
        for part in _ALL:
            folder = Path(self.root, part, project)
            if folder.is_dir():
                shutil.rmtree(folder)
                sync_directory(folder.parent)

    def collect(self, *, older_than_seconds: float) -> list[str]:
        root = Path(self.root)
        horizon = time.time() - older_than_seconds
        used = {_read(record).directory for record in root.glob("commits/**/*.json")}
        snapshots = {str(file.parent.relative_to(root)) for file in root.glob("snapshots/**/.snapshot")}
        attempts = {str(path.relative_to(root)) for path in root.glob("tmp/*/*")}
        removed = []
        for name in sorted((snapshots - used) | attempts):
            if Path(root, name).stat().st_mtime < horizon:
                path = Path(root, name)
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                removed.append(name)
        return removed

    def _failure(self, asset: str) -> Path:
        return Path(self.root, "failures", f"{asset}.json")

    def _records(self, asset: str) -> list[Path]:
        return sorted(Path(self.root, "commits", asset).glob("[0-9]*.json"))

    def _place(self, source: Path, directory: Path, files: Mapping[str, str]) -> None:
        """Move the files to the directory that the record will name.

        The name is their hash, so a directory of that name has the same content, unless it was damaged since; then it
        is moved aside.
        """
        target = Path(self.root, directory)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.rename(target)
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                raise
            if _sync_and_hash(target)[0] == files:
                os.utime(target)
            else:
                target.rename(source.with_name(f"{source.name}-damaged"))
                source.rename(target)
        sync_directory(target.parent)

    def _put_record(self, commit: Commit) -> None:
        folder = Path(self.root, "commits", commit.asset)
        folder.mkdir(parents=True, exist_ok=True)
        drafts = Path(self.root, "tmp", commit.asset.partition("/")[0])
        drafts.mkdir(parents=True, exist_ok=True)
        record = folder / f"{commit.sequence:08d}.json"
        if not put_if_absent(record, json.dumps(commit.to_json(), indent=1), drafts=drafts):
            raise _published_first(commit.asset, commit.sequence)


def _published_first(asset: str, sequence: int) -> StorageError:
    return StorageError(
        "RDX-STO-002",
        f"another process published version {sequence} of {asset} first",
        expected="one writer at a time",
        hint="nothing was lost; the other result is in place",
        asset=asset,
    )


def _read(record: Path) -> Commit:
    try:
        return Commit(**json.loads(record.read_text()))
    except (ValueError, TypeError):
        raise StorageError(
            "RDX-STO-007",
            f"the commit record {record.name} of {record.parent.name} cannot be read",
            expected="a record as it was written",
            hint="restore it from a copy of RADIX_HOME, or remove it: the version before it is then the newest",
            file=record,
        ) from None


def _sync_and_hash(directory: Path) -> tuple[dict[str, str], int]:
    (directory / ".snapshot").touch()
    files, size = {}, 0
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name != ".snapshot":
            with path.open("rb") as stream:
                files[str(path.relative_to(directory))] = hashlib.file_digest(stream, "sha256").hexdigest()
                os.fsync(stream.fileno())
            size += path.stat().st_size
    for path in [directory, *(folder for folder in directory.rglob("*") if folder.is_dir())]:
        sync_directory(path)
    return files, size


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
