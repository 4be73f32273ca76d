"""Compute a step in a child process, which can be limited, measured exactly, and killed without harm to the run.

The parent passes the work in a private folder, and the child writes the result to it. `python -m
radix_assets.execution.child_process FOLDER` is the child.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Work, steps
from radix_resources import errors
from radix_resources.errors import RadixError
from radix_resources.files import PRIVATE, write_atomically
from radix_resources.processes import die_with_parent
from radix_resources.sizing.measure import measuring, resident_children, resident_of
from radix_resources.sizing.schema import Usage

if TYPE_CHECKING:
    from radix_resources.action_log.schema import Action

WATCH_SECONDS = 0.05
_WORK, _RESULT = "work.pickle", "result.pickle"
_NO_MEMORY = b"memory allocation of"
"""The message of Rust's runtime before it aborts."""


class OutOfMemory(MemoryError):  # noqa: N818 what happened, not a fault of the program
    """A step ran out of memory."""

    def __init__(self, usage: Usage) -> None:
        super().__init__("out of memory")
        self.usage = usage


@dataclass(frozen=True)
class Result:
    """The result that the child returns."""

    output: Output | None
    error: dict[str, Any] | None
    actions: "list[Action]"
    usage: Usage


def can_leave(work: Work) -> bool:
    """Return whether a step can be computed in a child process.

    Its stage must be built in, and must not need a credential, because only this process has the key to those.
    """
    from radix_assets.stages import STAGES

    connects = work.step.table is not None and bool(work.project.source_of(work.step.table).connection_address())
    built_in = any(stage is work.step.stage for stage in STAGES)
    return (
        built_in and work.project.compute.spark is None and not (work.step.stage.credentials(work.project) and connects)
    )


def compute_apart(work: Work, limit: int) -> tuple[Output | None, Usage]:
    """Compute a step in a child whose resident memory, including its own children, stays below `limit` bytes.

    It is checked every 50 ms, so it may exceed the limit briefly. Raise OutOfMemory if the limit, the system or a
    failed allocation ended it, and otherwise what the step raised.
    """
    with tempfile.TemporaryDirectory(prefix="radix-step-") as name:
        folder = Path(name)
        sent = {
            "project": work.project,
            "folder": work.project.folder,
            "step": work.step.name,
            "inputs": dict(work.inputs),
            "out": work.out,
            "previous": work.previous,
            "seconds": dict(work.seconds),
        }
        (folder / _WORK).write_bytes(pickle.dumps(sent))
        output_file = folder / "said"
        with output_file.open("wb") as stream:
            command = [sys.executable, "-m", "radix_assets.execution.child_process", name]
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream)
            try:
                usage = _watch(child, limit)
            finally:
                child.kill()
                child.wait()
        result = _result(folder / _RESULT)
        if result is None:
            lost = usage.out_of_memory or child.returncode == -signal.SIGKILL or _NO_MEMORY in _end_of(output_file)
            if lost:
                raise OutOfMemory(usage.model_copy(update={"out_of_memory": True}))
            raise RadixError(
                "RDX-INT-001",
                f"the process of {work.step.name} ended unexpectedly with status {child.returncode}",
                hint="run it again; if the error persists, report it",
            )
    for action in result.actions:
        work.record(action)
    if result.error is not None:
        if result.error["code"] == "RDX-STO-005":
            raise OutOfMemory(result.usage.model_copy(update={"out_of_memory": True}))
        raise _raised(result.error)
    return result.output, result.usage


def _watch(child: "subprocess.Popen[bytes]", limit: int) -> Usage:
    began = time.monotonic()
    peak = 0
    while child.poll() is None:
        now = resident_of(child.pid) + resident_children(child.pid)
        peak = max(peak, now)
        if now > limit:
            return Usage(peak_bytes=peak, exact=False, seconds=time.monotonic() - began, out_of_memory=True)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(WATCH_SECONDS)
    return Usage(peak_bytes=peak, exact=False, seconds=time.monotonic() - began)


def _result(file: Path) -> Result | None:
    if not file.exists():
        return None
    result: Result = pickle.loads(file.read_bytes())  # noqa: S301 written by this process's own child, in its own folder
    return result


def _end_of(output_file: Path) -> bytes:
    with output_file.open("rb") as stream:
        stream.seek(max(output_file.stat().st_size - 4096, 0))
        return stream.read()


def _raised(attrs: dict[str, Any]) -> RadixError:
    kind = getattr(errors, attrs["kind"], RadixError)
    shown = {name: attrs[name] for name in ("found", "expected", "hint")}
    positional = {"code", "kind", "transient", *shown}
    error: RadixError = kind(
        attrs["code"], **shown, **{name: value for name, value in attrs.items() if name not in positional}
    )
    return error


def main(folder: Path) -> None:
    """Run in the child."""
    die_with_parent()
    with contextlib.suppress(OSError):  # the system takes this process first where its memory is full
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    from radix_assets.execution.unexpected import unexpected
    from radix_assets.pipeline.tools import tools_of
    from radix_assets.stages import STAGES
    from radix_resources.credentials.redaction import scrub
    from radix_resources.home import Home

    sent = pickle.loads((folder / _WORK).read_bytes())  # noqa: S301 written by the parent, in a folder of its own
    project = sent["project"].model_copy(update={"folder": sent["folder"]})
    (step,) = (step for step in steps(project, STAGES) if step.name == sent["step"])
    actions: list[Action] = []
    fields = {name: sent[name] for name in ("inputs", "out", "previous", "seconds")}
    tools = tools_of(project, Home.from_environment())
    work = replace(Work(project, step, tools=tools, **fields), record=actions.append, stages=STAGES)
    output, error = None, None
    with measuring() as measured:
        try:
            output = step.stage.compute(work)
        except RadixError as raised:
            error = scrub(raised).attrs()
        except Exception as raised:  # noqa: BLE001 the parent reports it, in words that show no value
            error = scrub(unexpected(step, raised)).attrs()
        result = Result(output, error, actions, measured.usage)
    write_atomically(folder / _RESULT, pickle.dumps(result), mode=PRIVATE)
    sys.stdout.flush()
    os._exit(0)  # threads of libraries need not end in their own time


if __name__ == "__main__":
    # Under its own name, so that what is pickled here is found there.
    from radix_assets.execution.child_process import main as run

    run(Path(sys.argv[1]))
