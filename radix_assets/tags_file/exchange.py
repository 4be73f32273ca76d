"""Exchange two files atomically, so that a last-moment write by another program is never lost."""

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
"""Seconds to wait for a program that has the file open; editors hold it open for milliseconds."""


def exchange(first: Path, second: Path) -> bool:
    """Exchange two files of one folder atomically. Return False, with nothing done, where this is not supported."""
    call = _renameat2()
    if call is None:
        return False
    return bool(call(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _EXCHANGE) == 0)


@cache
def _renameat2() -> Any:
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    return call


def read_when_closed(path: Path) -> bytes:
    """Return a file's content once no program has it open, as far as the system reports; wait a second at most.

    A program that opened the file before it was moved still writes into it.
    """
    until = time.monotonic() + _WAIT
    while _open_elsewhere(path) and time.monotonic() < until:
        time.sleep(0.002)
    return path.read_bytes()


def _open_elsewhere(path: Path) -> bool:
    """Return whether a program has the file open for writing: only then is a read lease refused as busy."""
    setlease = getattr(fcntl, "F_SETLEASE", None)
    if setlease is None:
        return False
    handle = os.open(path, os.O_RDONLY)
    try:
        # A program that opens the file right now breaks the lease; the signal about that must not end this process.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, setlease, fcntl.F_RDLCK)
        fcntl.fcntl(handle, setlease, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without leases, or a file of another user
    finally:
        os.close(handle)
    return False
