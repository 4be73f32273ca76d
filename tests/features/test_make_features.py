"""The features stage from end to end on a small shop."""

import json
import math
from pathlib import Path

import polars as pl
import pytest
from feature_shop import frames, link, save, shop, tag, tags_of
from polars.testing import assert_frame_equal

from radix_assets.features.prepared import prepare
from radix_assets.features.schema import CUTOFF, GROUP, ROW, TARGET
from radix_assets.features.stage import load_features, make_features
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target
from radix_resources.errors import FeatureError

HEAD = [ROW, CUTOFF, TARGET]


def made(tags: Tags, tables: dict[str, Path], out: Path, excluded=()):
    out.mkdir()
    return make_features(tags, tables, excluded, out)


def single(tmp_path: Path, frame: pl.DataFrame, columns: dict[str, str], **more) -> tuple[Tags, dict[str, Path]]:
    """Return a project of one table `t` whose target is `y`."""
    tags = Tags(
        target=Target(table="t", column="y", problem=more.pop("problem", "binary")),
        tables={
            "t": TableTags(columns={n: tag(k) for n, k in columns.items()} | {"y": tag("target categorical")}, **more)
        },
        relationships=[],
        confirmed_by="person",
    )
    return tags, save(tmp_path / "raw", {"t": frame})


