"""Each signal finds its leak, and honest columns are not suspected."""

import itertools
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from exploration_worlds import World, tag

from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import Target

N = 1500


def table(rng: np.random.Generator) -> pl.DataFrame:
    honest = rng.normal(size=N)
    value = honest * 2 + rng.normal(size=N)
    return pl.DataFrame({"honest": honest, "group": rng.integers(0, 9, N).astype(str), "y": value})


def found(exploration: object, column: str, severity: str = "strong") -> set[str]:
    return {each.code for each in exploration.suspects if each.column == column and each.severity == severity}


BINARY = Target(table="t", column="y", problem="binary")
NUMBER = Target(table="t", column="y", problem="regression")


def test_honest_columns_are_not_suspects(world: World, rng: np.random.Generator) -> None:
    frame = table(rng)
    assert world(tag({"t": frame}, NUMBER), {"t": frame}).suspects == []


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("copy", {"sibling"}),
        ("noise", {"sibling"}),
        ("strays", {"near_copy"}),
        ("monotone", {"sibling"}),
        ("fold", {"predictive"}),
        ("text", {"sibling"}),
    ],
)
def test_a_transformed_copy_of_a_number_is_a_strong_suspect(
    world: World, rng: np.random.Generator, kind: str, codes: set[str]
) -> None:
    frame = table(rng)
    y = frame["y"].to_numpy()
    stray = np.where(rng.random(N) < 0.05, rng.permutation(y), y)
    leak: dict[str, object] = {
        "copy": y,
        "noise": y + rng.normal(scale=0.05 * y.std(), size=N),
        "strays": stray,
        "monotone": -np.exp(y),
        "fold": np.where(y > 0, y, y * 1000),
        "text": [f"{each:.6f} EUR" for each in y],
    }
    frame = frame.with_columns(pl.Series("leak", leak[kind]))
    exploration = world(tag({"t": frame}, NUMBER), {"t": frame})
    assert found(exploration, "leak") & (codes | {"sibling", "predictive"})
    assert not found(exploration, "honest")


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_recoded_class_is_a_strong_suspect(world: World, rng: np.random.Generator, noise: float) -> None:
    frame = table(rng).with_columns((pl.col("y") > 1).alias("y"))
    flipped = frame["y"].to_numpy() ^ (rng.random(N) < noise)
    frame = frame.with_columns(pl.Series("alive", np.where(flipped, "yes", "no")))
    exploration = world(tag({"t": frame}, BINARY), {"t": frame})
    assert found(exploration, "alive") == {"recode"}
    assert exploration.suspects[0].name == "t.alive"


def test_a_number_recoded_arbitrarily_is_a_strong_suspect(world: World, rng: np.random.Generator) -> None:
    frame = table(rng).with_columns(pl.Series("y", rng.integers(0, 300, N)))
    codes = rng.permutation(300)
    frame = frame.with_columns(pl.Series("code", [f"k{codes[each]}" for each in frame["y"]]))
    assert found(world(tag({"t": frame}, NUMBER), {"t": frame}), "code") == {"recode"}


def test_duplicate_rows_do_not_make_columns_recodes(world: World, rng: np.random.Generator) -> None:
    frame = table(rng)
    frame = pl.concat([frame, frame[:700]]).with_row_index("id")
    assert not world(tag({"t": frame}, NUMBER), {"t": frame}).strong


def test_a_key_that_determines_the_target_is_a_weak_suspect(world: World, rng: np.random.Generator) -> None:
    kind = rng.integers(0, 5, N)
    frame = table(rng).with_columns(pl.Series("kind", kind), pl.Series("y", kind == 3))
    kinds = pl.DataFrame({"kind": range(5), "label": ["a", "b", "c", "d", "e"]})
    link = Relationship(child="t", child_columns=["kind"], parent="kinds", parent_columns=["kind"])
    tables = {"t": frame, "kinds": kinds}
    exploration = world(tag(tables, BINARY, relationships=[link]), tables)
    assert exploration.strong == set()
    assert {"t.kind", "kinds.label"} <= {each.name for each in exploration.suspects}


