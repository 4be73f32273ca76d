"""Estimates of what steps need and use, and the ledger of what they used."""

from collections.abc import Mapping
from typing import Literal

from radix_assets.pipeline.engine import engine_for
from radix_assets.pipeline.stage import Tools, Work
from radix_resources.home import Home
from radix_resources.providers.base import Request
from radix_resources.sizing.ledger import Ledger
from radix_resources.sizing.predict import Sizing, fit
from radix_resources.sizing.schema import Need, Prediction, tables_of


def need_of(work: Work, expected: Mapping[str, int] | None = None) -> Need:
    """Return the need of a step, from the footers of its inputs; no data are read.

    `expected` are the uncompressed bytes of inputs that are stale, by asset key without the project.
    """
    expected = expected or {}
    present = [snapshot.path for name, snapshot in sorted(work.inputs.items()) if name not in expected]
    rows, size, columns = tables_of(path for path in present if path.is_dir())
    stage = work.step.stage
    need = Need(
        stage=stage.name,
        engine=_engine(work),
        rows=rows,
        bytes=size + sum(expected[name] for name in {*work.step.deps, *work.step.optional_deps} if name in expected),
        columns=columns,
    )
    return stage.estimate(work, need)


Bound = Literal["low", "middle", "high"]


def request_of(use: Prediction, bound: Bound = "high") -> Request:
    """Return the request to the provider for a predicted usage, by one of its bounds."""
    seconds = getattr(use.seconds, bound)
    return Request(
        memory_bytes=int(getattr(use.peak_bytes, bound)),
        cores=max(1, round(getattr(use.cpu_seconds, bound) / seconds)) if seconds else 1,
        disk_bytes=int(getattr(use.output_bytes, bound)),
        seconds=seconds,
    )


def _engine(work: Work) -> str:
    if work.project.compute.spark is None:
        return "polars"
    return engine_for(work.project, work.raw()).engine


def ledger(home: Home) -> Ledger:
    """Return the ledger of what steps of this installation used."""
    return Ledger(home.state / "usage.jsonl")


def sizing(tools: Tools) -> Sizing:
    """Return the model of what steps use, fitted to what steps of this installation have used."""
    return fit(ledger(tools.home).read(tools.storage))
