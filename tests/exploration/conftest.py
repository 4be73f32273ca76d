"""Small worlds to explore."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from exploration_worlds import World

from radix_assets.exploration.explore import explore, load_exploration
from radix_assets.exploration.schema import Exploration
from radix_assets.tags.schema import Tags


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a function that writes tables as raw snapshots, explores them and loads the findings."""

    def look(tags: Tags, tables: dict[str, pl.DataFrame]) -> Exploration:
        paths = {}
        for i, (table, frame) in enumerate(tables.items()):
            paths[table] = tmp_path / f"raw{i}"
            paths[table].mkdir()
            frame.write_parquet(paths[table] / "data.parquet")
        out = tmp_path / "out"
        out.mkdir()
        explore(tags, paths, {}, out)
        return load_exploration(out)

    return look


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
