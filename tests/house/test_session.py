"""What a test session relies on: forks that behave like commands, a folder in memory, and a search for leftovers."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import forks
import guard
import pytest
import scratch

PROGRAM = """
import os, sys
print(os.getcwd(), os.environ.get("WORD"), os.environ.get("HOME"), sys.argv, __name__)
print("to stderr", file=sys.stderr)
if sys.argv[1] == "kill":
    os.kill(os.getpid(), 9)
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[forks.ForkServer]:
    started = forks.ForkServer(modules=("json",))
    yield started
    started.close()


@pytest.fixture
def connection(server: forks.ForkServer) -> Iterator[forks.Connection]:
    opened = forks.Connection(server.address)
    yield opened
    opened.close()


@pytest.mark.parametrize(("argument", "code"), [("0", 0), ("3", 3), ("kill", -signal.SIGKILL)])
def test_a_fork_has_the_exit_code_and_output_of_the_command(
    connection: forks.Connection, tmp_path: Path, argument: str, code: int
):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = connection.run([str(program), argument], env={"WORD": "its own"}, cwd=tmp_path, timeout=60)
    assert done.returncode == code
    if code >= 0:
        assert done.stdout == f"{tmp_path} its own None {[str(program), argument]} __main__\n"
        assert done.stderr == "to stderr\n"


def test_a_fork_runs_a_module(connection: forks.Connection, tmp_path: Path):
    (tmp_path / "word.py").write_text("import sys; print(sys.argv[1:], sys.argv[0].endswith('word.py'))")
    done = connection.run(["-m", "word", "a"], env=dict(os.environ), cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout) == (0, "['a'] True\n"), done.stderr


@pytest.mark.parametrize(
    ("program", "code", "error"),
    [
        ("raise SystemExit", 0, ""),
        ("raise SystemExit('no such table')", 1, "no such table\n"),
        ("raise SystemExit(258)", 2, ""),
        ("raise ValueError('a value')", 1, "ValueError: a value\n"),
        ("import atexit, sys; atexit.register(lambda: sys.stderr.write('at the end\\n'))", 0, "at the end\n"),
        ("import threading, time; threading.Thread(target=lambda: (time.sleep(0.1), 1 / 0)).start()", 0, "by zero\n"),
    ],
)
def test_a_fork_ends_as_an_interpreter_does(
    connection: forks.Connection, tmp_path: Path, program: str, code: int, error: str
):
    (tmp_path / "ending.py").write_text(program)
    command = {"env": dict(os.environ), "cwd": tmp_path, "timeout": 60}
    for done in (connection.run(["-m", "ending"], **command), forks.run_python(["-m", "ending"], **command)):
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.endswith(error)
        assert bool(done.stderr) == bool(error)


def test_connections_have_their_own_forks_at_the_same_time(server: forks.ForkServer, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    (tmp_path / "meeting.py").write_text(
        "import pathlib, sys, time\n"
        "mine, other = map(pathlib.Path, sys.argv[1:])\n"
        "mine.touch()\n"
        "while not other.exists():\n"
        "    time.sleep(0.01)\n"
    )

    def meet(mine: Path, other: Path) -> int:
        connection = forks.Connection(server.address)
        command = ["-m", "meeting", str(mine), str(other)]
        done = connection.run(command, env=dict(os.environ), cwd=tmp_path, timeout=60)
        connection.close()
        return done.returncode

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(meet, (first, second), (second, first))) == [0, 0]


def test_a_fork_that_takes_too_long_is_killed(connection: forks.Connection, tmp_path: Path):
    (tmp_path / "slow.py").write_text("import time; time.sleep(600)")
    with pytest.raises(subprocess.TimeoutExpired):
        connection.run(["-m", "slow"], env=dict(os.environ), cwd=tmp_path, timeout=0.5)


def test_a_leftover_process_is_named_with_its_test(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(guard.MARK, "this test")
    monkeypatch.setattr(guard, "GRACE", 0)
    with subprocess.Popen(["sleep", "600"]) as process:
        (left,) = guard.processes_left("this test")
        process.kill()
    assert "test_a_leftover_process_is_named_with_its_test" in left
    assert "sleep 600" in left
    assert guard.processes_left("this test") == []


def test_a_new_file_in_the_checkout_is_reported_and_caches_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(".radix/")
    for name in (".radix/runs.db", "__pycache__/a.pyc", "radix.egg-info/PKG-INFO"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    assert guard.untracked_files() == {".gitignore", ".radix/runs.db"}


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ROOM", 0)
    return tmp_path


def test_two_sessions_have_separate_folders_and_that_of_a_killed_one_is_removed(memory: Path):
    (memory / f"{scratch.PREFIX}killed" / "some").mkdir(parents=True)
    one, two = scratch.open_scratch(), scratch.open_scratch()
    assert one
    assert two
    assert {path.name for path in memory.iterdir()} == {one[0].name, two[0].name}
    assert scratch.close_scratch(*one, failed=False) is None
    assert scratch.close_scratch(*two, failed=False) is None
    assert list(memory.iterdir()) == []


def test_the_files_of_failed_tests_are_on_the_disk_afterwards(
    memory: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path_factory.mktemp("disk")))
    opened = scratch.open_scratch()
    assert opened
    (opened[0] / "evidence").touch()
    os.mkfifo(opened[0] / "pipe")
    kept = scratch.close_scratch(*opened, failed=True)
    assert kept
    assert [path.name for path in kept.iterdir()] == ["evidence"]
    assert list(memory.iterdir()) == []


def test_without_space_in_memory_the_disk_is_used(memory: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scratch, "ROOM", 1 << 60)
    assert scratch.open_scratch() is None
