"""Memory reservations of this machine's steps: steps that do not fit into memory together wait."""

import contextlib
import json
import os
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radix_resources.compute.base import memory
from radix_resources.errors import ConfigError, TransientComputeError
from radix_resources.files import locked, write_atomically
from radix_resources.processes import boot_id, is_running, started_at

SHARE = 0.8
"""Share of the machine's memory for steps; the rest is for Dagster, the endpoints and other programs."""
WAIT_SECONDS = 3600.0
_STEP = 0.25
_UNITS = {"": 1, "MB": 10**6, "GB": 10**9, "MIB": 2**20, "GIB": 2**30}


def memory_for_steps() -> int:
    """Return the bytes that all steps of this machine may use together: RADIX_MEMORY, or a share of the memory.

    Raise ConfigError RDX-CFG-014 if RADIX_MEMORY is not a size.
    """
    setting = os.environ.get("RADIX_MEMORY", "").strip()
    if not setting:
        return int(SHARE * memory())
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", setting)
    if match is None or match[2].upper() not in _UNITS or float(match[1]) == 0:
        raise ConfigError(
            "RDX-CFG-014", f"RADIX_MEMORY is {setting!r}", expected="a size such as 8GB", hint="correct it"
        )
    return int(float(match[1]) * _UNITS[match[2].upper()])


@dataclass(frozen=True)
class Reservation:
    """The reservation of a running step."""

    step: str
    bytes: int


@contextlib.contextmanager
def reserved(folder: Path, step: str, size: int, capacity: int, *, patience: float = WAIT_SECONDS) -> Iterator[None]:
    """Reserve `size` bytes for a step. Wait while other steps leave less; a step that runs alone never waits.

    A reservation ends with its process, however that ended. Raise TransientComputeError RDX-CMP-008 after `patience`
    seconds.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = folder / f"{uuid.uuid4().hex}.json"
    until = time.monotonic() + patience
    while not _reserve(folder, mine, step, size, capacity):
        if time.monotonic() > until:
            raise TransientComputeError(
                "RDX-CMP-008",
                f"{step} asks for {size / 1e9:,.1f} GB, and other steps leave less of {capacity / 1e9:,.1f} GB",
                expected=f"room within {patience:,.0f} seconds",
                hint="it is tried again; let the other runs end, or state more in RADIX_MEMORY",
            )
        time.sleep(_STEP)
    try:
        yield
    finally:
        mine.unlink(missing_ok=True)


def _reserve(folder: Path, mine: Path, step: str, size: int, capacity: int) -> bool:
    with locked(folder / ".lock"):
        reserved_bytes = sum(reservation.bytes for reservation in reservations(folder))
        if reserved_bytes and reserved_bytes + size > capacity:
            return False
        pid = os.getpid()
        owner = {"step": step, "bytes": size, "pid": pid, "started": started_at(pid), "boot": boot_id()}
        write_atomically(mine, json.dumps(owner))
        return True


def reservations(folder: Path) -> list[Reservation]:
    """Return the reservations of running steps; those of processes that have ended are removed."""
    return [reservation for file in sorted(folder.glob("*.json")) if (reservation := _running_reservation(file))]


def _running_reservation(file: Path) -> Reservation | None:
    try:
        owner = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        owner = {}
    if owner.get("boot") == boot_id() and is_running(owner.get("pid"), owner.get("started")):
        return Reservation(owner["step"], int(owner["bytes"]))
    file.unlink(missing_ok=True)
    return None
