"""What columns of text mean: codes, numbers of every locale, exact decimals, two-digit years, settings of columns."""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from radix_assets.profiles.compute import profile_table
from radix_assets.raw.convert import convert
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files
from radix_assets.sources.rows import Rows, scan_values
from radix_assets.sources.schema import DATA_FILE, doubts_of
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed
from radix_resources.errors import SourceError


def read_table(table: dict[str, list[str | None]], **settings: Any) -> tuple[dict[str, list], dict[str, Any]]:
    """Return the values and the findings of a table of text."""
    frame = pl.DataFrame(table, schema=dict.fromkeys(table, pl.String))
    findings = infer(Rows(frame), frame.columns, names={name: name for name in table}, **settings)
    values = frame.select(parsed(pl.col(name), findings[name].reading).alias(name) for name in table)
    return values.to_dict(as_series=False), findings


def codes(findings: dict[str, Any], column: str) -> list[str]:
    return [warning.code for warning in findings[column].warnings]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ""])
@pytest.mark.parametrize(
    "texts",
    [
        ["01234", "98765", "00984"],
        ["007", "7", "0007"],
        ["11110100", "00000010", "10100111"],
        ["0083", "00a3", "0100"],
        ["0083", "0061", "1234"],
        ["+491703188131", "+491708872412"],
        ["+49 170 318 813", "+49 171 887 241"],
        ["53723721569800358379", "1"],
        ["75E0133", "61E0231"],
        ["67E9", "1E7", "4E4"],
        ["3E38", "9347", "2747"],
        ["3E38", "93.5", "2747"],
        ["1-2", "3-4"],
        ["1.2.3", "10.0.1"],
        ["0427", "2347"],
        ["10.1.20.3", "192.168.100.200"],
        ["5A", "12B", "7A"],
        ["4G", "5G", "3G"],
        ["732 829 320", "123 456 789", "404 833 048", "552 100 554", "542 107 651"],
        ["(1)", "(2)"],
        ["$5", "€5"],
        ["1.5", "1,5", "2,5"],
        ["0,123", "007,5"],
        ["5%", "0.05"],
        ["1e-400", "1.5"],
    ],
)
def test_codes_stay_text_whatever_separates_the_cells(texts, delimiter):
    values, findings = read_table({"code": texts}, delimiter=delimiter)
    assert values["code"] == texts
    assert not findings["code"].warnings


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1.5e-05", "2", "1e3"], [1.5e-05, 2.0, 1000.0]),
        (["1E+05", "2.5E+06"], [1e5, 2.5e6]),
        (["-1,5", "2,25"], [-1.5, 2.25]),
        (["1,5E+03", "2,25"], [1500.0, 2.25]),
        (["1.234,5", "3,14"], [1234.5, 3.14]),
        (["1 234,5", "3,14"], [1234.5, 3.14]),
        (["1\u202f234,5", "3,14", "12\u00a0000,5"], [1234.5, 3.14, 12000.5]),
        (["1'234.50", "1’000.25"], [1234.5, 1000.25]),
        (["12,34,567", "1,23,456"], [1234567, 123456]),
        (["12,34,567.50", "5"], [1234567.5, 5.0]),
        (["1.649.103", "126.072"], [1649103, 126072]),
        (["(119.40)", "285.52"], [-119.4, 285.52]),
        (["119.40-", "285.52"], [-119.4, 285.52]),
        (["\u22125.5", "2.5"], [-5.5, 2.5]),
        (["370 €", "1.089 €", "12.500 €", "210 €", "2.100 €"], [370.0, 1089.0, 12500.0, 210.0, 2100.0]),
        (["18.7 kg", "48.7 kg", "15.3"], [18.7, 48.7, 15.3]),
        (["23.4 kmpl", "17.8 kmpl"], [23.4, 17.8]),
        (["5%", "-7.5 %"], [5.0, -7.5]),
        (["R$ 1.234,50", "R$ 3,00"], [1234.5, 3.0]),
        (["9007199254740993", "-5"], [9007199254740993, -5]),
        (["9007199254740993.0", None], [9007199254740993, None]),
        (["1.234", "0.5"], [1.234, 0.5]),
        (["1.234", "1234.567"], [1.234, 1234.567]),
        (["1,234", "12,345,678"], [1234, 12345678]),
    ],
)
def test_numbers_are_read_as_they_are_written(texts, values):
    assert read_table({"n": texts})[0]["n"] == values


