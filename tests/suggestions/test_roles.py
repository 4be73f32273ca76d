import pytest
from worlds import DAY, days, generator, one, suggested

R = generator(2)
ROWS = 400


def number() -> list[float]:
    return [R.random() * 50 for _ in range(ROWS)]


COLUMNS = {
    "Unnamed: 0": list(range(ROWS)),
    "subject_id": [f"S{n // 8:03d}" for n in range(ROWS)],
    "finalwt": [R.randint(100, 9999) for _ in range(ROWS)],
    "area_code": [R.choice([408, 415, 510]) for _ in range(ROWS)],
    "rooms": [R.randint(1, 9) for _ in range(ROWS)],
    "version": ["v2"] * ROWS,
    "spare": [None] * (ROWS - 2) + [1.0, 2.0],
    "measured": number(),
}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("subject_id", "group"),
        ("finalwt", "weight"),
        ("area_code", "feature"),
        ("rooms", "feature"),
        ("version", "ignore"),
        ("spare", "ignore"),
    ],
)
def test_roles_of_a_single_table(tmp_path, name, role):
    table = one(tmp_path, COLUMNS).tables["data"]
    assert table.columns[name].role == role
    assert (table.structure, table.group) == ("grouped", ["subject_id"])


def test_a_foreign_key_is_not_a_group(tmp_path):
    customers = {"customer_id": list(range(1, 41)), "city": [R.choice(["Oslo", "Rome", "Bern"]) for _ in range(40)]}
    orders = {
        "order_id": list(range(1, ROWS + 1)),
        "customer_id": [R.randint(1, 40) for _ in range(ROWS)],
        "order_date": sorted(R.choice(days(2000)) for _ in range(ROWS)),
        "total": number(),
    }
    found = suggested(tmp_path, {"customers": customers, "orders": orders}).tables["orders"]
    assert found.columns["customer_id"].role == "foreign_key"
    assert found.row == "one row is an order of a customer at a moment (order_date)"
    assert found.group == []


def test_copies_recodings_and_parts_of_the_target_are_suspected(tmp_path):
    casual, regular = ([R.randint(0, 300) for _ in range(ROWS)] for _ in range(2))
    columns = {
        "temperature": number(),
        "casual": casual,
        "regular": regular,
        "total_in_cents": [100 * (a + b) for a, b in zip(casual, regular, strict=True)],
        "total": [a + b for a, b in zip(casual, regular, strict=True)],
    }
    found = one(tmp_path / "a", columns, "total").tables["data"].columns
    assert [name for name, column in found.items() if column.role == "leak"] == ["casual", "regular", "total_in_cents"]
    survived = [R.randint(0, 1) for _ in range(ROWS)]
    words = ["yes" if value else "no" for value in survived]
    other = ["yes" if R.random() < 0.5 else "no" for _ in range(ROWS)]
    found = one(tmp_path / "b", {"age": number(), "alive": words, "alone": other, "survived": survived}, "survived")
    columns = found.tables["data"].columns
    assert (columns["alive"].role, columns["alone"].role) == ("leak", "feature")


def test_a_time_after_that_of_the_row_is_suspected_and_a_planned_one_is_not(tmp_path):
    import datetime as dt

    start = [DAY + dt.timedelta(hours=5 * n + R.random()) for n in range(ROWS)]
    later = [moment + dt.timedelta(days=1 + 5 * R.random()) for moment in start]
    columns = {"order_date": start, "shipped_date": later, "required_date": later[::1], "freight": number()}
    found = one(tmp_path, columns).tables["data"].columns
    assert found["shipped_date"].role == "leak"
    assert found["required_date"].role == "feature"


@pytest.mark.parametrize("forms", ["number", "text", "month", "quarter", "seconds"])
def test_times_in_other_formats_are_reported_but_not_used(tmp_path, forms):
    when = days(ROWS, 31 if forms in {"month", "quarter"} else 1)
    written = {
        "number": [int(day.strftime("%Y%m%d")) for day in when],
        "text": [day.isoformat() if n % 3 else f"{day:%Y-%m}" for n, day in enumerate(when)],
        "month": [f"{day:%Y-%m}" for day in when],
        "quarter": [f"{day.year}Q{(day.month - 1) // 3 + 1}" for day in when],
        "seconds": [int((day - days(1)[0]).total_seconds()) + 1_600_000_000 for day in when],
    }[forms]
    table = one(tmp_path, {"event_time": written, "kind": [R.choice("ab") for _ in when], "size": number()}).tables[
        "data"
    ]
    assert (table.time_index, table.unread_time) == ([], ["event_time"])


def test_years_without_a_gap_are_a_time_index(tmp_path):
    table = one(tmp_path, {"year": list(range(1700, 2000)), "spots": [R.random() for _ in range(300)]}).tables["data"]
    assert table.time_index == ["year"]


def test_a_date_and_a_time_of_day_are_one_timestamp(tmp_path):
    import datetime as dt

    columns = {
        "Date": [day for day in days(100) for _ in range(4)],
        "Time": [dt.time(6 * hour) for _ in range(100) for hour in range(4)],
        "level": number(),
    }
    assert one(tmp_path, columns).tables["data"].time_index == ["Date", "Time"]


def test_evidence_contains_no_value_of_a_private_column(tmp_path):
    columns = {"patient_name": [f"Ada Quillfeather {n % 60}" for n in range(ROWS)], "ssn": ["536-90-4399"] * ROWS}
    text = one(tmp_path, columns | {"dose": number()}, table="patients").model_dump_json()
    assert "Quillfeather" not in text
    assert "536-90" not in text


def test_what_is_known_with_a_delay_is_suspected_and_the_timetable_is_not(tmp_path):
    columns = {
        "sched_arr_time": number(),
        "actual_arr_time": number(),
        "dep_delay": number(),
        "distance": number(),
        "arr_delay": number(),
    }
    found = one(tmp_path, columns, "arr_delay").tables["data"].columns
    assert [name for name, column in found.items() if column.role == "leak"] == ["actual_arr_time", "dep_delay"]


SHUFFLED = R.sample(range(1, 3000), ROWS)


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("x", list(range(20, 20 + ROWS)), "ignore"),
        ("index", list(range(1, ROWS + 1)), "ignore"),
        ("counter", list(range(ROWS)), "ignore"),
        ("row_id", SHUFFLED, "ignore"),
        ("x", number(), "feature"),
        ("index", number(), "feature"),
        ("x", SHUFFLED, "feature"),
        ("index", SHUFFLED, "feature"),
        ("distance", SHUFFLED, "feature"),
        ("Unnamed: 0", number(), "feature"),
    ],
)
def test_a_running_number_is_whole_and_rises_by_one(tmp_path, name, values, role):
    keyed = {"k": [f"a{n:04d}" for n in range(ROWS)], name: values, "hit": [n % 2 for n in range(ROWS)]}
    column = one(tmp_path, keyed, "hit").tables["data"].columns[name]
    assert column.role == role
    assert role == "ignore" or column.type == "numeric"
