import datetime as dt
import random

import polars as pl
import pytest
from shared_sets import SHARED, multi_table_sets, read_set, write_set

from radix_assets.relationships.find import find_schema
from radix_assets.suggestions.problems import problem_of
from radix_assets.suggestions.stage import load_suggestions, make_suggestions
from radix_assets.suggestions.suggest import suggest
from radix_resources.errors import TagError

ROWS = 400
DAY = dt.datetime(2024, 1, 1)  # noqa: DTZ001 canonical timestamps are naive
R = random.Random(0)  # noqa: S311 data of tests

COLUMNS = {
    "ticket_id": list(range(1, ROWS + 1)),
    "opened_at": [DAY + dt.timedelta(minutes=n) for n in range(ROWS)],
    "closed_at": [None if n % 9 == 0 else DAY + dt.timedelta(minutes=n + 60) for n in range(ROWS)],
    "customer_name": [f"Ada L. {n % 50}" for n in range(ROWS)],
    "channel_code": [n % 4 for n in range(ROWS)],
    "attempts": [R.randint(1, 6) for _ in range(ROWS)],
    "minutes": [R.random() * 90 for _ in range(ROWS)],
    "urgent": [R.randint(0, 1) for _ in range(ROWS)],
    "city": [R.choice(["Oslo", "Rome", "Bern"]) for _ in range(ROWS)],
    "summary": [f"the thing number {n} did not work on my desk" for n in range(ROWS)],
    "page": [f"https://example.org/{n}" for n in range(ROWS)],
    "labels": [f"a;b{n % 7};c" for n in range(ROWS)],
    "serial": [f"SN-{n:06d}" for n in range(ROWS)],
    "source": ["web"] * ROWS,
    "nothing": pl.Series([None] * ROWS, dtype=pl.String),
    "escalated": [R.random() < 0.2 for _ in range(ROWS)],
}


@pytest.fixture(scope="module")
def tickets(tmp_path_factory):
    raw, profiles = write_set({"tickets": pl.DataFrame(COLUMNS)}, tmp_path_factory.mktemp("tickets"))
    return raw, profiles, find_schema(raw, profiles)


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("ticket_id", "not-generalizable", "primary_key"),
        ("opened_at", "datetime", "time_index"),
        ("closed_at", "datetime", "leak"),
        ("minutes", "numeric", "feature"),
        ("urgent", "categorical", "feature"),
        ("city", "categorical", "feature"),
        ("page", "url", "ignore"),
        ("source", "not-generalizable", "ignore"),
        ("nothing", "not-generalizable", "ignore"),
        ("escalated", "categorical", "target"),
    ],
)
def test_types_and_roles(tickets, name, kind, role):
    column = suggest(*tickets).tables["tickets"].columns[name]
    assert (column.type, column.role) == (kind, role)
    assert 0 < column.confidence <= 1
    assert column.evidence or column.role == "feature"


@pytest.mark.parametrize(
    ("name", "role"), [("customer_name", "ignore"), ("channel_code", "feature"), ("attempts", "feature")]
)
def test_roles(tickets, name, role):
    assert suggest(*tickets).tables["tickets"].columns[name].role == role


def test_private_columns_are_marked(tickets):
    columns = suggest(*tickets).tables["tickets"].columns
    assert [name for name, column in columns.items() if column.sensitivity != "none"] == ["customer_name"]


def test_evidence_contains_no_value(tickets):
    text = suggest(*tickets).model_dump_json()
    assert "Ada" not in text
    assert "Oslo" not in text


def test_a_requested_target_comes_first_and_is_certain(tickets):
    raw, profiles, schema = tickets
    found = suggest(raw, profiles, schema, ("tickets", "minutes", ">", 30.0))
    first = found.targets[0]
    assert (first.table, first.column, first.problem, first.confidence) == ("tickets", "minutes", "binary", 1.0)
    assert found.tables["tickets"].columns["minutes"].role == "target"
    assert len(found.targets) <= 3


def test_the_file_and_the_metadata(tickets, tmp_path):
    raw, profiles, schema = tickets
    texts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        output = make_suggestions(raw, profiles, schema, "tickets.minutes", tmp_path / name)
        texts.append((tmp_path / name / "suggestions.json").read_bytes())
    assert texts[0] == texts[1]
    assert load_suggestions(tmp_path / "one") == suggest(raw, profiles, schema, ("tickets", "minutes", None, None))
    rows = output.shown["columns, least certain first"].rows
    assert [row["confidence"] for row in rows] == sorted(row["confidence"] for row in rows)
    assert len(rows) == len(COLUMNS)
    with pytest.raises(TagError, match="RDX-TAG-002"):
        make_suggestions(raw, profiles, schema, "tickets.minuts", tmp_path)


def times(tmp_path, columns: dict[str, list]) -> list[str]:
    raw, profiles = write_set({"events": pl.DataFrame(columns)}, tmp_path / "raw")
    return suggest(raw, profiles, find_schema(raw, profiles)).tables["events"].time_index


