"""Selection of features: conditions, windows, places, and a limit on their number."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from feature_shop import link, save, shop, tag

from radix_assets.asof.plan import Aggregation, walk
from radix_assets.features.budget import estimate, trim
from radix_assets.features.definitions import AGGREGATED, TRANSFORMED, define
from radix_assets.features.graph.build import build_graph
from radix_assets.features.stage import load_features, make_features
from radix_assets.features.synthesis import entity_set_names, synthesize
from radix_assets.features.windows import DAY, HOUR, choose, words
from radix_assets.tags.schema import TableTags, Tags, Target


def test_conditions_use_frequent_values_of_columns_that_are_not_private(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    tags.tables["visits"].columns["device"] = tag("feature categorical personal")
    graph = build_graph(tags, tables, ())
    definitions, _ = define(graph)
    conditions = {
        (list(walk(part.where.base))[-1].columns[0], part.where.value)
        for definition in definitions
        for part in walk(definition.node)
        if isinstance(part, Aggregation) and part.where
    }
    assert ("colour", "red") in conditions
    assert not any(column == "device" for column, _ in conditions)
    assert all("pc" not in definition.name for definition in definitions)


@pytest.mark.parametrize(
    ("gap", "span", "expected"),
    [
        (1, 400, [7 * DAY, 30 * DAY, 90 * DAY]),
        (1 / 24, 30, [6 * HOUR, DAY, 7 * DAY]),
        (40, 2000, [90 * DAY, 365 * DAY]),
        (1, 10, []),
        (400, 4000, []),
    ],
)
def test_windows_are_chosen_from_the_gaps_and_the_span(gap: float, span: float, expected: list[int]) -> None:
    times = (np.arange(0, span, gap) * DAY).astype(np.int64)
    assert choose(np.zeros(len(times), dtype=np.int64), times) == expected


def test_a_window_is_written_in_plain_words() -> None:
    assert [words(length) for length in (30 * DAY, 6 * HOUR, 90_000_000)] == ["30d", "6h", "90s"]


def test_latitude_and_longitude_give_a_distance(tmp_path: Path) -> None:
    flights = pl.DataFrame({"from": ["a", "b", "a", "c"], "to": ["b", "c", "c", "a"], "y": [0, 1, 1, 0]})
    airports = pl.DataFrame(
        {"code": ["a", "b", "c"], "lat": [40.6, 51.5, None], "lon": [-73.8, -0.5, 2.5], "alt": [4.0, 25.0, 119.0]}
    )
    tags = Tags(
        target=Target(table="flights", column="y", problem="binary"),
        tables={
            "flights": TableTags(
                columns={
                    "from": tag("foreign_key not-generalizable"),
                    "to": tag("foreign_key not-generalizable"),
                    "y": tag("target categorical"),
                }
            ),
            "airports": TableTags(
                primary_key=["code"],
                columns={
                    "code": tag("primary_key not-generalizable"),
                    **{name: tag("feature numeric") for name in ("lat", "lon", "alt")},
                },
            ),
        },
        relationships=[link("flights", ["from"], "airports", ["code"]), link("flights", ["to"], "airports", ["code"])],
        confirmed_by="person",
    )
    (tmp_path / "out").mkdir()
    make_features(tags, save(tmp_path / "raw", {"flights": flights, "airports": airports}), [], tmp_path / "out")
    (distance,) = [f for f in load_features(tmp_path / "out").features if f.name.startswith("HAVERSINE")]
    values = pl.read_parquet(tmp_path / "out" / "matrix.parquet")[distance.name]
    assert values.is_null().to_list() == [False, True, True, True]
    assert values[0] == pytest.approx(3450, rel=0.01)
    assert distance.explanation.startswith("distance in miles between lat and lon")


def test_definitions_survive_a_round_trip(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    import featuretools as ft

    found = {f.get_name(): f for f in ft.load_features(str(tmp_path / "out" / "definitions.json"))}
    windows = [f for f in load_features(tmp_path / "out").features if ", last 7d" in f.name]
    assert windows
    assert all(found[f.name].get_name() == f.name for f in windows)


def wide(tables: int, columns: int) -> Tags:
    """Return a table with many children, each with many columns and a child."""
    names = {f"t{i}": [f"c{k}" for k in range(columns)] for i in range(tables)}
    return Tags(
        target=Target(table="main", column="y", problem="binary"),
        tables={
            "main": TableTags(
                primary_key=["id"], columns={"id": tag("primary_key not-generalizable"), "y": tag("target numeric")}
            ),
            **{
                name: TableTags(
                    primary_key=["own"],
                    columns={
                        "id": tag("foreign_key not-generalizable"),
                        "own": tag("primary_key not-generalizable"),
                        **{c: tag("feature numeric") for c in found},
                    },
                )
                for name, found in names.items()
            },
        },
        relationships=[
            link(name, ["id"], "main" if i % 2 else "t0", ["id" if i % 2 else "own"])
            for i, name in enumerate(names)
            if i
        ]
        + [link("t0", ["id"], "main", ["id"])],
        confirmed_by="person",
    )


def test_the_number_of_definitions_cannot_explode(tmp_path: Path) -> None:
    tags = wide(16, 60)
    frames = {"main": pl.DataFrame({"id": [1, 2], "y": [0, 1]})}
    row = {"id": [1, 2, 1], "own": [1, 2, 3]}
    frames |= {
        name: pl.DataFrame(row | {c: [1.0, 2.0, 4.0] for c in table.columns if c.startswith("c")})
        for name, table in tags.tables.items()
        if name != "main"
    }
    graph = build_graph(tags, save(tmp_path, frames), ())
    assert estimate(graph, AGGREGATED, TRANSFORMED, 2, 60) > 5_000
    cut, depth, dropped = trim(graph, AGGREGATED, TRANSFORMED, most=5_000)
    made = synthesize(cut, entity_set_names(cut), AGGREGATED, TRANSFORMED, depth)
    assert 1_000 < len(made) < 5_000
    assert dropped["t3.c59"] == "not used: beyond the bound of 5000 considered features"


def test_no_window_for_rows_without_a_time(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path, static=True)
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    names = load_features(tmp_path / "out").names
    assert not any("last 7d" in name or "TIME_SINCE" in name for name in names)


def test_stacked_features_are_point_in_time_too(tmp_path: Path) -> None:
    start = dt.datetime(2020, 1, 1)  # noqa: DTZ001
    people = pl.DataFrame({"p": [1, 1], "at": [start + dt.timedelta(days=d) for d in (10, 20)], "y": [0, 1]})
    tags = Tags(
        target=Target(table="asked", column="y", problem="binary"),
        tables={
            "asked": TableTags(
                time_index=["at"],
                columns={
                    "p": tag("foreign_key not-generalizable"),
                    "at": tag("time_index datetime"),
                    "y": tag("target numeric"),
                },
            ),
            "people": TableTags(primary_key=["p"], columns={"p": tag("primary_key not-generalizable")}),
            "carts": TableTags(
                primary_key=["c"],
                time_index=["at"],
                columns={
                    "c": tag("primary_key not-generalizable"),
                    "p": tag("foreign_key not-generalizable"),
                    "at": tag("time_index datetime"),
                },
            ),
            "items": TableTags(
                time_index=["at"],
                columns={"c": tag("foreign_key not-generalizable"), "at": tag("time_index datetime")},
            ),
        },
        relationships=[
            link("asked", ["p"], "people", ["p"]),
            link("carts", ["p"], "people", ["p"]),
            link("items", ["c"], "carts", ["c"]),
        ],
        confirmed_by="person",
    )
    days = lambda *d: [start + dt.timedelta(days=x) for x in d]  # noqa: E731
    frames = {
        "asked": people,
        "people": pl.DataFrame({"p": [1]}),
        "carts": pl.DataFrame({"c": [1, 2], "p": [1, 1], "at": days(1, 2)}),
        # items are put into carts long after the carts were created
        "items": pl.DataFrame({"c": [1, 1, 1, 2, 2], "at": days(3, 12, 30, 9, 20)}),
    }
    (tmp_path / "out").mkdir()
    make_features(tags, save(tmp_path / "raw", frames), [], tmp_path / "out")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert matrix["people.MAX(carts.COUNT(items))"].to_list() == [1.0, 2.0]
    assert matrix["people.COUNT(carts.items)"].to_list() == [2.0, 3.0]
