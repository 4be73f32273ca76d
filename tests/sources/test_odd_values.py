"""Values that do not fit the others of their column: words of absence, times without a zone, lost digits, oddities."""

import datetime as dt

import polars as pl
import pytest

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed

WHOLE = [str(number) for number in range(50)]
COMMAS = [f"{number},{number % 10}0" for number in range(50)]
DAYS = [f"{day % 28 + 1}.01.2024" for day in range(50)]
ZONED = ["2024-01-01T10:00:00Z", "2024-01-01T12:00:00+02:00", "2024-01-01T10:00:00Z"]


def infer_column(texts, name="x", settings=None, **others):
    """Return the type, the values and the codes of the warnings of a column of text."""
    table = {name: texts, **others}
    frame = pl.DataFrame(table, schema=dict.fromkeys(table, pl.String))
    overrides = {name: settings} if settings else None
    finding = infer(Rows(frame), frame.columns, names={n: n for n in table}, overrides=overrides)[name]
    values = frame.select(parsed(pl.col(name), finding.reading)).to_series().to_list()
    return finding.reading.dtype, values, [warning.code for warning in finding.warnings]


@pytest.mark.parametrize("word", ["unknown", "UNKNOWN", "(missing)", "TBD", "N/a", "none", "k.A.", "нет данных", "..."])
def test_a_word_of_absence_decides_no_type_and_is_set_aside(word):
    assert infer_column([word, *WHOLE]) == ("integer", [None, *range(50)], [])


@pytest.mark.parametrize(
    ("texts", "dtype", "first"),
    [
        ([f"€ {text}" for text in COMMAS], "float", 0.0),
        (DAYS, "date", dt.date(2024, 1, 1)),
        (["08:30", "17:45", "23:10"], "time", dt.time(8, 30)),
    ],
)
def test_a_word_of_absence_is_set_aside_among_values_of_any_type(texts, dtype, first):
    kind, values, _ = infer_column([*texts, "unknown"])
    assert (kind, values[0], values[-1]) == (dtype, first, None)
    assert None not in values[:-1]


def test_what_is_set_aside_is_counted_and_shown(read):
    raw = read("id,n\n" + "".join(f"{number},{number}\n" for number in range(50)) + "50,unknown\n51,Unknown\n")
    assert raw.types() == {"id": "integer", "n": "integer"}
    assert [(warning.code, warning.column, warning.count) for warning in raw.schema.warnings] == [
        ("rejected_cells", "n", 2)
    ]
    rejects = pl.read_parquet(raw.path / "rejects.parquet")
    assert rejects.select("row", "column", "text").rows() == [(51, "n", "unknown"), (52, "n", "Unknown")]
    declared = read("n\n1\n2\n3\nunknown\n", columns={"n": {"null": ["unknown"]}})
    assert (declared.types(), declared.schema.warnings) == ({"n": "integer"}, [])


def test_a_word_of_absence_is_a_value_where_it_is_common_or_the_rest_are_no_numbers():
    assert infer_column([*["unknown"] * 6, "1", "2", "3"])[0] == "string"
    assert infer_column(["yes", "no", "unknown"]) == ("string", ["yes", "no", "unknown"], [])
    assert infer_column(["low", "high", "none"]) == ("string", ["low", "high", "none"], [])


@pytest.mark.parametrize(
    ("texts", "odd", "settings"),
    [
        (WHOLE, ["abc"], ColumnSettings(type="integer")),
        (WHOLE, ["1O5"], ColumnSettings(type="integer")),
        ([f"€ {text}" for text in COMMAS], ["on request"], ColumnSettings(type="float", decimal=",")),
        (DAYS, ["31.02.2024"], ColumnSettings(type="date")),
    ],
)
def test_a_few_odd_values_that_make_a_column_text_are_warned_of(texts, odd, settings):
    assert infer_column([*texts, *odd]) == ("string", [*texts, *odd], ["mixed_values"])
    dtype, values, codes = infer_column([*texts, *odd], settings=settings)
    assert (dtype, codes) == (settings.type, [])
    assert [value is None for value in values] == [False] * len(texts) + [True] * len(odd)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("diagnosis", [*WHOLE, "V57", "E12", "V58", "V59"]),
        ("zip", ["12345", "98765", "10115", "80331", "20095", "K1A 0B6"]),
        ("x", ["12", "12a", "14", "16"]),
        ("x", ["0012", *WHOLE, "A7"]),
    ],
)
def test_codes_are_text_without_a_warning(name, texts):
    assert infer_column(texts, name) == ("string", texts, [])


