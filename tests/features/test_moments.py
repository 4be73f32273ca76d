"""Rows that combine an entity and a cutoff: one plan answers for the same entity at many cutoffs."""

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from feature_oracle import Oracle
from feature_shop import START, frames, link, save, tags_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from test_feature_parity import everything
from test_point_in_time import BASE, planted

from radix_assets.asof.plan import Plan
from radix_assets.features.engines.dispatch import compute
from radix_assets.features.prepared import Prepared, prepare
from radix_assets.features.schema import CUTOFF
from radix_assets.features.stage import load_features, make_features
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

DAYS = 40


def asked(moments: int = 4) -> pl.DataFrame:
    """Return every customer at some cutoffs, with a target."""
    people = frames(3)["customers"]["customer"].to_list()
    rows = [
        {"customer": person, "at": START + dt.timedelta(days=DAYS * step // moments), "late": (person + step) % 2}
        for step in range(1, moments + 1)
        for person in people
    ]
    return pl.DataFrame(rows, schema={"customer": pl.Int64, "at": pl.Datetime("us"), "late": pl.Int64})


def question(shop: dict[str, pl.DataFrame], folder: Path) -> tuple[Tags, dict[str, Path]]:
    tags = tags_of()
    tags.tables["asked"] = TableTags(
        primary_key=["customer", "at"],
        time_index=["at"],
        columns={
            "customer": ColumnTag(role="foreign_key", type="not-generalizable"),
            "at": ColumnTag(role="time_index", type="datetime"),
            "late": ColumnTag(role="target", type="categorical"),
        },
    )
    tags.tables["orders"].columns["late"] = ColumnTag(role="feature", type="categorical")
    tags.target = Target(table="asked", column="late", problem="binary")
    tags.relationships.append(link("asked", ["customer"], "customers", ["customer"]))
    return tags, save(folder, shop | {"asked": asked()})


def test_features_describe_the_entity_at_the_cutoff(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path / "raw")
    (tmp_path / "out").mkdir()
    output = make_features(tags, tables, [], tmp_path / "out")
    assert all(check.passed for check in output.checks)
    features = load_features(tmp_path / "out")
    assert not any("asked" in feature.name for feature in features.features)
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    counts = (
        asked()
        .with_row_index("row")
        .join(BASE["orders"].select("customer", then="at"), on="customer", how="left")
        .filter(pl.col("then") < pl.col("at"))
        .group_by("row")
        .len("n")
    )
    people = BASE["customers"].select("customer", "since")
    rows = asked().with_row_index("row").join(people, on="customer", how="left", maintain_order="left")
    expected = rows.join(counts, on="row", how="left", maintain_order="left").select(
        pl.when(pl.col("since") < pl.col("at")).then("n").fill_null(0).cast(pl.Float64)
    )
    assert matrix["customers.COUNT(orders)"].to_list() == expected.to_series().to_list()
    assert any("MEAN(orders.COUNT(lines))" in feature.name for feature in features.features)


def test_every_feature_at_a_cutoff_equals_featuretools(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path)
    plan = everything(tags, tables)
    rows = list(range(0, 36, 3))
    mine = Prepared(plan, tables).compute(asked()[rows])
    theirs = Oracle(tags, tables, plan).compute(plan.outputs, rows)
    for name in mine.columns:
        assert_frame_equal(mine.select(name), theirs.select(name), rel_tol=1e-9, abs_tol=1e-12)


def test_unseen_cutoffs_are_answered_like_seen_ones(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path / "raw")
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    prepared = prepare(tmp_path / "out", tags, tables)
    row = pl.DataFrame({"customer": ["1"], "at": ["2020-01-15 12:00:00"]})
    found = prepared.compute(row)
    orders = BASE["orders"].filter(pl.col("customer") == 1, pl.col("at") < dt.datetime(2020, 1, 15, 12))  # noqa: DTZ001
    assert found["customers.COUNT(orders)"][0] == len(orders)


def test_one_cutoff_for_all_rows_equals_a_cutoff_per_row(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path)
    plan = everything(tags, tables)
    rows = asked().filter(pl.col("at") == pl.col("at").max())
    once = compute(plan, tables, rows.with_columns(pl.col("at").alias(CUTOFF)))
    each = Prepared(plan, tables).compute(rows)
    assert_frame_equal(once, each, rel_tol=1e-9, abs_tol=1e-9)


def test_an_explicit_cutoff_overrides_the_time_of_the_row(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path)
    plan = everything(tags, tables)
    rows, later = asked(), asked().with_columns(pl.col("at") + dt.timedelta(days=3))
    given = rows.with_columns(later["at"].alias(CUTOFF))
    names = [output.name for output in plan.outputs if "at" not in output.name]
    assert_frame_equal(
        compute(plan, tables, given).select(names),
        Prepared(plan, tables).compute(later).select(names),
        check_exact=True,
    )


def test_features_of_some_rows_equal_those_of_all(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path)
    plan = everything(tags, tables)
    rows = asked().sample(11, seed=0)
    assert_frame_equal(Prepared(plan, tables).once(rows), Prepared(plan, tables).compute(rows), check_exact=True)
    orders = tags_of()
    tables = save(tmp_path / "orders", BASE)
    plan = everything(orders, tables)
    rows = BASE["orders"].sample(15, seed=1)
    assert_frame_equal(Prepared(plan, tables).once(rows), Prepared(plan, tables).compute(rows), check_exact=True)


@pytest.mark.extended
def test_many_cutoffs_of_an_entity_are_answered_like_a_single_one(tmp_path: Path) -> None:
    tags, tables = question(frames(3, orders=400), tmp_path / "raw")
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    prepared = prepare(tmp_path / "out", tags, tables)
    names = load_features(tmp_path / "out").names
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet").select(names)
    forms = ("MEAN(orders.COUNT(lines))", ", last ", " WHERE ", "TIME_SINCE(")
    assert [form for form in forms if not any(form in name for name in names)] == []
    alone = list(asked().iter_slices(1))
    assert_frame_equal(pl.concat(prepared.compute(row) for row in alone), matrix, check_exact=True)
    assert_frame_equal(pl.concat(prepared.once(row) for row in alone), matrix, check_exact=True)
    grouped = [compute(prepared.plan, tables, row.with_columns(pl.col("at").alias(CUTOFF))) for row in alone[::5]]
    assert_frame_equal(pl.concat(grouped), matrix[::5], rel_tol=1e-9, abs_tol=1e-9)


def test_the_time_since_an_event_ends_at_the_requested_cutoff(tmp_path: Path) -> None:
    tags, tables = question(BASE, tmp_path)
    plan = everything(tags, tables)
    found = compute(plan, tables, asked())["customers.TIME_SINCE(since)"]
    since = asked().join(BASE["customers"], on="customer", maintain_order="left")["since"]
    seconds = (asked()["at"] - since).dt.total_microseconds() / 1e6
    assert found.to_list() == [s if s > 0 else None for s in seconds]
    assert not any("TIME_SINCE(at)" in output.name for output in plan.outputs)
    now = compute(plan, tables, asked().with_columns(at=pl.lit(None, pl.Datetime("us"))))
    assert now["customers.TIME_SINCE(since)"].null_count() == len(now)


later = st.integers(0, 5_000).map(lambda minutes: dt.timedelta(minutes=minutes))
Answers = tuple[pl.DataFrame, pl.DataFrame]


def answers(prepared: Prepared, tables: dict[str, Path], row: int) -> Answers:
    """Return the features of a row: at its own time, and at that time as the cutoff of all rows."""
    rows = asked()[row : row + 1]
    return prepared.compute(rows), compute(prepared.plan, tables, rows.with_columns(pl.col("at").alias(CUTOFF)))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Callable[[int], Answers]]:
    """Return a plan, and its answers before any row is added."""
    tags, tables = question(BASE, tmp_path_factory.mktemp("before"))
    prepared = Prepared(everything(tags, tables), tables)
    return prepared.plan, cache(lambda row: answers(prepared, tables, row))


@pytest.mark.extended
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.integers(0, 35),
    orders=st.lists(
        st.tuples(later, st.integers(0, 10), st.sampled_from(["s0", "s1"]), st.sampled_from(["s2", "s3"])), max_size=5
    ),
    visits=st.lists(st.tuples(later, st.integers(0, 10)), max_size=4),
    lines=st.lists(st.tuples(st.integers(0, 10), st.integers(0, 5)), max_size=6),
)
def test_rows_at_and_after_a_given_cutoff_change_no_feature(
    tmp_path_factory, before, row, orders, visits, lines
) -> None:
    plan, expected = before
    _, after = question(planted(asked()["at"][row], orders, visits, lines), tmp_path_factory.mktemp("after"))
    for mine, theirs in zip(answers(Prepared(plan, after), after, row), expected(row), strict=True):
        assert_frame_equal(mine, theirs, check_exact=True)
