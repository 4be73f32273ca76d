"""Compute a step within the memory requested for it, and record what it used."""

import shutil
import time
from functools import cached_property
from typing import Any

from radix_assets.execution.child_process import OutOfMemory, can_leave, compute_apart
from radix_assets.execution.estimate import ledger, need_of, request_of, sizing
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Work
from radix_resources.action_log.schema import Action
from radix_resources.errors import StorageError
from radix_resources.sizing.ledger import Used
from radix_resources.sizing.measure import measuring
from radix_resources.sizing.memory import memory_for_steps, reserved
from radix_resources.sizing.predict import NEXT_SIZE
from radix_resources.sizing.schema import Need, Prediction, Usage, tables_of

LARGE = 0.25
"""Share of the memory for steps. A step that requests more is computed in a child process with a limit, whose start
takes a second, which is short compared with such a step."""


class Sized:
    """A step to be computed."""

    def __init__(self, work: Work, actor: str, run_id: str) -> None:
        self.work = work
        self._actor, self._run_id = actor, run_id
        self._home = work.tools.home
        self._usage: Usage | None = None

    @cached_property
    def need(self) -> Need:
        """The size of its input."""
        return need_of(self.work)

    @cached_property
    def prediction(self) -> Prediction:
        """Its predicted usage."""
        return sizing(self.work.tools).predict(self.need, self.work.step.key)

    def compute(self) -> Output | None:
        """Compute it, and if it runs out of memory a second time with more.

        Raise TransientComputeError RDX-CMP-008 if other steps leave no room, and StorageError RDX-STO-005 if the memory
        does not suffice.
        """
        room = memory_for_steps()
        request = min(request_of(self.prediction).memory_bytes, room)
        try:
            return self._attempt(request, room, apart=request > LARGE * room)
        except MemoryError as error:
            larger = min(int(NEXT_SIZE * request), room)
            self._record_shortage(error, request, larger)
            if larger <= request:
                raise _memory_error(request) from None
        self._clear_output()
        try:
            return self._attempt(larger, room, apart=True)
        except MemoryError as error:
            self._record_shortage(error, larger, larger)
            raise _memory_error(larger) from None

    def _attempt(self, request: int, room: int, *, apart: bool) -> Output | None:
        with reserved(self._home.state / "memory", self.work.step.key, request, room):
            if apart and can_leave(self.work):
                output, self._usage = compute_apart(self.work, request)
                return output
            with measuring() as measured:
                try:
                    return self.work.step.stage.compute(self.work)
                finally:
                    self._usage = measured.usage

    def used(self) -> dict[str, Any]:
        """Return what it needed and used, for its commit record, and add it to the ledger."""
        if self._usage is None:
            return {}
        _, table_bytes, _ = tables_of([self.work.out])
        written = sum(path.stat().st_size for path in self.work.out.rglob("*") if path.is_file())
        usage = self._usage.model_copy(update={"output_bytes": written, "table_bytes": table_bytes})
        return self._write(usage).model_dump(mode="json")

    def _record_shortage(self, error: MemoryError, request: int, larger: int) -> None:
        """Record that the request was too small, in the ledger for later predictions and in the log."""
        usage = error.usage if isinstance(error, OutOfMemory) else self._usage or Usage(peak_bytes=request)
        peak = max(usage.peak_bytes, request)
        self._write(usage.model_copy(update={"out_of_memory": True, "peak_bytes": peak}))
        resized = Action(
            kind="resize",
            subject=self.work.step.key,
            project=self.work.project.name,
            actor=self._actor,
            reason="it ran out of memory" + ("; tried once more" if larger > request else "; there is no more"),
            outcome="ok" if larger > request else "failed",
            error_code=None if larger > request else "RDX-STO-005",
            before={"memory_bytes": request},
            after={"memory_bytes": larger},
            run_id=self._run_id,
        )
        self.work.record(resized)

    def _write(self, usage: Usage) -> Used:
        used = Used(step=self.work.step.key, at=round(time.time(), 3), need=self.need, usage=usage)
        ledger(self._home).add(used)
        return used

    def _clear_output(self) -> None:
        """Remove what the first attempt left."""
        for path in self.work.out.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _memory_error(request: int) -> StorageError:
    return StorageError(
        "RDX-STO-005",
        f"the memory is full: {request / 1e9:,.1f} GB did not suffice",
        expected="a step that fits into the memory that steps may use here",
        hint="compute on Spark (docs/scaling.md), use a larger machine, or state more in RADIX_MEMORY",
    )
