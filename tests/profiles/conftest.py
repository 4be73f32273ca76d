"""Fixtures of the tests of profiles."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from radix_assets.profiles.sketches import distinct
from radix_assets.profiles.sketches import heavy_hitters as frequent
from radix_assets.profiles.sketches import quantile_sketch as ranks
from radix_assets.profiles.sketches import value_counts as tally


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set limits so low that a few hundred values are too many to count."""
    for module in (distinct, tally):
        monkeypatch.setattr(module, "KEPT", 64)
    monkeypatch.setattr(ranks, "LEVEL", 32)
    monkeypatch.setattr(frequent, "FREQUENT", 8)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[pl.DataFrame, str], Path]:
    """Write a table like a raw snapshot, in small row groups."""

    def write(frame: pl.DataFrame, name: str = "data") -> Path:
        file = tmp_path / f"{name}.parquet"
        frame.lazy().sink_parquet(file, compression="zstd", row_group_size=100, statistics=True)
        return file

    return write
