"""Atomic writes and file locks: nothing partial, nothing lost, and a released lock is free."""

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from radix_resources.files import locked, put_if_absent, write_atomically

FORK = multiprocessing.get_context("fork")
PATIENCE = 30.0
WRITER = """
import sys
from pathlib import Path
from radix_resources.files import write_atomically
path = Path(sys.argv[1])
print("ready", flush=True)
for number in range(10**9):
    write_atomically(path, (b"%d " % (number % 10)) * 50_000)
"""


def test_a_killed_writer_leaves_the_old_or_the_new_content_complete(tmp_path: Path):
    path = tmp_path / "file"
    for _ in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        until = time.monotonic() + PATIENCE
        while not path.exists():
            assert time.monotonic() < until
        for _ in range(20):
            content = path.read_bytes()
            assert (len(content), len(set(content.split()))) == (100_000, 1), "a reader needs no lock"
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        content = path.read_bytes()
        assert (len(content), len(set(content.split()))) == (100_000, 1)
    assert all(left.name.startswith(".file.") for left in tmp_path.iterdir() if left != path)


def test_a_failed_write_leaves_the_old_content_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    write_atomically(path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("radix_resources.files.os.write", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_and_folder_are_synced_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced: list[str] = []
    sync = os.fsync

    def note(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    monkeypatch.setattr("radix_resources.files.os.fsync", note)
    write_atomically(tmp_path / "a", b"x")
    assert put_if_absent(tmp_path / "b", b"x")
    assert synced == ["file", "folder"] * 2


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_file_has_the_requested_mode(tmp_path: Path, mode: int):
    before = os.umask(0o077)
    try:
        write_atomically(tmp_path / "a", b"x", mode=mode)
        assert put_if_absent(tmp_path / "b", b"x", mode=mode)
    finally:
        os.umask(before)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "b")} == {mode}


def test_exactly_one_of_many_concurrent_writers_creates_the_file(tmp_path: Path):
    path = tmp_path / "record"
    won: list[int] = []
    start = threading.Barrier(16)

    def put(number: int) -> None:
        start.wait()
        if put_if_absent(path, str(number)):
            won.append(number)

    writers = [threading.Thread(target=put, args=(number,)) for number in range(16)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [path.read_text()] == [str(number) for number in won]
    assert list(tmp_path.iterdir()) == [path]


def _add(folder: Path, times: int) -> None:
    for _ in range(times):
        with locked(folder / ".lock"):
            path = folder / "count"
            write_atomically(path, str(int(path.read_text()) + 1))


def test_no_change_of_processes_that_share_a_lock_is_lost(tmp_path: Path):
    write_atomically(tmp_path / "count", "0")
    writers = [FORK.Process(target=_add, args=(tmp_path, 25)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
    assert (tmp_path / "count").read_text() == "100"


def test_a_folder_can_be_locked_and_a_caller_that_does_not_wait_is_refused(tmp_path: Path):
    with locked(tmp_path) as held, locked(tmp_path, wait=False) as second:
        assert (held, second) == (True, False)
    with locked(tmp_path, wait=False) as held:
        assert held


def test_a_lock_is_released_although_a_child_forked_meanwhile_is_alive(tmp_path: Path):
    with locked(tmp_path / "lock"):
        child = os.fork()
        if child == 0:
            time.sleep(PATIENCE)
            os._exit(0)
    try:
        with locked(tmp_path / "lock", wait=False) as held:
            assert held
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_forked_child_does_not_release_the_lock_of_its_parent(tmp_path: Path):
    holder = locked(tmp_path / "lock")
    assert holder.__enter__()
    child = os.fork()
    if child == 0:
        holder.__exit__(None, None, None)
        os._exit(0)
    os.waitpid(child, 0)
    with locked(tmp_path / "lock", wait=False) as second:
        assert not second
    holder.__exit__(None, None, None)
    with locked(tmp_path / "lock", wait=False) as second:
        assert second


def test_a_waiting_caller_locks_the_new_file_if_the_holder_removes_the_old_one(tmp_path: Path):
    path = tmp_path / "lock"
    order: list[str] = []

    def wait() -> None:
        with locked(path):
            order.append("second")
            assert path.exists()

    with locked(path):
        second = threading.Thread(target=wait)
        second.start()
        time.sleep(0.2)
        path.unlink()
        order.append("first")
    second.join(PATIENCE)
    assert order == ["first", "second"]
