"""After the last test, no process that a test started is left, and the checkout contains no new file."""

import os
import subprocess
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
MARK = "PYTEST_SESSION_MARK"
"""A variable in the environment of this session's processes and their children."""
CACHES = {"__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".venv", ".git"}
SOURCES = {".py", ".md"}
"""Files that a developer may add while the tests run, and that no test writes."""
OWN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver", "pyspark-shell")
"""Parts of the commands of children that Python and pyspark start for this process, and that end with it."""
GRACE = 20.0
"""Seconds for processes that were asked to end."""


def mark_session() -> str:
    """Mark the processes of this session in their environment."""
    os.environ[MARK] = mark = f"{os.getpid()}-{time.time_ns()}"
    return mark


def processes_left(mark: str) -> list[str]:
    """Return the command and the test of each marked process that does not end soon."""
    end = time.monotonic() + GRACE
    while (left := _marked(mark)) and time.monotonic() < end:
        time.sleep(0.2)
    return left


def untracked_files() -> set[str]:
    """Return the untracked files of the checkout, except caches of tools and source files."""
    listed = subprocess.run(["git", "ls-files", "--others", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = listed.stdout.decode(errors="surrogateescape").split("\0")
    return {name for name in names if name and not _is_allowed(Path(name))}


def _is_allowed(path: Path) -> bool:
    return (
        path.suffix in SOURCES
        or bool(CACHES & set(path.parts))
        or any(part.endswith(".egg-info") for part in path.parts)
    )


def _marked(mark: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            if environment.get(MARK) != mark or process.pid == os.getpid():
                continue
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            command = " ".join(process.cmdline())
            if process.ppid() == os.getpid() and any(part in command for part in OWN):
                continue
        except psutil.Error:
            continue
        found.append(f"{process.pid} of {environment.get('PYTEST_CURRENT_TEST', 'an unknown test')}: {command[:200]}")
    return found
