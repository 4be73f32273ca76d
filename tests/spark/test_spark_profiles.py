"""Profiles computed by Spark equal local ones."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from example_plugin.statistics import EMPTY_STRINGS
from spark_alike import alike

from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.spark import counts, order
from radix_assets.profiles.spark.compute import profile_table as on_spark
from radix_assets.profiles.statistics.registry import STATISTICS

N = 600


def same(session: Any, frame: pl.DataFrame, folder: Path) -> None:
    file = folder / "data.parquet"
    frame.write_parquet(file)
    alike(profile_table("t", file).model_dump(), on_spark(session, "t", file).model_dump())


def mixed() -> pl.DataFrame:
    rng = np.random.default_rng(0)

    def some(values: Any, share: float = 0.1) -> list[Any]:
        hidden = rng.random(N) < share
        return [None if hide else value for value, hide in zip(np.asarray(values).tolist(), hidden, strict=True)]

    frame = pl.DataFrame(
        {
            "": np.arange(N),
            "a level": some(rng.normal(1e6, 1, N)),
            '`q`."x"': [float("nan") if i % 7 == 0 else (-0.0 if i % 5 == 0 else i / 3) for i in range(N)],
            "inf": [float("inf") if i == 5 else float(i % 13) for i in range(N)],
            "ties": some(rng.integers(-3, 4, N)),
            "Ties": [4] * N,
            "_metadata": rng.integers(2**60, 2**62, N),
            "word": some(rng.choice(["a", "bé", "C 9", "x" * 50, "", "it's \\ \n"], N)),
            "name": [f"Name {i % 97} é" for i in range(N)],
            "flag": some(rng.random(N) < 0.3),
            "day": [dt.date(2020, 1, 1) + dt.timedelta(days=int(i)) for i in rng.integers(-9000, 400, N)],
            "at": some([dt.datetime(1969, 12, 31) + dt.timedelta(seconds=i, microseconds=7) for i in range(N)]),
            "clock": [dt.time(i % 24, 0, 0, i) for i in range(N)],
            "no text": pl.Series([None] * N, dtype=pl.String),
            "no number": pl.Series([None] * N, dtype=pl.Float64),
        }
    )
    return pl.concat([frame, frame[:5]])


def test_every_kind_of_column_has_the_same_profile(spark: Any, tmp_path: Path) -> None:
    same(spark, mixed(), tmp_path)


def test_a_column_sorted_in_parts_and_rows_of_many_blocks(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MANY", 100)
    monkeypatch.setattr(counts, "PARTS", 8)
    monkeypatch.setattr(order, "BLOCK", 1_000)
    monkeypatch.setattr(order, "GLANCE", 50)
    rng = np.random.default_rng(1)
    n = 12_000  # more than the sample of the rank correlations
    frame = pl.DataFrame(
        {
            "rises": np.arange(n) // 3,
            "rises where it is": [None if i % 5 else i for i in range(n)],
            "falls once": [i if i != 9_999 else 0 for i in range(n)],
            "x": rng.normal(size=n),
            "y": [None if i % 3 == 0 else float(i % 977) for i in range(n)],
            "texts": [f"{i:06d}" for i in range(n)],
            "group": rng.choice(["a", "b"], n),
        }
    )
    same(spark, frame, tmp_path)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(),
        pl.DataFrame(schema={"a": pl.Int64, "b": pl.String, "c": pl.Boolean}),
        pl.DataFrame({"a": [1], "b": ["x"], "c": [None]}, schema_overrides={"c": pl.Datetime("us")}),
    ],
)
def test_nearly_empty_tables(spark: Any, tmp_path: Path, frame: pl.DataFrame) -> None:
    same(spark, frame, tmp_path)


def test_a_statistic_registered_by_its_definition(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STATISTICS, EMPTY_STRINGS.name, EMPTY_STRINGS)
    same(spark, mixed(), tmp_path)
    profile = on_spark(spark, "t", tmp_path / "data.parquet")
    assert profile.model_dump()["columns"]["word"]["empty_strings"] == (mixed()["word"] == "").sum() > 0


@pytest.mark.parametrize("name", ["penguins"])
def test_tables_of_a_real_dataset(spark: Any, tmp_path: Path, shared_data: Path, name: str) -> None:
    for file in sorted((shared_data / name).glob("*.csv"))[:2]:
        same(spark, pl.read_csv(file, infer_schema_length=None, try_parse_dates=True, null_values=["NA"]), tmp_path)
