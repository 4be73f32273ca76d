"""Watch an application, because Spark waits forever without executors."""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from radix_resources.errors import RadixError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOST = 60.0
"""Seconds without an executor after which the application is cancelled."""
_STEP = 1.0


def executors(session: "SparkSession") -> int:
    """Return the number of executors of the session's application."""
    return int(session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1  # noqa: SLF001 no public way to ask


@contextlib.contextmanager
def watched(session: "SparkSession", lost: RadixError) -> Iterator[None]:
    """Raise `lost` if all executors were lost and none came back, whatever error Spark reports."""
    done, given_up = threading.Event(), threading.Event()

    def watch() -> None:
        last_seen = time.monotonic()
        while not done.wait(_STEP):
            try:
                if executors(session):
                    last_seen = time.monotonic()
                elif time.monotonic() - last_seen > LOST:
                    given_up.set()
                    session.sparkContext.cancelAllJobs()
            except Exception:  # noqa: BLE001 the driver has ended; the waiting caller is notified
                return

    watcher = threading.Thread(target=watch, daemon=True, name="radix-spark-watch")
    watcher.start()
    try:
        yield
    except Exception as error:
        if given_up.is_set():
            raise lost from error
        raise
    finally:
        done.set()
        watcher.join(_STEP * 5)
