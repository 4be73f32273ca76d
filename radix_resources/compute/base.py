"""Which engine: this machine, or a cluster where one is named and the data need it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from radix_resources.errors import ConfigError

Engine = Literal["polars", "spark"]
SHARE = 0.5
"""Of the memory: data that would take more of it when they are unpacked are for the cluster."""
GROWTH = 2.0
"""Bytes in memory for each byte of unpacked Parquet: what is read, and what is made of it."""


@dataclass(frozen=True)
class Choice:
    """An engine, and why."""

    engine: Engine
    reason: str
    fits: bool = True
    """Whether the tables fit into memory here too, as far as anybody looked."""


def choose(wanted: Literal["auto", "polars", "spark"], files: Iterable[Path], *, cluster: bool, room: int) -> Choice:
    """The engine for Parquet files, with `room` bytes of memory here; `cluster` is whether one is named.

    `auto` goes by estimated bytes against memory, never by rows: one large machine is faster than a cluster until the
    data do not fit. Raises ConfigError RDX-CFG-012 where Spark is asked for and no cluster is named.
    """
    if wanted == "polars":
        return Choice("polars", "the project asks for it")
    needed = estimated(files) if cluster else 0
    fits = needed <= SHARE * room
    if wanted == "spark":
        if not cluster:
            raise ConfigError(
                "RDX-CFG-012",
                "the engine is spark, and no cluster is named",
                expected="compute.spark.master, such as spark://host:7077",
                hint="name the cluster in project.yaml, or take engine: polars",
            )
        return Choice("spark", "the project asks for it", fits)
    if not cluster:
        return Choice("polars", "no cluster is named")
    share = f"about {_gigabytes(needed)} to compute on, {_gigabytes(room)} of memory here"
    return Choice("polars" if fits else "spark", share, fits)


def estimated(files: Iterable[Path]) -> int:
    """Bytes of memory that Parquet files are about to need, by what their footers say."""
    import pyarrow.parquet as pq

    total = 0
    for file in files:
        metadata = pq.read_metadata(file)
        total += sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    return round(GROWTH * total)


def memory() -> int:
    """Bytes of memory that this process may use: the machine's, or its container's where that is less."""
    import psutil

    found = int(psutil.virtual_memory().total)
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(file).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            found = min(found, int(text))
    return found


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:,.1f} GB"