PARTS = {
    "year": [2024] * 120,
    "month": [1 + n // 60 for n in range(120)],
    "day": [1 + n // 5 % 12 for n in range(120)],
    "hour": [6 + n % 5 for n in range(120)],
}
HOURS = [dt.datetime(2024, 1 + n // 60, 1 + n // 5 % 12, 6 + n % 5) for n in range(120)]  # noqa: DTZ001


def test_parts_are_composed_in_their_order(tmp_path):
    columns = {"minute": [n % 60 for n in range(120)], "hour": PARTS["hour"], "value": [1.5] * 120} | PARTS
    assert times(tmp_path, columns) == ["year", "month", "day", "hour", "minute"]


def test_one_column_is_preferred_to_parts_without_more_information(tmp_path):
    assert times(tmp_path, PARTS | {"time_hour": HOURS}) == ["time_hour"]


def test_parts_with_more_information_are_preferred_to_one_column(tmp_path):
    columns = PARTS | {"minute": [n * 7 % 60 for n in range(120)], "time_hour": HOURS}
    assert times(tmp_path, columns) == ["year", "month", "day", "hour", "minute"]


def test_linked_tables_use_one_clock(tmp_path):
    local = pl.DataFrame(PARTS | {"hour": [6] * 120, "day": [1 + n % 12 for n in range(120)]}).unique(
        maintain_order=True
    )
    local = local.select("year", "month", "day", "hour")
    utc = local.select(pl.datetime("year", "month", "day", pl.col("hour") + 5).alias("time_hour")).to_series()
    places = [local.with_columns(utc, place_id=pl.lit(place), rain=pl.int_range(pl.len()) / 7) for place in (7, 8)]
    weather = pl.concat(places).select("place_id", pl.exclude("place_id"))
    trips = pl.concat([weather.drop("rain").with_columns(minute=pl.lit(n)) for n in range(50)])
    raw, profiles = write_set({"weather": weather, "trips": trips}, tmp_path / "raw")
    schema = find_schema(raw, profiles)
    found = suggest(raw, profiles, schema)
    assert schema.relationships
    assert found.tables["trips"].time_index == ["year", "month", "day", "hour", "minute"]
    assert found.tables["weather"].time_index == ["year", "month", "day", "hour"]


def test_a_start_is_preferred_to_an_end_and_to_a_birth_date(tmp_path):
    days = [DAY + dt.timedelta(n) for n in range(120)]
    columns = {"birth_date": days, "end_date": days, "start_date": days, "updated_at": days}
    assert times(tmp_path, columns) == ["start_date"]


def test_a_birth_date_or_a_year_alone_is_not_a_time_index(tmp_path):
    assert times(tmp_path, {"birth_date": [DAY + dt.timedelta(n) for n in range(120)], "year": PARTS["year"]}) == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ([0, 1] * 50, "binary"),
        (["a", "b"] * 50, "binary"),
        ([True, False] * 50, "binary"),
        (["a", "b", "c", "d"] * 25, "multiclass"),
        ([1, 2, 3, 4, 5] * 20, "multiclass"),
        ([0, 1000, 2000, 90] * 25, "multiclass"),
        (list(range(100)), "regression"),
        ([n / 7 for n in range(100)], "regression"),
        ([f"t{n}" for n in range(100)], None),
        ([1] * 100, None),
        ([DAY + dt.timedelta(n) for n in range(100)], None),
    ],
)
def test_the_problem_follows_from_the_values(tmp_path, values, problem):
    _, profiles = write_set({"t": pl.DataFrame({"y": values})}, tmp_path)
    assert problem_of(profiles["t"].columns["y"]) == problem


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_tables_with_few_rows_get_suggestions(tmp_path, rows):
    frame = pl.DataFrame({name: list(values)[:rows] for name, values in COLUMNS.items()} | {"": [1] * rows})
    raw, profiles = write_set({"tickets": frame, "empty": pl.DataFrame()}, tmp_path)
    found = suggest(raw, profiles, find_schema(raw, profiles))
    assert set(found.tables["tickets"].columns) == set(frame.columns)


@pytest.mark.extended
@pytest.mark.skipif(not SHARED.exists(), reason="the shared datasets are missing")
def test_targets_and_times_of_published_datasets(tmp_path):
    asked = hits = tables = right = 0
    for name in multi_table_sets():
        (tmp_path / name).mkdir()
        data = read_set(name, tmp_path / name)
        found = suggest(data.tables, data.profiles, find_schema(data.tables, data.profiles))
        expected = {
            (task["table"], task["target"]) for task in data.truth.get("tasks", []) if "derived" not in task["target"]
        }
        asked += bool(expected)
        hits += bool(expected & {(target.table, target.column) for target in found.targets})
        for table, meta in data.truth["tables"].items():
            derived = (data.truth.get("derived_time") or {}).get(table)
            time = derived or ([meta["time_index"]] if meta.get("time_index") else [])
            tables += 1
            right += found.tables[table].time_index == time
    assert hits >= 0.9 * asked
    assert right >= 0.9 * tables


def test_a_text_target_with_a_value_per_row_is_suggested_as_classes_with_their_number(tickets):
    raw, profiles, schema = tickets
    found = suggest(raw, profiles, schema, ("tickets", "serial", None, None))
    assert (found.targets[0].column, found.targets[0].problem) == ("serial", "multiclass")
