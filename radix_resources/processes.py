"""Which process is which. A pid alone is not enough: the system gives it to somebody else later.

Standard library only: the supervisor, which stays in memory, imports this.
"""

import functools
import os
import subprocess
import sys
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START = 0, 19
"""Places in /proc/<pid>/stat, counted behind the command's closing bracket (proc(5): fields 3 and 22)."""


@functools.cache
def boot_id() -> str:
    """Names this start of the machine; another one after every restart. Empty where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _output("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")


def host_id() -> str:
    """Names this machine, or this container, among those that may share a database."""
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
    """When a process began, as an opaque text; None where there is none, or only what its parent has not collected."""
    if not _PROC.joinpath("self").exists():
        state, _, started = _output("/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)).partition(" ")
        return started.strip() if started and not state.startswith("Z") else None
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in {"Z", "X"} else fields[_START]


def is_running(pid: int | None, started: str | None) -> bool:
    """Whether that very process still runs."""
    return pid is not None and started is not None and started_at(pid) == started


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends. Linux; elsewhere nothing happens.

    To be called in the child. It survives `exec`, so it holds for whatever program the child becomes.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