def test_a_column_that_is_null_with_the_target_is_a_strong_suspect_and_other_nulls_are_not(
    world: World, rng: np.random.Generator
) -> None:
    unknown = rng.random(N) < 0.05
    gaps = rng.random(N) < 0.05
    frame = table(rng).with_columns(
        pl.when(~pl.Series(unknown)).then("y").alias("y"),
        pl.when(~pl.Series(unknown | (rng.random(N) < 0.005))).then(pl.Series(rng.random(N))).alias("arrived"),
        pl.when(~pl.Series(gaps)).then("honest").alias("tail"),
    )
    exploration = world(tag({"t": frame}, NUMBER), {"t": frame})
    assert found(exploration, "arrived") == {"missing_with_target"}
    assert exploration.strong == {"t.arrived"}


@pytest.mark.parametrize("problem", ["binary", "regression"])
def test_a_column_filled_for_one_outcome_only_is_a_strong_suspect(
    world: World, rng: np.random.Generator, problem: str
) -> None:
    frame = table(rng)
    outcome = frame["y"] > 1
    frame = frame.with_columns(pl.when(outcome).then(pl.Series(rng.random(N))).alias("refund"))
    if problem == "binary":
        frame = frame.with_columns(outcome.alias("y"))
    target = Target(table="t", column="y", problem=problem)
    assert "missingness" in found(world(tag({"t": frame}, target), {"t": frame}), "refund")


@pytest.mark.parametrize("form", ["a + b", "a - b", "a x b", "a / b", "sum of three", "total of which it is an item"])
def test_columns_that_compose_the_target_are_strong_suspects(world: World, rng: np.random.Generator, form: str) -> None:
    a, b, c = (rng.uniform(1, 50, N).round(2) for _ in range(3))
    y = {
        "a + b": a + b,
        "a - b": a - b,
        "a x b": (a * b).round(2),
        "a / b": a / b,
        "sum of three": a + b - c + rng.choice([0.5, 1.0], N),
        "total of which it is an item": c / 5,
    }[form]
    frame = pl.DataFrame({"a": a, "b": b, "c": c, "d": rng.uniform(1, 50, N), "y": y})
    expected = {"t.a", "t.b"} | ({"t.c"} if form == "sum of three" else set())
    if form.startswith("total"):
        frame = frame.with_columns((pl.col("y") + pl.col("a") + pl.col("b") + 1).alias("total")).drop("c")
        expected = {"t.total", "t.a", "t.b"}
    assert world(tag({"t": frame}, NUMBER), {"t": frame}).strong == expected


def test_the_components_of_a_compared_column_are_strong_suspects(world: World, rng: np.random.Generator) -> None:
    frame = pl.DataFrame({"a": rng.normal(size=N), "b": rng.normal(size=N), "c": rng.normal(size=N)})
    frame = frame.with_columns((pl.col("a") - pl.col("b")).alias("y"))
    target = Target(table="t", column="y", operator=">", value=0.5, problem="binary")
    assert world(tag({"t": frame}, target), {"t": frame}).strong == {"t.a", "t.b"}


def test_an_equation_of_two_is_found_among_many_columns(world: World, rng: np.random.Generator) -> None:
    frame = pl.DataFrame({f"x{i}": rng.normal(size=300) for i in range(120)})
    frame = frame.with_columns(pl.Series("y", rng.normal(scale=0.01, size=300)))
    frame = frame.with_columns((pl.col("x7") + pl.col("y")).alias("x8"))
    assert world(tag({"t": frame}, NUMBER), {"t": frame}).strong == {"t.x7", "t.x8"}


def dated(rng: np.random.Generator) -> pl.DataFrame:
    start = datetime(2024, 1, 1)  # noqa: DTZ001 timestamps of a snapshot have no time zone
    opened = [start + timedelta(hours=3 * i) for i in range(N)]
    hours = rng.exponential(30, N) + 1
    closed = [each + timedelta(hours=float(h)) for each, h in zip(opened, hours, strict=True)]
    return table(rng).with_columns(
        pl.Series("opened", opened),
        pl.Series("closed_at", [each if rng.random() < 0.9 else None for each in closed]),
        pl.Series("due_date", [(each + timedelta(days=14)).date() for each in opened]),
        pl.Series("born", [each - timedelta(days=9000) for each in opened]),
        pl.Series("opened_utc", [each + timedelta(hours=4 + i % 2) for i, each in enumerate(opened)]),
        pl.Series("handling_hours", hours),
    )


def test_a_time_after_that_of_the_row_and_its_measures_are_strong_suspects(
    world: World, rng: np.random.Generator
) -> None:
    frame = dated(rng)
    exploration = world(tag({"t": frame}, NUMBER, time={"t": ["opened"]}), {"t": frame})
    assert exploration.strong == {"t.closed_at", "t.handling_hours"}
    assert found(exploration, "due_date", "weak") == {"later"}


