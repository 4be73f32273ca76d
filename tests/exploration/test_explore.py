"""The stage as a whole: what it writes, shows, checks and refuses, on data of any shape."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from exploration_worlds import World, tag
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from radix_assets.common.plotting import LIMIT
from radix_assets.exploration.explore import explore, load_exploration
from radix_assets.exploration.plots import worth_ranking
from radix_assets.exploration.sample import load_sample
from radix_assets.pipeline.output import Picture
from radix_assets.tags.schema import ColumnTag, Tags, Target
from radix_resources.errors import TargetError

N = 600


def write(path: Path, frame: pl.DataFrame) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path / "data.parquet")
    return path


def run(tmp_path: Path, frame: pl.DataFrame, tags: Tags) -> tuple[Path, object]:
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    return out, explore(tags, {tags.target.table: write(tmp_path / "raw", frame)}, {}, out)


def sample(rng: np.random.Generator) -> pl.DataFrame:
    days = [date(2023, 1, 1) + timedelta(days=i % 400) for i in range(N)]
    y = rng.normal(size=N)
    gaps = rng.random(N) < 0.3
    a = pl.Series(y + rng.normal(size=N)).set(pl.Series(gaps), None)
    return pl.DataFrame({"day": days, "a": a, "y": y})


def number(frame: pl.DataFrame, **roles: ColumnTag) -> Tags:
    return tag({"t": frame}, Target(table="t", column="y", problem="regression"), time={"t": ["day"]}, **roles)


def test_exploration_writes_its_findings_and_small_charts(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = sample(rng)
    out, output = run(tmp_path, frame, number(frame))
    pictures = [each for each in output.shown.values() if isinstance(each, Picture)]
    assert {each.file for each in pictures} == {"associations.png", "target.png", "over_time.png", "missingness.png"}
    assert all(0 < (out / each.file).stat().st_size <= LIMIT for each in pictures)
    found = load_exploration(out)
    assert found.coverage is not None
    assert sum(each.rows for each in found.coverage.periods) == N
    assert {each.name for each in output.checks} == {
        "target_known",
        "enough_rows",
        "target_balanced_enough",
        "leaks_excluded",
    }
    assert all(each.passed for each in output.checks)


def test_useless_columns_are_not_ranked_in_the_chart(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = sample(rng).with_columns(id=pl.int_range(N), unused=pl.col("y") + 1)
    roles = {
        "id": ColumnTag(role="primary_key", type="not-generalizable"),
        "unused": ColumnTag(role="ignore", type="numeric"),
    }
    tags = number(frame, **roles)
    out, _ = run(tmp_path, frame, tags)
    found, question = load_exploration(out), load_sample(tags, tmp_path / "raw")
    assert {"id", "unused"} <= {each.column for each in found.associations}
    assert {each.column for each in worth_ranking(found, question)} == {"day", "a"}


def test_no_value_of_a_private_time_is_stored(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = sample(rng)
    private = ColumnTag(role="time_index", type="datetime", sensitivity="personal")
    out, output = run(tmp_path, frame, number(frame, day=private))
    assert load_exploration(out).coverage is None
    assert "2023-" not in (out / "exploration.json").read_text() + str(output)
    assert not (out / "over_time.png").exists()


def test_private_classes_are_numbered_in_the_order_of_their_names(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": range(N), "y": ["b" if i % 3 else "a" for i in range(N)]})
    private = ColumnTag(role="target", type="categorical", sensitivity="sensitive")
    tags = tag({"t": frame}, Target(table="t", column="y", problem="binary"), y=private)
    out, _ = run(tmp_path, frame, tags)
    assert [(one.name, one.rows) for one in load_exploration(out).balance.classes] == [
        ("class 2", 400),
        ("class 1", 200),
    ]


def test_equal_data_give_equal_bytes(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = sample(rng)
    texts = [(run(tmp_path, frame, number(frame))[0] / "exploration.json").read_bytes() for _ in range(2)]
    assert texts[0] == texts[1]


def test_a_leak_is_excluded_unless_a_user_marks_it_as_a_feature(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = sample(rng).with_columns(pl.col("y").alias("copy"), pl.col("a").alias("known_late"))
    late = ColumnTag(role="leak", type="numeric")
    tags = number(frame, known_late=late)
    out, output = run(tmp_path, frame, tags)
    assert load_exploration(out).excluded(tags) == ["t.copy", "t.known_late"]
    assert next(each for each in output.checks if each.name == "leaks_excluded").passed

    expected = number(frame, known_late=late, copy=ColumnTag(role="feature", type="numeric", human=True))
    out, output = run(tmp_path, frame, expected)
    assert load_exploration(out).excluded(expected) == ["t.known_late"]
    check = next(each for each in output.checks if each.name == "leaks_excluded")
    assert not check.passed
    assert check.severity == "WARN"
    assert "t.copy" in check.description


def test_a_rare_class_is_reported(tmp_path: Path) -> None:
    frame = pl.DataFrame({"y": ["a"] * 990 + ["b"] * 10, "x": range(1000)})
    tags = tag({"t": frame}, Target(table="t", column="y", problem="binary"))
    out, output = run(tmp_path, frame, tags)
    assert not next(each for each in output.checks if each.name == "target_balanced_enough").passed
    assert [(each.name, each.rows) for each in load_exploration(out).balance.classes] == [("a", 990), ("b", 10)]


def test_no_value_of_a_private_target_is_stored(tmp_path: Path) -> None:
    frame = pl.DataFrame({"y": ["secretA", "secretB"] * 100, "x": range(200)})
    private = ColumnTag(role="target", type="categorical", sensitivity="personal")
    tags = tag({"t": frame}, Target(table="t", column="y", problem="binary"), y=private)
    out, output = run(tmp_path, frame, tags)
    assert "secret" not in (out / "exploration.json").read_text() + str(output)


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("gone", [1.0, 2.0], "RDX-TGT-101"),
        ("y", [None, None], "RDX-TGT-102"),
        ("y", [], "RDX-TGT-102"),
        ("y", [3.0, 3.0, None], "RDX-TGT-103"),
    ],
)
def test_an_invalid_target_is_refused_with_its_code(
    tmp_path: Path, column: str, values: list[float | None], code: str
) -> None:
    frame = pl.DataFrame({"y": values, "x": values}, schema={"y": pl.Float64, "x": pl.Float64})
    tags = tag({"t": frame}, Target(table="t", column=column, problem="regression"))
    with pytest.raises(TargetError) as caught:
        run(tmp_path, frame, tags)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("operator", "value", "values", "expected"),
    [
        (">", 15, [10, 20, None], {"true": 1, "false": 1}),
        ("==", "yes", ["yes", "no", None], {"true": 1, "false": 1}),
        ("!=", "x", ["x", "y", "y"], {"true": 2, "false": 1}),
        (">=", 1.5, ["$1.5", "$0.5", "n/a"], {"true": 1, "false": 1}),
        ("==", "true", [True, False, False], {"true": 1, "false": 2}),
        ("<", "2024-02-01", [date(2024, 1, 1), date(2024, 3, 1), None], {"true": 1, "false": 1}),
    ],
)
def test_a_comparison_becomes_two_classes_and_unknown_stays_unknown(
    tmp_path: Path, operator: str, value: float | str, values: list[object], expected: dict[str, int]
) -> None:
    frame = pl.DataFrame({"y": values, "x": [1, 2, 3]})
    target = Target(table="t", column="y", operator=operator, value=value, problem="binary")
    out, _ = run(tmp_path, frame, tag({"t": frame}, target))
    assert {each.name: each.rows for each in load_exploration(out).balance.classes} == expected


def test_columns_may_have_any_names(world: World, rng: np.random.Generator) -> None:
    names = ["", " ", "a.b", '"q"', "^x$", "*", "é$x$y", "{j: [1]}", "列", "line\nbreak", "c0", "row"]
    frame = pl.DataFrame({name: rng.normal(size=60) for name in names})
    frame = frame.with_columns(pl.Series("^y.*$", rng.normal(size=60)))
    found = world(
        tag({"t": frame}, Target(table="t", column="^y.*$", problem="regression")),
        {"t": frame},
    )
    assert {each.column for each in found.associations} == set(names)


cells = {
    pl.Int64: st.integers(-(2**62), 2**62),
    pl.Float64: st.floats(allow_nan=True, allow_infinity=True),
    pl.Boolean: st.booleans(),
    pl.String: st.text(max_size=5),
    pl.Date: st.dates(),
    pl.Datetime("us"): st.datetimes(),
    pl.Time: st.times(),
}


@given(data=st.data())
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # Hypothesis shrinks a table slowly
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_table_can_be_explored(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 40))
    columns = {}
    for i, (kind, cell) in enumerate(cells.items()):
        values = data.draw(st.lists(st.none() | cell, min_size=rows, max_size=rows))
        columns[f"x{i}"] = pl.Series(f"x{i}", values, dtype=kind)
    problem = data.draw(st.sampled_from(["binary", "multiclass", "regression"]))
    column = data.draw(st.sampled_from(sorted(columns)))
    frame = pl.DataFrame(columns)
    times = data.draw(st.sampled_from([[], ["x4"], ["x5"], ["x0", "x1"]]))
    tags = tag({"t": frame}, Target(table="t", column=column, problem=problem), time={"t": times})
    path = tmp_path_factory.mktemp("any")
    try:
        run(path, frame, tags)
    except TargetError:
        return
    json.loads((path / "out" / "exploration.json").read_text())


def test_a_large_table_is_sampled_but_all_its_rows_are_counted(tmp_path: Path, rng: np.random.Generator) -> None:
    rows = 120_000
    start = datetime(2020, 1, 1)  # noqa: DTZ001
    frame = pl.DataFrame({"y": rng.random(rows) < 0.2, "x": rng.normal(size=rows)}).with_columns(
        pl.datetime_range(start, interval="1m", end=start + timedelta(minutes=rows - 1), eager=True).alias("at")
    )
    tags = tag({"t": frame}, Target(table="t", column="y", problem="binary"), time={"t": ["at"]})
    out, _ = run(tmp_path, frame, tags)
    found = load_exploration(out)
    assert (found.rows, found.sampled) == (rows, 50_000)
    assert sum(each.rows for each in found.balance.classes) == rows
