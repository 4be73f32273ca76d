"""What the benchmarks share: whole processes, timed side by side."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True)
class Cost:
    """Of one process and its children."""

    seconds: float
    peak_mib: float


def process(arguments: list[str], environment: dict[str, str], code: tuple[int, ...] = (0,)) -> Cost:
    """Run a command to its end, quietly; raises with its output where the exit code is another."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    result = subprocess.run(
        arguments, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd=ROOT
    )
    seconds = time.perf_counter() - started
    if result.returncode not in code:
        raise SystemExit(f"{' '.join(arguments)} ended with {result.returncode}\n{result.stdout}\n{result.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(seconds, max(after.ru_maxrss, before.ru_maxrss) / 1024)


def python(code: str, environment: dict[str, str]) -> Cost:
    """Run Python code in a process of its own."""
    return process([sys.executable, "-c", code], environment)


def median(repeats: int, *runs: Callable[[], Cost]) -> list[float]:
    """Median seconds of each, run in turn so that a busy machine slows all of them alike."""
    found: list[list[float]] = [[] for _ in runs]
    for _ in range(repeats):
        for times, run in zip(found, runs, strict=True):
            times.append(run().seconds)
    return [statistics.median(times) for times in found]


def table(rows: list[dict[str, object]]) -> str:
    """Rows as Markdown."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    return "\n".join(lines + ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows])