def test_a_time_in_parts_is_compared_and_a_time_zone_is_not_a_later_time(
    world: World, rng: np.random.Generator
) -> None:
    parts = [("year", "year"), ("month", "month"), ("day", "day"), ("hour", "hour")]
    frame = dated(rng).with_columns(getattr(pl.col("opened").dt, how)().alias(part) for part, how in parts)
    frame = frame.with_columns(pl.col("opened").dt.offset_by("5h").alias("opened")).drop("opened_utc")
    exploration = world(tag({"t": frame}, NUMBER, time={"t": ["year", "month", "day", "hour"]}), {"t": frame})
    assert exploration.strong == {"t.closed_at", "t.handling_hours"}


def accounts(rng: np.random.Generator) -> tuple[pl.DataFrame, list[Relationship]]:
    frame = table(rng)[:400].with_row_index("id").with_columns((pl.col("y") > 1).alias("y"))
    link = Relationship(child="c", child_columns=["account"], parent="t", parent_columns=["id"])
    return frame, [link]


def test_a_table_with_rows_for_one_class_only_is_a_strong_suspect(world: World, rng: np.random.Generator) -> None:
    frame, links = accounts(rng)
    child = frame.filter("y").select(account="id", fee=pl.lit(1.5))
    tables = {"t": frame, "c": child}
    tags = tag(tables, BINARY, relationships=links)
    exploration = world(tags, tables)
    assert "c.*" in exploration.strong
    assert exploration.excluded(tags) == ["c.account", "c.fee"]


def test_later_rows_are_weak_suspects_if_features_read_only_earlier_ones(
    world: World, rng: np.random.Generator
) -> None:
    frame, links = accounts(rng)
    moment = datetime(2024, 5, 1)  # noqa: DTZ001
    frame = frame.with_columns(pl.lit(moment).alias("at"))
    after = frame.filter("y").select(account="id", on=pl.lit(moment + timedelta(days=3)))
    before = frame.select(account="id", on=pl.lit(moment - timedelta(days=3)))
    tables = {"t": frame, "c": pl.concat([after, before])}
    exploration = world(tag(tables, BINARY, relationships=links, time={"t": ["at"], "c": ["on"]}), tables)
    assert exploration.strong == set()
    assert found(exploration, "*", "weak") == {"child_rows"}


def test_child_values_that_sum_to_the_target_are_strong_suspects(world: World, rng: np.random.Generator) -> None:
    price, quantity = rng.uniform(1, 20, 4000).round(2), rng.integers(1, 9, 4000)
    lines = pl.DataFrame({"line": range(4000), "account": rng.integers(0, 600, 4000), "price": price, "n": quantity})
    lines = lines.with_columns(pl.Series("noise", rng.normal(size=4000)))
    totals = lines.group_by("account").agg((pl.col("price") * pl.col("n")).sum().alias("y")).sort("account")
    frame = totals.rename({"account": "id"}).with_columns(pl.Series("honest", rng.normal(size=totals.height)))
    link = Relationship(child="c", child_columns=["account"], parent="t", parent_columns=["id"])
    tables = {"t": frame, "c": lines}
    assert world(tag(tables, NUMBER, relationships=[link]), tables).strong == {"c.price", "c.n"}


def test_a_child_column_with_the_name_of_the_target_and_a_table_of_its_events_are_strong_suspects(
    world: World, rng: np.random.Generator
) -> None:
    frame = table(rng)[:400].with_row_index("id").rename({"y": "churn_flag"})
    frame = frame.with_columns((pl.col("churn_flag") > 1).alias("churn_flag"))
    orders = pl.DataFrame({"account": rng.integers(0, 400, 900), "churnFlag": rng.random(900) < 0.1, "x": 1.0})
    events = pl.DataFrame({"account": rng.integers(0, 400, 90), "why": "price"})
    tables = {"accounts": frame, "orders": orders, "churn_events": events}
    links = [
        Relationship(child=child, child_columns=["account"], parent="accounts", parent_columns=["id"])
        for child in ("orders", "churn_events")
    ]
    target = Target(table="accounts", column="churn_flag", problem="binary")
    assert world(tag(tables, target, relationships=links), tables).strong == {"orders.churnFlag", "churn_events.*"}


