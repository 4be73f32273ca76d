"""The feature matrix by Spark: features that Spark computes differently are computed locally, or reported."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from feature_shop import link, save, tag
from spark_alike import alike

from radix_assets.features.stage import load_features, make_features
from radix_assets.pipeline.engine import Computing
from radix_assets.pipeline.output import Output, Table
from radix_assets.tags.schema import TableTags, Tags, Target
from radix_resources.compute.base import Choice


def world(folder: Path) -> tuple[Tags, dict[str, Path]]:
    """Return tables with decimal sizes as a category: Java formats some with other digits."""
    random = np.random.default_rng(0)
    things = pl.DataFrame(
        {
            "thing": np.arange(60),
            "size": random.choice([0.1, 1e-7, 2.5e22], 60),
            "weight": random.normal(5, 1, 60),
            "constant": [0.1] * 60,
            "good": random.integers(0, 2, 60),
        }
    )
    parts = pl.DataFrame({"thing": random.integers(0, 60, 300), "price": random.normal(9, 2, 300), "same": [0.1] * 300})
    numeric = "feature numeric"
    tables = {
        "things": TableTags(
            primary_key=["thing"],
            columns={
                "thing": tag("primary_key not-generalizable"),
                "size": tag("feature categorical"),
                "weight": tag(numeric),
                "constant": tag(numeric),
                "good": tag("target categorical"),
            },
        ),
        "parts": TableTags(
            columns={"thing": tag("foreign_key not-generalizable"), "price": tag(numeric), "same": tag(numeric)}
        ),
    }
    tags = Tags(
        target=Target(table="things", column="good", problem="binary"),
        tables=tables,
        relationships=[link("parts", ["thing"], "things", ["thing"])],
    )
    return tags, save(folder, {"things": things, "parts": parts})


def made(tags: Tags, tables: dict[str, Path], folder: Path, engine: Computing | None = None) -> Output:
    folder.mkdir()
    return make_features(tags, tables, [], folder, engine)


@pytest.mark.parametrize("fits", [True, False])
def test_features_not_computed_on_spark_are_computed_locally_or_named(
    spark: Any, tmp_path: Path, *, fits: bool
) -> None:
    tags, tables = world(tmp_path / "raw")
    made(tags, tables, tmp_path / "here")
    output = made(tags, tables, tmp_path / "there", Computing(Choice("spark", "asked", fits), spark))
    here, there = load_features(tmp_path / "here"), load_features(tmp_path / "there")
    mine, theirs = (pl.read_parquet(tmp_path / name / "matrix.parquet") for name in ("here", "there"))
    assert "size" in here.names
    replay = next(check for check in output.checks if check.name == "replay")
    assert replay.passed == fits
    table = output.shown["computed here, not on Spark (RDX-FEA-009)" if fits else "not computed on Spark (RDX-FEA-009)"]
    assert isinstance(table, Table)
    assert table.rows[0]["feature"] == "size"
    assert all("size" in str(row["feature"]) for row in table.rows)
    assert "read as text" in str(table.rows[0]["RDX-FEA-009"])
    if fits:
        assert there == here
    else:
        assert there.names == [name for name in here.names if "size" not in name]
        assert there.dropped["size"].startswith("not computed on Spark: decimals")
    for name in theirs.columns:
        alike(mine[name].to_list(), theirs[name].to_list(), name)
