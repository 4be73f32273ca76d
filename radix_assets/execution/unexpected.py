"""Coded errors for unexpected exceptions, without any value."""

import errno
import traceback
from pathlib import Path

from radix_assets.pipeline.stage import Step
from radix_resources.errors import RadixError, StorageError
from radix_resources.metadata.db_errors import fault_of


def unexpected(step: Step, error: BaseException) -> RadixError:
    """Return the coded form of an exception: its kind and location only, since its text may quote a private value."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return StorageError(
            "RDX-STO-004",
            "the disk is full",
            expected="room for the new snapshot; the old one is untouched",
            hint="free some space and run again",
        )
    if isinstance(error, MemoryError):
        return StorageError("RDX-STO-005", "the memory is full", hint="close other programs, or use a larger machine")
    fault = fault_of(error)
    if fault is not None:
        return fault
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames[-4:]]
    return RadixError(
        "RDX-INT-001",
        f"unexpected {type(error).__name__} in {step.name}",
        hint="set RADIX_DEBUG=1 and run again to see the whole error (it may show values of your data)",
        where=" < ".join(reversed(places)),
    )
