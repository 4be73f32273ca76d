"""Choose the engine: this machine, or the project's cluster if the data require it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from radix_resources.errors import ConfigError

Engine = Literal["polars", "spark"]
SHARE = 0.5
"""Share of the memory: data that need more of it when uncompressed are computed on the cluster."""
GROWTH = 2.0
"""Bytes in memory for each byte of uncompressed Parquet: the input, and what is computed from it."""


@dataclass(frozen=True)
class Choice:
    """An engine, and the reason for it."""

    engine: Engine
    reason: str
    fits: bool = True
    """Whether the tables also fit into memory here, by the estimate."""


def choose(engine: Literal["auto", "polars", "spark"], files: Iterable[Path], *, cluster: bool, room: int) -> Choice:
    """Choose the engine for Parquet files, given `room` bytes of memory here and whether there is a `cluster`.

    `auto` goes by estimated bytes against memory, never by rows: one large machine is faster than a cluster until the
    data do not fit. Raise ConfigError RDX-CFG-012 if Spark is asked for and no cluster is named.
    """
    if engine == "polars":
        return Choice("polars", "the project asks for it")
    needed = estimated(files) if cluster else 0
    fits = needed <= SHARE * room
    if engine == "spark":
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
    """Estimate the bytes of memory that Parquet files need, from their footers."""
    import pyarrow.parquet as pq

    total = 0
    for file in files:
        metadata = pq.read_metadata(file)
        total += sum(metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups))
    return round(GROWTH * total)


def memory() -> int:
    """Return the bytes of memory that this process may use: the machine's, or its container's if that is less."""
    import psutil

    limit = int(psutil.virtual_memory().total)
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(file).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            limit = min(limit, int(text))
    return limit


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:,.1f} GB"
