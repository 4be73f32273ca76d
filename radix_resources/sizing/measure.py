"""Measure what a step uses, in the process that it shares with others.

On Linux the kernel's own mark of the largest resident memory (VmHWM) is set back when the step begins (proc(5):
clear_refs, 5), so the peak of this process is exact, to the page. Children, such as a JVM, are sampled, and so is
everything if there is no such mark. CPU seconds are the kernel's: of all threads, and of children that have ended.
"""

import contextlib
import os
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from radix_resources.sizing.schema import Usage

SAMPLE_SECONDS = 0.1
_PROC = Path("/proc")
_STATUS, _CLEAR = _PROC / "self" / "status", _PROC / "self" / "clear_refs"


class Measuring:
    """The measurement of a step. `usage` is its usage so far, and after its end its total usage."""

    def __init__(self) -> None:
        self.exact = _reset_peak()
        self._began, self._cpu = time.monotonic(), _cpu_seconds()
        self._start = resident_of(os.getpid())
        self._own = self._start
        self._children = 0
        self._ended: Usage | None = None
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True, name="radix-measure")
        self._sampler.start()

    @property
    def usage(self) -> Usage:
        """The peak so far, or until its end, because the next step resets the kernel's peak."""
        if self._ended is not None:
            return self._ended
        own = _high_water() if self.exact else max(self._own, resident_of(os.getpid()))
        return Usage(
            peak_bytes=max(own, self._own + self._children),
            exact=self.exact and not self._children,
            start_bytes=self._start,
            cpu_seconds=round(max(_cpu_seconds() - self._cpu, 0.0), 3),
            seconds=round(time.monotonic() - self._began, 3),
        )

    def stop(self) -> None:
        """Stop sampling."""
        self._done.set()
        self._sampler.join()
        self._ended = self.usage

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            children = resident_children(os.getpid())
            own = resident_of(os.getpid())
            if own + children > self._own + self._children:
                self._own, self._children = own, children


@contextlib.contextmanager
def measuring() -> Iterator[Measuring]:
    """Measure the body of the context. Bodies of one process must not overlap."""
    measured = Measuring()
    try:
        yield measured
    finally:
        measured.stop()


def resident_children(pid: int) -> int:
    """Return the resident bytes of the descendants of a process, without detached ones such as endpoints."""
    total = 0
    for child in _children_of(pid):
        with contextlib.suppress(OSError, ValueError):
            total += resident_of(child) + resident_children(child)
    return total


def resident_of(pid: int) -> int:
    """Return the resident bytes of a process; 0 if it has ended."""
    try:
        pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    except OSError:
        import psutil

        try:
            return int(psutil.Process(pid).memory_info().rss)
        except psutil.Error:
            return 0
    return pages * resource.getpagesize()


def _children_of(pid: int) -> list[int]:
    """Return the children of a process from the kernel's list, if it has one, instead of all processes."""
    try:
        lists = [file.read_text(encoding="ascii") for file in (_PROC / str(pid) / "task").glob("*/children")]
    except OSError:
        lists = []
    if lists:
        return [int(child) for pids in lists for child in pids.split()]
    import psutil

    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def _reset_peak() -> bool:
    try:
        _CLEAR.write_text("5")
        return _high_water() > 0
    except OSError:
        return False


def _high_water() -> int:
    return _read("VmHWM:")


def _read(name: str) -> int:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _cpu_seconds() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))
