"""Identity of machines and processes. A pid alone does not identify a process, because the system reuses it.

Standard library only, because the supervisor, which stays in memory, imports this.
"""

import atexit
import contextlib
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_PROC = Path("/proc")
_STATE, _START = 0, 19
"""Positions in /proc/<pid>/stat after the command's closing bracket (proc(5): fields 3 and 22)."""


@functools.cache
def boot_id() -> str:
    """Return the id of this boot of the machine, which changes with every restart; empty if the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _output("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")


def host_id() -> str:
    """Return the id of this machine or container among those that may share a database."""
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            name = path.read_text().strip()
        except OSError:
            continue
        if name:
            break
    else:
        name = os.uname().nodename
    try:
        return f"{name}/{(_PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return name


def started_at(pid: int) -> str | None:
    """Return when a process started, as opaque text; None if there is none, or only a zombie."""
    if not _PROC.joinpath("self").exists():
        state, _, started = _output("/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)).partition(" ")
        return started.strip() if started and not state.startswith("Z") else None
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in {"Z", "X"} else fields[_START]


def is_running(pid: int | None, started: str | None) -> bool:
    """Return whether the process with this pid and start time still runs."""
    return pid is not None and started is not None and started_at(pid) == started


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends. Does nothing except on Linux.

    Call it in the child. It survives `exec`, so it also applies to the program that the child executes.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


def leave(work: Callable[[], object]) -> NoReturn:
    """Do the work and end the process as the interpreter would, with its exit code, but without freeing each object.

    Threads are waited for and exit functions run. Freeing the objects of a run and of its imports takes seconds of CPU.
    """
    code = 1
    try:
        work()
        code = 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            code = end.code or 0
        else:
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 the end of the process, as for the interpreter
        sys.excepthook(*sys.exc_info())
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 what the interpreter calls at its end
    atexit._run_exitfuncs()  # noqa: SLF001 same
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 0xFF)


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