def test_a_comma_elsewhere_in_the_table_makes_points_group_digits():
    table = {"cases": ["6.970", "2.840"], "rate": ["29,50", "78,12"], "deaths": ["3", "23"]}
    for delimiter in ",;\t":
        values, findings = read_table(table, delimiter=delimiter)
        assert values == {"cases": [6970, 2840], "rate": [29.5, 78.12], "deaths": [3, 23]}
        assert not any(finding.warnings for finding in findings.values())


def test_a_point_elsewhere_in_the_table_makes_points_decimal_marks():
    values, findings = read_table({"x": ["1.234", "5.678"], "y": ["0.5", "12.25"]}, delimiter=";")
    assert values["x"] == [1.234, 5.678]
    assert not findings["x"].warnings


def test_the_only_evidence_may_be_one_value_far_beyond_the_sample():
    texts = [f"{number % 900 + 100}.{number % 900 + 100}" for number in range(20_000)]
    texts[15_111] = "1.234.567"
    values, _ = read_table({"n": texts})
    assert values["n"][0] == 100100
    assert values["n"][15_111] == 1234567


@pytest.mark.parametrize(("texts", "delimiter"), [(["1.234", "5.678"], ","), (["1,234", "5,678"], ";")])
def test_numbers_that_can_be_read_in_two_ways_are_text_until_a_person_decides(texts, delimiter):
    values, findings = read_table({"n": texts, "other": ["a", "b"]}, delimiter=delimiter)
    assert values["n"] == texts
    assert codes(findings, "n") == ["ambiguous_number"]
    mark = texts[0][1]
    one = {"n": ColumnSettings(type="float", decimal=mark)}
    other = {"n": ColumnSettings(type="integer", thousands=mark)}
    assert read_table({"n": texts}, overrides=one)[0]["n"] == [1.234, 5.678]
    if mark == ".":
        assert read_table({"n": texts}, overrides=other)[0]["n"] == [1234, 5678]


@pytest.mark.parametrize(
    ("texts", "scale"),
    [
        (["1234567890123456.789", "0.5"], 3),
        (["0.30000000000000001", "1"], 17),
        (["9007199254740993", "0.5"], 1),
        (["12345678901234.5678901234", "1.10"], 10),
        (["1.234.567.890.123.456,78", "0,5"], 2),
    ],
)
def test_numbers_that_a_float_would_change_are_decimals(texts, scale):
    values, findings = read_table({"n": texts})
    assert (findings["n"].reading.dtype, findings["n"].reading.scale) == ("decimal", scale)
    comma = "," in texts[0]
    assert values["n"] == [Decimal(text.replace(".", "").replace(",", ".") if comma else text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "dtype"),
    [
        (["0.30000000000000004", "0.1"], "float"),
        (["1.500000000000000000", "2.250000000000000000"], "float"),
        (["1.000000000000000056e-01", "5.000000000000000000e+00"], "float"),
        (["1.000000000000000050e-01", "5.000000000000000000e+00"], "string"),
        (["0.1234567890123456789012345678901234567890123", "1.5"], "string"),
        (["12345678901234567890.5", "1e5"], "string"),
    ],
)
def test_digits_beyond_a_float_are_kept(texts, dtype):
    values, findings = read_table({"n": texts})
    assert findings["n"].reading.dtype == dtype
    assert dtype == "float" or values["n"] == texts


def _years(texts: list[str], name: str, **more: list[str]) -> list[int]:
    values, findings = read_table({name: texts, **more}, year=2026)
    assert "two_digit_years" in codes(findings, name)
    return [value.year for value in values[name]]


@pytest.mark.parametrize(
    ("name", "digits", "years"),
    [
        ("born", ["47", "39", "92", "99"], [1947, 1939, 1992, 1999]),
        ("dob", ["47", "39", "92", "09"], [1947, 1939, 1992, 2009]),
        ("Geburtsdatum", ["20", "30", "40"], [1920, 1930, 1940]),
        ("eintritt", ["98", "14", "23"], [1998, 2014, 2023]),
        ("x", ["47", "60", "99"], [1947, 1960, 1999]),
        ("x", ["24", "25", "28"], [2024, 2025, 2028]),
        ("x", ["40", "60"], [1940, 1960]),
        ("due_date", ["27", "45"], [2027, 2045]),
        ("x", [f"{year:02}" for year in range(0, 100, 5)], [*range(2000, 2030, 5), *range(1930, 2000, 5)]),
    ],
)
def test_two_digit_years_lie_close_together_and_not_far_in_the_future(name, digits, years):
    assert _years([f"13/10/{year}" for year in digits], name) == years


