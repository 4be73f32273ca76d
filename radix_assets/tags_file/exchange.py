"""Two files change places in one step, so that what was written at the last moment is never lost."""

import ctypes
import fcntl
import os
import signal
import time
from functools import cache
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux."""
_WAIT = 1.0
"""Seconds that somebody who has the file open is waited for; editors hold it for milliseconds."""


def exchange(one: Path, other: Path) -> bool:
    """Let two files of one folder change places atomically; False, and nothing done, where the system cannot."""
    call = _renameat2()
    if call is None:
        return False
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


@cache
def _renameat2() -> Any:
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return call


def settled(path: Path) -> bytes:
    """A file's content once nobody has it open any more, as far as the system tells; waits a second at most.

    A writer who opened the file before it was moved writes into it still.
    """
    until = time.monotonic() + _WAIT
    while _open_elsewhere(path) and time.monotonic() < until:
        time.sleep(0.002)
    return path.read_bytes()


def _open_elsewhere(path: Path) -> bool:
    """Whether somebody has the file open for writing: only then a read lease is refused as busy."""
    setlease = getattr(fcntl, "F_SETLEASE", None)
    if setlease is None:
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        # Who opens the file just now breaks the lease, and the signal that says so must not end this process.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, setlease, fcntl.F_RDLCK)
        fcntl.fcntl(handle, setlease, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without leases, or somebody else's file
    finally:
        os.close(handle)
    return False