def test_the_matrix_has_a_row_for_each_row_in_the_raw_order(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    out = made(tags, tables, tmp_path / "out")
    raw = pl.read_parquet(tables["orders"] / "data.parquet")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert matrix[ROW].to_list() == list(range(len(raw)))
    assert matrix[CUTOFF].equals(raw["at"].alias(CUTOFF))
    assert matrix[TARGET].to_list() == [str(late) for late in raw["late"]]
    assert pl.read_parquet(tmp_path / "out" / "keys.parquet").equals(raw.select("order"))
    assert out.rows == len(raw)
    assert all(check.passed for check in out.checks)


def test_features_json_describes_the_matrix(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    made(tags, tables, tmp_path / "out")
    features = load_features(tmp_path / "out")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert matrix.columns == [*HEAD, *features.names]
    kinds = {"numeric": pl.Float64, "categorical": pl.String, "boolean": pl.Boolean, "text": pl.String}
    assert all(matrix.schema[f.name] == kinds[f.type] for f in features.features)
    assert features.key == ["order"]
    one = next(f for f in features.features if f.name == "customers.MEAN(orders.weight)")
    assert one.explanation == "mean of weight over the earlier rows of orders with the same customer"
    assert one.tables == ["orders", "customers"]
    assert one.columns == ["orders.customer", "orders.weight"]
    assert one.path == "orders → customers ← orders"


def test_history_replayed_equals_the_matrix_exactly(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    made(tags, tables, tmp_path / "out")
    prepared = prepare(tmp_path / "out", tags, tables)
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet").drop(HEAD)
    raw = pl.read_parquet(tables["orders"] / "data.parquet").select(c.name for c in prepared.input_columns)
    assert_frame_equal(prepared.compute(raw), matrix, check_exact=True)
    assert_frame_equal(pl.concat(prepared.compute(row) for row in raw.iter_slices(1)), matrix, check_exact=True)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    for name in ("one", "two"):
        made(tags, tables, tmp_path / name)
    for file in ("matrix.parquet", "keys.parquet", "features.json", "plan.json", "definitions.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_featuretools_reads_its_definitions_back(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    made(tags, tables, tmp_path / "out")
    import featuretools as ft

    features = ft.load_features(str(tmp_path / "out" / "definitions.json"))
    assert [f.get_name() for f in features] == load_features(tmp_path / "out").names


def test_nothing_that_leaks_is_read_anywhere(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    made(tags, tables, tmp_path / "out", excluded=["orders.weight", "lines.amount", "stores.store"])
    features = load_features(tmp_path / "out")
    read = {column for feature in features.features for column in feature.columns}
    assert not read & {
        "orders.late",
        "orders.weight",
        "lines.amount",
        "stores.size",
        "orders.from",
        "customers.secret",
    } - {"orders.from"}
    assert not any("stores" in feature.tables for feature in features.features)
    assert features.dropped["orders.weight"].startswith("never used")
    assert features.dropped["orders.from -> stores.store"].startswith("left out")
    assert "person" not in (tmp_path / "out" / "plan.json").read_text()


def test_a_private_key_joins_but_its_values_stay_hidden(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path)
    private = tags.tables["orders"].columns["customer"].model_copy(update={"sensitivity": "personal"})
    tags.tables["orders"].columns["customer"] = private
    made(tags, tables, tmp_path / "out")
    names = load_features(tmp_path / "out").names
    assert "customer" not in names
    assert "customers.COUNT(orders)" in names
    (column,) = [c for c in prepare(tmp_path / "out", tags, tables).input_columns if c.name == "customer"]
    assert column.examples == []


def test_uninformative_features_are_dropped_with_a_reason(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "a": [1, 2, 3, 4], "same": [1, 2, 3, 4], "one": ["x"] * 4, "none": pl.Series([None] * 4, dtype=pl.Float64),
            "id": ["p", "q", "r", "s"], "some": [None, "x", "x", None], "y": [0, 1, 0, 1],
        }
    )  # fmt: skip
    kinds = {
        "a": "numeric",
        "same": "numeric",
        "one": "categorical",
        "none": "numeric",
        "id": "categorical",
        "some": "categorical",
    }
    tags, tables = single(tmp_path, frame, {name: f"feature {kind}" for name, kind in kinds.items()})
    made(tags, tables, tmp_path / "out")
    features = load_features(tmp_path / "out")
    assert features.names == ["a", "some"]
    assert features.dropped == {
        "same": "repeated: the same values as a",
        "one": "constant: every row has the same value",
        "none": "empty: no row has a value",
        "t.id": "not used: its value differs in every row",
        "t.y": "never used: the target is made of it",
    }


@pytest.mark.parametrize(
    ("values", "problem", "operator", "value", "expected"),
    [
        ([0, 1, None], "binary", None, None, ["0", "1", None]),
        ([True, False, None], "binary", None, None, ["true", "false", None]),
        (["no", "yes", None], "multiclass", None, None, ["no", "yes", None]),
        ([14, 15, 16, None], "binary", ">", 15.0, ["false", "false", "true", None]),
        (["a", "b", None], "binary", "==", "a", ["true", "false", None]),
        ([1, 2, None], "regression", None, None, [1.0, 2.0, None]),
        (["1.5", " 2", None], "regression", None, None, [1.5, 2.0, None]),
    ],
)
def test_targets_are_class_labels_or_numbers(tmp_path: Path, values, problem, operator, value, expected) -> None:
    frame = pl.DataFrame({"y": values, "x": [float(i) for i in range(len(values))]})
    tags, tables = single(tmp_path, frame, {"x": "feature numeric"}, problem=problem)
    tags.target = Target(table="t", column="y", operator=operator, value=value, problem=problem)
    made(tags, tables, tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out" / "matrix.parquet")[TARGET].to_list() == expected


def test_groups_are_kept_for_the_split_and_are_not_features(tmp_path: Path) -> None:
    frame = pl.DataFrame({"y": [0, 1, 0], "who": [7, 7, 8], "x": [1.0, 2.0, 3.0]})
    tags, tables = single(tmp_path, frame, {"x": "feature numeric", "who": "group not-generalizable"})
    made(tags, tables, tmp_path / "out")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert matrix.columns == [*HEAD, GROUP, "x"]
    assert matrix[GROUP].to_list() == ["7", "7", "8"]


def test_a_matrix_computed_in_chunks_is_the_same_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags, tables = shop(tmp_path)
    made(tags, tables, tmp_path / "whole")
    monkeypatch.setattr("radix_assets.features.matrix.CELLS", 1000)
    made(tags, tables, tmp_path / "pieces")
    whole, pieces = (pl.read_parquet(tmp_path / name / "matrix.parquet") for name in ("whole", "pieces"))
    assert_frame_equal(whole, pieces, check_exact=True)
    assert sorted(file.name for file in (tmp_path / "pieces").iterdir()) == [
        "definitions.json", "equal.parquet", "features.json", "features.png", "keys.parquet", "matrix.parquet",
        "plan.json",
    ]  # fmt: skip


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    odd = [
        "",
        "a.b",
        'say "x"',
        "{json: [1]}",
        "ünï→",
        "__row",
        "__target",
        "MEAN(x)",
        "$\\alpha$",
        "(row)",
        "*",
        "^a.*$",
        "known",
        "0",
        " ",
        "a\nb",
    ]
    columns = {name: [math.sin(i * k) for i in range(9)] for k, name in enumerate(odd, start=1)}
    child = {f"{name}!": [math.cos(i * k) for i in range(20)] for k, name in enumerate(odd, start=1)}
    main = pl.DataFrame({"key.": list("abcdefghi"), **columns, "y": [i % 2 for i in range(9)]})
    other = pl.DataFrame({"key.": [list("abcdefghi")[i % 8] for i in range(20)], **child})
    tags = Tags(
        target=Target(table="a table.", column="y", problem="binary"),
        tables={
            "a table.": TableTags(
                primary_key=["key."],
                columns={n: ColumnTag(role="feature", type="numeric") for n in odd}
                | {"key.": tag("primary_key not-generalizable")},
            ),
            "{other}": TableTags(
                columns={f"{n}!": ColumnTag(role="feature", type="numeric") for n in odd}
                | {"key.": tag("foreign_key not-generalizable")}
            ),
        },
        relationships=[link("{other}", ["key."], "a table.", ["key."])],
        confirmed_by="person",
    )
    tables = save(tmp_path / "raw", {"a table.": main, "{other}": other})
    out = made(tags, tables, tmp_path / "out")
    names = load_features(tmp_path / "out").names
    assert len(set(names)) == len(names) > 100
    assert all(check.passed for check in out.checks)


def test_tables_without_rows_are_accepted(tmp_path: Path) -> None:
    tags = tags_of()
    base = frames(0)
    tables = save(tmp_path, {name: frame if name == "orders" else frame.clear() for name, frame in base.items()})
    out = made(tags, tables, tmp_path / "out")
    assert all(check.passed for check in out.checks)
    assert {feature.path for feature in load_features(tmp_path / "out").features} <= {
        "orders",
        "orders → customers ← orders",
    }


KEY, FOREIGN, NUMBER = (
    tag("primary_key not-generalizable"),
    tag("foreign_key not-generalizable"),
    tag("feature numeric"),
)


def test_one_step_of_a_cycle_or_self_reference_is_followed(tmp_path: Path) -> None:
    staff = pl.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "boss": [None, 1, 1, 2],
            "unit": [1, 1, 2, 2],
            "x": [1.0, 4.0, 2.0, 8.0],
            "y": [0, 1, 1, 0],
        }
    )
    units = pl.DataFrame({"unit": [1, 2], "head": [1, 3], "size": [10.0, 20.0]})
    tags = Tags(
        target=Target(table="staff", column="y", problem="binary"),
        tables={
            "staff": TableTags(primary_key=["id"], columns={"id": KEY, "boss": FOREIGN, "unit": FOREIGN, "x": NUMBER}),
            "units": TableTags(primary_key=["unit"], columns={"unit": KEY, "head": FOREIGN, "size": NUMBER}),
        },
        relationships=[
            link("units", ["head"], "staff", ["id"]),
            link("staff", ["unit"], "units", ["unit"]),
            link("staff", ["boss"], "staff", ["id"]),
        ],
        confirmed_by="person",
    )
    made(tags, save(tmp_path / "raw", {"staff": staff, "units": units}), tmp_path / "out")
    features = load_features(tmp_path / "out")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert "units.size" in features.names
    assert matrix["staff (by boss).x"].to_list() == [None, 1.0, 1.0, 4.0]
    assert matrix["COUNT(staff (with this boss))"].to_list() == [2.0, 1.0, 0.0, 0.0]
    assert matrix["units.staff (by head).x"].to_list() == [1.0, 1.0, 2.0, 2.0]
    assert "circle" in features.dropped["units.head -> staff.id, further"]
    assert not any(column.endswith(".y") for feature in features.features for column in feature.columns)


def test_a_parent_without_a_key_is_left_out_and_one_with_duplicates_uses_the_first_row(tmp_path: Path) -> None:
    rows = range(20)
    child = pl.DataFrame(
        {
            "k": [i % 10 for i in rows],
            "g": [i % 2 for i in rows],
            "x": [float(i) for i in rows],
            "y": [i % 2 for i in rows],
        }
    )
    flawed = pl.DataFrame({"k": [*range(10), 3], "v": [*(float(i * i) for i in range(10)), -1.0]})
    grouped = pl.DataFrame({"g": [0, 0, 0, 1], "w": [1.0, 2.0, 3.0, 4.0]})
    tags = Tags(
        target=Target(table="c", column="y", problem="binary"),
        tables={
            "c": TableTags(columns={"k": FOREIGN, "g": FOREIGN, "x": NUMBER}),
            "p": TableTags(columns={"k": KEY, "v": NUMBER}),
            "q": TableTags(columns={"g": KEY, "w": NUMBER}),
        },
        relationships=[link("c", ["k"], "p", ["k"]), link("c", ["g"], "q", ["g"])],
        confirmed_by="person",
    )
    made(tags, save(tmp_path / "raw", {"c": child, "p": flawed, "q": grouped}), tmp_path / "out")
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet")
    assert matrix["p.v"].to_list() == [float((i % 10) ** 2) for i in rows]
    assert "no key" in load_features(tmp_path / "out").dropped["c.g -> q.g"]


def test_without_a_time_index_no_row_is_aggregated_over_itself(tmp_path: Path) -> None:
    tags, tables = shop(tmp_path, static=True)
    made(tags, tables, tmp_path / "out")
    features = load_features(tmp_path / "out")
    assert not any("← orders" in feature.path for feature in features.features)
    assert "aggregated over itself" in features.dropped["customers.COUNT(orders)"]
    assert pl.read_parquet(tmp_path / "out" / "matrix.parquet")[CUTOFF].null_count() == len(
        pl.read_parquet(tables["orders"] / "data.parquet")
    )


def test_the_limit_takes_the_simplest_features_first_and_reports_the_rest(tmp_path: Path) -> None:
    from radix_assets.asof.plan import Identity
    from radix_assets.features.definitions import define
    from radix_assets.features.graph.build import build_graph

    tags, tables = shop(tmp_path)
    graph = build_graph(tags, tables, ())
    kept, dropped = define(graph, most=10)
    assert sum(not isinstance(d.node, Identity) for d in kept) == 10
    assert dropped["customers.MEAN(orders.weight)"] == "beyond the bound of 10 engineered features"


class TestErrors:
    def test_no_such_target(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        tags.target = Target(table="orders", column="gone", problem="binary")
        with pytest.raises(FeatureError, match="RDX-FEA-001"):
            made(tags, tables, tmp_path / "out")

    def test_no_rows(self, tmp_path: Path) -> None:
        tags, tables = single(tmp_path, pl.DataFrame({"x": [1.0], "y": [0]}).clear(), {"x": "feature numeric"})
        with pytest.raises(FeatureError, match="RDX-FEA-002"):
            made(tags, tables, tmp_path / "out")

    def test_a_regression_on_words(self, tmp_path: Path) -> None:
        frame = pl.DataFrame({"x": [1.0, 2.0], "y": ["low", "high"]})
        tags, tables = single(tmp_path, frame, {"x": "feature numeric"}, problem="regression")
        with pytest.raises(FeatureError, match="RDX-FEA-006"):
            made(tags, tables, tmp_path / "out")

    @pytest.mark.parametrize("role", ["feature numeric", "ignore numeric"])
    def test_no_features(self, tmp_path: Path, role: str) -> None:
        tags, tables = single(tmp_path, pl.DataFrame({"x": [1.0, 1.0], "y": [0, 1]}), {"x": role})
        with pytest.raises(FeatureError, match="RDX-FEA-007"):
            made(tags, tables, tmp_path / "out")

    def test_a_time_index_without_a_time(self, tmp_path: Path) -> None:
        frame = pl.DataFrame({"x": [1.0, 2.0], "when": ["soon", "later"], "y": [0, 1]})
        tags, tables = single(
            tmp_path, frame, {"x": "feature numeric", "when": "time_index datetime"}, time_index=["when"]
        )
        with pytest.raises(FeatureError, match="RDX-FEA-008"):
            made(tags, tables, tmp_path / "out")


class TestServing:
    def test_rows_may_have_some_columns_in_other_types(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        made(tags, tables, tmp_path / "out")
        prepared = prepare(tmp_path / "out", tags, tables)
        row = pl.DataFrame({"customer": ["1"], "weight": ["2.5"], "gift": ["true"], "other": [1]})
        result = prepared.compute(row)
        assert result.columns == load_features(tmp_path / "out").names
        assert result["weight"].to_list() == [2.5]
        assert result["gift"].to_list() == [True]
        assert result["customers.COUNT(orders)"][0] > 0

    def test_an_impossible_value_is_an_error_that_does_not_repeat_it(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        made(tags, tables, tmp_path / "out")
        with pytest.raises(FeatureError, match="RDX-FEA-004") as caught:
            prepare(tmp_path / "out", tags, tables).compute(pl.DataFrame({"customer": ["xyzzy"]}))
        assert "xyzzy" not in str(caught.value)

    def test_no_rows_give_no_rows(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        made(tags, tables, tmp_path / "out")
        prepared = prepare(tmp_path / "out", tags, tables)
        empty = prepared.compute(pl.read_parquet(tables["orders"] / "data.parquet").clear())
        full = prepared.compute(pl.read_parquet(tables["orders"] / "data.parquet"))
        assert empty.schema == full.schema
        assert empty.is_empty()

    def test_only_columns_that_features_read_are_required(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        made(tags, tables, tmp_path / "out", excluded=["orders.weight"])
        columns = {c.name: c for c in prepare(tmp_path / "out", tags, tables).input_columns}
        assert not {"late", "weight"} & set(columns)
        assert columns["due"].required
        assert not columns["at"].required
        assert columns["channel"].examples
        assert json.dumps([list(c) for c in columns.values()])

    def test_snapshots_that_lack_a_column_are_refused(self, tmp_path: Path) -> None:
        tags, tables = shop(tmp_path)
        made(tags, tables, tmp_path / "out")
        base = frames(0)
        other = save(tmp_path / "other", base | {"stores": base["stores"].drop("size")})
        with pytest.raises(FeatureError, match="RDX-FEA-005"):
            prepare(tmp_path / "out", tags, other)
