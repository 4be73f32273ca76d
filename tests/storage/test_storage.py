"""The storage contract, which every backend fulfils."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from radix_resources.errors import StorageError
from radix_resources.storage.base import Attempt, Commit, Failure, Fence, Storage
from radix_resources.storage.local import LocalStorage


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return LocalStorage(root=str(tmp_path / "store"))


def publish(storage: Storage, text: str, asset: str = "shop/raw/orders", fence: Fence | None = None) -> Commit:
    with storage.attempt(asset) as attempt:
        write(attempt, text)
        return storage.commit(attempt, fingerprint=text, rows=1, seconds=0.5, shown={}, fence=fence)


def write(attempt: Attempt, text: str) -> None:
    (attempt.path / "data.txt").write_text(text)
    (attempt.path / "page.html").write_text(f"<p>{attempt.name}</p>")


def test_a_snapshot_is_read_back_unchanged(storage: Storage):
    commit = publish(storage, "one")
    assert (storage.path(commit) / "data.txt").read_text() == "one"
    assert storage.latest("shop/raw/orders") == commit
    assert (commit.sequence, commit.rows, commit.fingerprint) == (1, 1, "one")


def test_an_uncommitted_snapshot_does_not_exist(storage: Storage):
    with storage.attempt("shop/raw/orders") as attempt:
        write(attempt, "never")
    assert storage.latest("shop/raw/orders") is None
    assert not attempt.path.exists()


def test_a_commit_never_changes_an_earlier_one(storage: Storage):
    first = publish(storage, "one")
    second = publish(storage, "two")
    assert second.sequence == 2
    assert (storage.path(first) / "data.txt").read_text() == "one"
    assert storage.history("shop/raw/orders") == [first, second]


def test_an_overtaken_writer_publishes_nothing(storage: Storage):
    publish(storage, "one")
    with storage.attempt("shop/raw/orders") as attempt:
        write(attempt, "late")
        publish(storage, "two")
        with pytest.raises(StorageError, match="RDX-STO-002"):
            storage.commit(attempt, fingerprint="late", rows=1, seconds=0.5, shown={}, after=1)
    assert [commit.fingerprint for commit in storage.history("shop/raw/orders")] == ["one", "two"]


def test_publishing_again_replaces_a_damaged_snapshot(tmp_path: Path):
    storage = LocalStorage(root=str(tmp_path / "store"))

    def again() -> Commit:
        with storage.attempt("shop/raw/orders") as attempt:
            (attempt.path / "data.txt").write_text("one")
            return storage.commit(attempt, fingerprint="one", rows=1, seconds=0.5, shown={})

    first = again()
    (storage.path(first) / "data.txt").write_text("damaged")
    second = again()
    assert first.directory == second.directory
    assert (storage.path(first) / "data.txt").read_text() == "one"


def test_the_data_version_depends_on_the_data_and_not_on_pages(storage: Storage):
    first, again, other = publish(storage, "one"), publish(storage, "one"), publish(storage, "two")
    assert first.data_version == again.data_version != other.data_version
    assert first.directory != again.directory


def test_a_lost_fence_stops_the_commit(storage: Storage):
    class Fallen(Fence):
        def holds(self) -> bool:
            return False

    with pytest.raises(StorageError, match="RDX-STO-003"):
        publish(storage, "zombie", fence=Fallen())
    assert storage.latest("shop/raw/orders") is None


def test_a_failure_is_remembered_until_the_next_commit(storage: Storage):
    storage.fail("shop/raw/orders", Failure("mark", {"code": "RDX-SRC-001"}))
    found = storage.failure("shop/raw/orders")
    assert found is not None
    assert found.error["code"] == "RDX-SRC-001"
    publish(storage, "one")
    assert storage.failure("shop/raw/orders") is None


def test_collect_removes_only_unreferenced_snapshots(storage: Storage, tmp_path: Path):
    kept = publish(storage, "one")
    orphan = tmp_path / "store" / "snapshots" / "shop" / "raw" / "orders" / "orphan"
    orphan.mkdir()
    (orphan / ".snapshot").touch()
    assert storage.collect(older_than_seconds=3600) == []
    assert storage.collect(older_than_seconds=-1) == ["snapshots/shop/raw/orders/orphan"]
    assert (storage.path(kept) / "data.txt").exists()


def test_a_vanished_snapshot_is_a_coded_error(storage: Storage, tmp_path: Path):
    commit = publish(storage, "one")
    (tmp_path / "store" / commit.directory).rename(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="RDX-STO-001"):
        storage.path(commit)


def race(root: str, text: str, results: "multiprocessing.Queue[str]") -> None:
    storage = LocalStorage(root=root)
    for turn in range(20):
        try:
            publish(storage, f"{text}-{turn}")
            results.put("won")
        except StorageError as error:
            results.put(error.code)


def test_exactly_one_of_concurrent_writers_wins_each_sequence(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    writers = [context.Process(target=race, args=(str(tmp_path), f"w{n}", results)) for n in range(3)]
    for writer in writers:
        writer.start()
    found = [results.get(timeout=60) for _ in range(60)]
    for writer in writers:
        writer.join()
    history = LocalStorage(root=str(tmp_path)).history("shop/raw/orders")
    assert set(found) <= {"won", "RDX-STO-002"}
    assert [commit.sequence for commit in history] == list(range(1, found.count("won") + 1))
    assert all((tmp_path / commit.directory / "data.txt").exists() for commit in history)


def killed(root: str) -> None:
    storage = LocalStorage(root=root)
    with storage.attempt("shop/raw/orders") as attempt:
        write(attempt, "half")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_writer_leaves_nothing_visible(tmp_path: Path):
    victim = multiprocessing.get_context("spawn").Process(target=killed, args=(str(tmp_path),))
    victim.start()
    victim.join()
    storage = LocalStorage(root=str(tmp_path))
    assert storage.latest("shop/raw/orders") is None
    assert len(storage.collect(older_than_seconds=-1)) == 1
