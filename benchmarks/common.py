"""Helpers shared by the benchmarks: whole processes, timed in turn."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Cost:
    """The cost of one process and its children."""

    seconds: float
    peak_mib: float
    cpu: float = 0.0
    """Seconds of all cores, which other work on the machine affects least."""
    output: str = ""
    """The output of the process."""


def process(arguments: list[str], environment: dict[str, str], code: tuple[int, ...] = (0,)) -> Cost:
    """Run a command to its end without output; raise with its output if the exit code differs.

    The peak is that of this process alone or the largest of its own children, as the kernel reports when it ends.
    """
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            arguments, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if child.returncode not in code:
        raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}\n{text}")
    return Cost(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, text)


def python(code: str, environment: dict[str, str]) -> Cost:
    """Run Python code in a separate process."""
    return process([sys.executable, "-c", code], environment)


def medians(repeats: int, *runs: Callable[[], Cost]) -> list[Cost]:
    """Return medians of seconds, peak and CPU seconds, run in turn so that a busy machine slows all of them equally."""
    found: list[list[Cost]] = [[] for _ in runs]
    for _ in range(repeats):
        for costs, run in zip(found, runs, strict=True):
            costs.append(run())
    return [
        Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("seconds", "peak_mib", "cpu")))
        for costs in found
    ]


def median(repeats: int, *runs: Callable[[], Cost]) -> list[float]:
    """Return the median seconds of each, run in turn so that a busy machine slows all of them equally."""
    found: list[list[float]] = [[] for _ in runs]
    for _ in range(repeats):
        for times, run in zip(found, runs, strict=True):
            times.append(run().seconds)
    return [statistics.median(times) for times in found]


def table(rows: list[dict[str, object]]) -> str:
    """Return rows as Markdown."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    return "\n".join(lines + ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows])