@pytest.mark.parametrize(("problem", "seed"), list(itertools.product(["binary", "regression"], range(5))))
def test_noise_is_never_a_suspect(world: World, problem: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({f"x{i}": rng.normal(size=200) for i in range(20)})
    frame = frame.with_columns(
        pl.Series("label", [f"v{each}" for each in rng.integers(0, 150, 200)]),
        pl.Series("y", rng.random(200) < 0.1 if problem == "binary" else rng.normal(size=200)),
    )
    target = Target(table="t", column="y", problem=problem)
    assert world(tag({"t": frame}, target), {"t": frame}).suspects == []


def test_numbered_columns_are_not_similar(world: World, rng: np.random.Generator) -> None:
    names = ["column_1", "column_2", "column_3", "column_4", "column_5"]
    parent = pl.DataFrame({"id": range(N), **{name: rng.normal(size=N) for name in names}})
    child = pl.DataFrame({"id": rng.permutation(N), "column_6": rng.normal(size=N), "Column 5": rng.normal(size=N)})
    target = Target(table="t", column="column_5", problem="regression")
    link = Relationship(child="c", child_columns=["id"], parent="t", parent_columns=["id"])
    found = world(tag({"t": parent, "c": child}, target, relationships=[link]), {"t": parent, "c": child})
    assert {(each.table, each.column) for each in found.suspects if each.code == "name"} == {("c", "Column 5")}


@pytest.mark.parametrize("text", [False, True])
def test_groups_with_different_means_are_honest_and_bands_of_the_target_are_not(
    world: World,
    rng: np.random.Generator,
    text: bool,  # noqa: FBT001 a case
) -> None:
    shop = rng.integers(0, 30, N)
    y = rng.normal(scale=500, size=30)[shop] + rng.normal(scale=60, size=N)
    band = rng.permutation(30)[np.digitize(y, np.quantile(y, np.linspace(0, 1, 31)[1:-1]))]
    stray = np.where(rng.random(N) < 0.02, rng.permutation(band), band)
    frame = pl.DataFrame({"shop": shop, "band": band, "stray": stray, "y": y})
    if text:
        frame = frame.with_columns(pl.format("n{}", pl.col(name)).alias(name) for name in ("shop", "band", "stray"))
    exploration = world(tag({"t": frame}, NUMBER), {"t": frame})
    assert found(exploration, "shop") == set()
    assert found(exploration, "shop", "weak") == {"predictive"}
    assert "predictive" in found(exploration, "band")
    assert "predictive" in found(exploration, "stray")


@pytest.mark.parametrize("kind", ["binary", "regression", "multiclass"])
@pytest.mark.parametrize("how", ["mean", "scaled", "group left out", "sum"])
def test_an_aggregate_with_the_rows_own_target_is_a_strong_suspect(
    world: World, rng: np.random.Generator, kind: str, how: str
) -> None:
    frame = table(rng)
    if kind != "regression":
        high = pl.when(pl.col("y") > 1.5).then(pl.lit("c")).otherwise(pl.lit("b"))
        cut = 0.5 if kind == "binary" else -1.0
        rest = pl.lit("b") if kind == "binary" else high
        frame = frame.with_columns(pl.when(pl.col("y") > cut).then(rest).otherwise(pl.lit("a")).alias("y"))
    number = frame["y"] if kind == "regression" else (frame["y"] == frame["y"].unique().sort()[0]).cast(pl.Float64)
    team = pl.Series("team", [f"team {n}" for n in rng.integers(0, N // 4, N)])
    frame = frame.with_columns(team, number.alias("n"))
    made = pl.col("n").sum() if how == "sum" else pl.col("n").mean()
    frame = frame.with_columns((made * (100 if how == "scaled" else 1)).over("team").alias("rate")).drop("n")
    frame = frame.drop("team") if how == "group left out" else frame
    exploration = world(tag({"t": frame}, Target(table="t", column="y", problem=kind)), {"t": frame})
    assert "aggregate" in found(exploration, "rate")
    assert not found(exploration, "honest")


def test_an_aggregate_of_something_else_is_no_suspect(world: World, rng: np.random.Generator) -> None:
    frame = table(rng).with_columns(pl.Series("team", [f"team {n}" for n in rng.integers(0, N // 4, N)]))
    frame = frame.with_columns(pl.col("honest").mean().over("team").alias("rate"), pl.len().over("team").alias("size"))
    assert world(tag({"t": frame}, NUMBER), {"t": frame}).strong == set()