@pytest.mark.parametrize("odd", ["2024-01-01T10:00:00", "2024-01-01"])
def test_times_without_a_zone_beside_zoned_ones_are_a_question(odd):
    texts = [*ZONED, odd]
    assert infer_column(texts) == ("string", texts, ["mixed_zones"])
    moment = dt.datetime(2024, 1, 1, 10 if "T" in odd else 0)  # noqa: DTZ001 canonical timestamps are naive, in UTC
    dtype, values, codes = infer_column(texts, settings=ColumnSettings(type="datetime"))
    assert (dtype, values[-1], codes) == ("datetime", moment, [])


@pytest.mark.parametrize(("odd", "usual"), [("", "Z"), ("Z", "")])
def test_a_rare_time_that_differs_in_having_a_zone_is_set_aside(odd, usual):
    texts = [f"2024-01-01T10:00:00{odd}", *[f"2024-01-01T11:00:00{usual}"] * 2_000]
    dtype, values, codes = infer_column(texts)
    assert (dtype, values[0], codes) == ("datetime", None, [])
    assert None not in values[1:]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("x", ["4006381333931", "4006381333948", "4.00638E+12"]),
        ("x", ["0012345678905", "4.00638E+12"]),
        ("x", ["AB-12", "4.00638E+12"]),
        ("ean", ["4.00638E+12", "4.00638E+12"]),
        ("order_id", ["4,00638E+12", "1,2E+12"]),
    ],
)
def test_codes_that_a_spreadsheet_shortened_stay_text_and_are_warned_of(name, texts):
    assert infer_column(texts, name) == ("string", texts, ["digits_lost"])


def test_numbers_in_scientific_notation_stay_numbers():
    assert infer_column(["1.23457E+12", "9.87654E+11", "12"]) == (
        "float",
        [1.23457e12, 9.87654e11, 12.0],
        ["digits_lost"],
    )
    for texts in (["1.5E+12", "2.25E-07"], ["1.5e+12", "2e+11"], ["2.5E+03", "1.23457E+12"], ["6.0E+12", "0.5"]):
        assert infer_column(texts) == ("float", [float(text) for text in texts], [])


def test_a_large_table_is_read_as_a_small_one(read, monkeypatch):
    monkeypatch.setattr("radix_assets.raw.single_pass.LEAST_CELLS", 1)
    rows = [f"{number},400638133{number:04},{ZONED[number % 3]}" for number in range(900)]
    rows[600] = "x1y,4.00638E+12,2024-01-01T10:00:00"
    raw = read("n,ean,at\n" + "\n".join(rows) + "\n")
    assert raw.types() == dict.fromkeys(("n", "ean", "at"), "string")
    assert {(warning.column, warning.code) for warning in raw.schema.warnings} == {
        ("n", "mixed_values"),
        ("ean", "digits_lost"),
        ("at", "mixed_zones"),
    }


def test_fractions_of_a_microsecond_are_cut_off_with_a_warning():
    texts = ["2024-01-01T10:00:00.123456789", "2024-01-01T10:00:00.5"]
    assert infer_column(texts)[0::2] == ("datetime", ["fractions_cut"])
    assert infer_column(["10:00:00.000000001", "11:30:00.5"])[0::2] == ("time", ["fractions_cut"])
    assert infer_column(["2024-01-01T10:00:00.123456000", "2024-01-01T10:00:00.5"])[0::2] == ("datetime", [])