def test_nobody_dies_before_being_born():
    values, _ = read_table({"born": ["13.10.05", "13.10.20"], "died": ["14.10.85", "15.10.99"]}, year=2026)
    assert [value.year for value in values["born"]] == [1905, 1920]
    assert [value.year for value in values["died"]] == [1985, 1999]


def test_a_day_that_a_century_lacks_is_no_other_day():
    values, findings = read_table({"born": ["29.02.00", "13.04.10"] * 600}, overrides={}, year=1999)
    assert findings["born"].reading.dtype == "string"
    assert values["born"][0] == "29.02.00"


@pytest.mark.parametrize(
    ("texts", "months"),
    [(["01/02/2024", "01/03/2024", "01/04/2024"], [2, 3, 4]), (["02/01/2024", "03/01/2024", "04/01/2024"], [2, 3, 4])],
)
def test_months_by_their_first_day_show_which_part_is_the_day(texts, months):
    values, findings = read_table({"month": texts})
    assert [value.month for value in values["month"]] == months
    assert not findings["month"].warnings


def test_columns_that_disagree_on_day_and_month_settle_nothing():
    table = {"a": ["13/01/2024", "01/02/2024"], "b": ["01/13/2024", "01/02/2024"], "c": ["01/02/2024", "02/03/2024"]}
    assert codes(read_table(table)[1], "c") == ["ambiguous_dates"]


def test_a_year_before_1_or_after_9999_is_no_date():
    texts = [f"20{number % 25:02}-01-{number % 28 + 1:02}" for number in range(2_000)]
    texts[7], texts[9] = "0000-01-01", "+20211-01-01"
    values, findings = read_table({"day": texts})
    assert (findings["day"].reading.dtype, findings["day"].failed) == ("date", 2)
    assert values["day"][7] is None
    assert values["day"][0] == dt.date(2000, 1, 1)


def test_the_project_says_how_a_column_is_read():
    overrides = {
        "zip": ColumnSettings(type="text", null=["-"]),
        "day": ColumnSettings(type="date", format="%m/%d/%y"),
        "price": ColumnSettings(type="decimal", decimal=",", thousands="."),
        "flag": ColumnSettings(type="boolean"),
        "id": ColumnSettings(type="integer"),
        "at": ColumnSettings(type="time"),
        "free": ColumnSettings(null=["leer"]),
    }
    table = {
        "zip": ["123", "NA"],
        "day": ["01/02/24", "13/13/24"],
        "price": ["1.234,50", "2"],
        "flag": ["Y", "0"],
        "id": ["007", "x"],
        "at": ["04:27", "23:00:10"],
        "free": ["1", "2"],
    }
    values, findings = read_table(table, overrides=overrides, year=2026)
    assert values == {
        "zip": ["123", "NA"],
        "day": [dt.date(2024, 1, 2), None],
        "price": [Decimal("1234.50"), Decimal(2)],
        "flag": [True, False],
        "id": [7, None],
        "at": [dt.time(4, 27), dt.time(23, 0, 10)],
        "free": [1, 2],
    }
    assert findings["id"].failed == 1
    assert findings["zip"].reading.nulls == ["-"]


@pytest.mark.parametrize(
    "settings",
    [
        {"format": "%d.%m.%Y"},
        {"type": "date", "format": "DD.MM.YYYY"},
        {"type": "text", "decimal": ","},
        {"type": "float", "decimal": ",", "thousands": ","},
    ],
)
def test_settings_that_contradict_themselves_are_refused(settings):
    with pytest.raises(ValueError, match=r"format|decimal|thousands"):
        ColumnSettings(**settings)


_LOCALES = [(".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", "'"), (",", "\u202f")]


