"""End a command at once when a person or the system asks for it: Ctrl-C, SIGINT or SIGTERM."""

import contextlib
import contextvars
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

if TYPE_CHECKING:
    import dagster as dg

EXIT_CODES: Final[Mapping[int, int]] = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""The exit code after each signal: 128 and its number, as a shell reports it."""
_PATIENCE: Final = 5.0
"""Seconds after which the process ends even if `end` does not return, such as when a database does not answer."""
T = TypeVar("T")


def interruptible(work: Callable[[], T], end: Callable[[signal.Signals], None]) -> T:
    """Return the result of `work`; on SIGINT or SIGTERM call `end` and end the process, with the exit code for it.

    Dagster and Polars turn a signal into an exception in whatever the main thread computes, or hold it back until a
    step ends. So the work is done in another thread, and the main thread only waits for it. A process of Radix can be
    killed at any moment without harm, so the work is not waited for. Child processes end as well, except those in a
    session of their own, such as endpoints. In another thread than the main one, where no signal arrives, just work.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    import polars as pl  # noqa: F401 installs a handler of its own, which the ones below replace

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        for each in EXIT_CODES:
            signal.signal(each, signal.SIG_DFL)  # a second one ends the process without more ado
        limit = threading.Timer(_PATIENCE, os._exit, (EXIT_CODES[number],))
        limit.daemon = True
        limit.start()
        try:
            end(signal.Signals(number))
        finally:
            _end_children()
            os._exit(EXIT_CODES[number])

    result: Future[T] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        # Ctrl-C goes to all processes of a terminal. Children inherit the mask: they neither print a traceback nor end
        # before they have passed on what is written last.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            result.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001 raised again in the main thread
            result.set_exception(error)

    before = {number: signal.signal(number, stop) for number in EXIT_CODES}
    try:
        threading.Thread(target=run, name="work", daemon=True).start()
        return result.result()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def cancel_own_runs(instance: "dg.DagsterInstance") -> None:
    """Mark this process's unfinished runs as cancelled, so that no other machine waits for them."""
    import dagster as dg

    from radix_resources.action_log.reconcile import process_tags

    own = {name: value for name, value in process_tags().items() if value}
    unfinished = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in instance.get_runs(dg.RunsFilter(tags=own, statuses=unfinished)):
        instance.report_run_canceled(run)


def _end_children() -> None:
    import psutil

    session = os.getsid(0)
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getsid(child.pid) == session:
                child.kill()