def _written(number: Decimal, decimal: str, thousands: str) -> str:
    sign = "-" if number < 0 else ""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    groups = f"{int(whole):,}".replace(",", thousands) if thousands else whole
    return sign + groups + (decimal + fraction if fraction else "")


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(_LOCALES),
    st.sampled_from([",", ";", "\t"]),
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.lists(st.integers(-(10**22), 10**22) | st.integers(-9999, 9999), min_size=1, max_size=12),
        ),
        min_size=1,
        max_size=4,
    ),
)
@example((",", "."), ";", [(0, [6970, 2840]), (2, [2950, 7812])])
def test_whatever_is_written_in_a_locale_is_read_as_these_values_or_as_text(locale, delimiter, columns):
    height = max(len(numbers) for _, numbers in columns)
    wanted: dict[str, list[Decimal]] = {}
    table: dict[str, list[str | None]] = {}
    for place, (scale, numbers) in enumerate(columns):
        wanted[f"c{place}"] = [Decimal(number).scaleb(-scale) for number in (numbers * height)[:height]]
        table[f"c{place}"] = [_written(number, *locale) for number in wanted[f"c{place}"]]
    values, findings = read_table(table, delimiter=delimiter)
    for name, texts in table.items():
        dtype = findings[name].reading.dtype
        if dtype == "string":
            assert values[name] == texts
        elif dtype == "date":
            assert [value.strftime("%Y%m%d") for value in values[name]] == texts
        else:
            read = [Decimal(repr(value)) if dtype == "float" else Decimal(value) for value in values[name]]
            assert read == wanted[name], (dtype, texts, findings[name].how)


def test_doubts_and_settings_of_columns_reach_the_schema(read):
    text = "day,count,born,n\n" + "".join(
        f"0{1 + row % 9}/0{1 + row % 8}/2024,{1 + row // 900}.{100 + row % 900},13-Oct-{40 + row % 9},{row}\n"
        for row in range(1_500)
    )
    raw = read(text + "01/01/2024,1.234,13-Oct-40,x\n")
    assert [(each.code, each.column, each.lines, each.count) for each in raw.schema.warnings] == [
        ("ambiguous_dates", "day", [], 0),
        ("ambiguous_number", "count", [], 1_501),
        ("two_digit_years", "born", [], 0),
        ("rejected_cells", "n", [1_501], 1),
    ]
    assert set(doubts_of(raw.path)) == {"day", "count"}


def test_a_column_that_the_source_lacks_is_an_error_with_similar_names(tmp_path):
    (tmp_path / "t.csv").write_text("price,b\n1,2\n")
    source = FileSettings.model_validate({"table": "t", "path": "t.csv", "columns": {"prise": {"type": "float"}}})
    work = tmp_path / "work"
    work.mkdir()
    with pytest.raises(SourceError, match="RDX-SRC-060") as refused:
        convert("t", stage_files(source, tmp_path, work), tmp_path)
    assert "'price'" in str(refused.value)


def test_a_decimal_is_exact_in_the_snapshot_and_a_float_in_its_profile(read):
    raw = read("amount\n12345678901234.5678901234\n4.35\n0.1\n")
    assert raw.frame["amount"].to_list() == [Decimal("12345678901234.5678901234"), Decimal("4.35"), Decimal("0.1")]
    profile = profile_table("t", raw.path / DATA_FILE).columns["amount"]
    assert (profile.dtype, profile.minimum, profile.maximum) == ("float", 0.1, 12345678901234.568)
    assert scan_values(raw.path / DATA_FILE).collect()["amount"].to_list() == [12345678901234.568, 4.35, 0.1]


def test_wide_numbers_of_typed_sources_keep_every_digit(read):
    frame = pl.DataFrame(
        {
            "id20": pl.Series(["12345678901234567890", "1"]).cast(pl.Decimal(38, 0)),
            "id": pl.Series(["1", "2"]).cast(pl.Decimal(38, 0)),
            "oracle": pl.Series(["1", "2"]).cast(pl.Decimal(38, 10)),
            "price": pl.Series(["1", "2"]).cast(pl.Decimal(12, 2)),
            "u64": pl.Series([2**64 - 1, 0], dtype=pl.UInt64),
            "far": pl.Series([10**18, 0], dtype=pl.Int64).cast(pl.Datetime("us")),
        }
    )
    raw = read(frame, "t.parquet")
    kinds = {"id20": "string", "id": "integer", "oracle": "integer", "price": "decimal", "u64": "string"}
    assert raw.types() == kinds | {"far": "datetime"}
    assert raw.frame["id20"].to_list() == ["12345678901234567890", "1"]
    assert raw.frame["u64"].to_list() == ["18446744073709551615", "0"]
    assert [warning.code for warning in raw.schema.warnings] == ["rejected_cells"]


@pytest.mark.parametrize(
    "values", [["4.12.1", "4.12.2", "5.1.10", "5.2.0"], ["1.1.1", "1.1.2", "1.2.1"], ["1-2-3", "2-3-4"]]
)
def test_a_year_of_one_digit_is_no_year_so_versions_stay_text(values):
    read, findings = read_table({"version": values})
    assert read["version"] == values
    assert not findings["version"].warnings
