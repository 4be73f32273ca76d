"""Texts that look like numbers, times or dates and may be something else, and amounts and months in many languages."""

import datetime as dt

import polars as pl
import pytest

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.column_settings import ColumnSettings
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed


def infer_column(texts, name="x", delimiter=",", settings=None, **others):
    """Return the values and the codes of the warnings of a column of text."""
    table = {name: texts, **others}
    frame = pl.DataFrame(table, schema=dict.fromkeys(table, pl.String))
    overrides = {name: settings} if settings else None
    finding = infer(Rows(frame), frame.columns, names={n: n for n in table}, delimiter=delimiter, overrides=overrides)[
        name
    ]
    values = frame.select(parsed(pl.col(name), finding.reading)).to_series().to_list()
    return values, [warning.code for warning in finding.warnings]


@pytest.mark.parametrize(
    ("name", "texts", "asked"),
    [
        ("version", ["1.1", "1.10", "1.2", "2.0"], False),
        ("firmwareVersion", ["1.1", "1.2", "2.0"], False),
        ("x", ["1.1", "1.10", "1.2", "2.0", "1.9"], True),
        ("phone", ["555 123 456", "555 777 888"], False),
        ("x", ["555 123 456", "555 777 888", "444 123 999"], True),
        ("x", ["560 001", "110 045"], True),
        ("x", ["555.123.456", "555.777.888"], True),
        ("x", ["1,2", "3,4", "5,6"], True),
        ("tags", ["1,2", "3,45", "5,600"], True),
        ("x", ["101,102", "103,104", "200,201"], True),
        ("x", ["101,102", "103", "104,105"], True),
        ("x", ["3,4", "1,2,3", "7"], False),
        ("x", ["RM 101", "RM 205"], False),
        ("x", ["TL500", "TL1200"], False),
    ],
)
def test_versions_lists_and_codes_are_no_numbers(name, texts, asked):
    assert infer_column(texts, name) == (texts, ["ambiguous_number"] if asked else [])


@pytest.mark.parametrize(
    ("name", "texts", "values"),
    [
        ("price", ["1.10", "1.1", "2.50"], [1.1, 1.1, 2.5]),
        ("x", ["1.10", "2.50", "3.00"], [1.1, 2.5, 3.0]),
        ("x", ["1.50", "1.5", "2.05"], [1.5, 1.5, 2.05]),
        ("x", ["1 234", "12 345", "555"], [1234, 12345, 555]),
        ("x", ["555\u00a0123\u00a0456", "555\u00a0777\u00a0888"], [555123456, 555777888]),
        ("population", ["555 123 456", "555 777 888"], [555123456, 555777888]),
        ("x", ["1,234", "3,456", "7"], [1234, 3456, 7]),
        ("x", ["612,000", "103,123"], [612000, 103123]),
        ("salary", ["101,102", "103,104"], [101102, 103104]),
        ("x", ["0,5", "9,9"], [0.5, 9.9]),
        ("x", ["-1,5", "9,9"], [-1.5, 9.9]),
        ("x", ["12,50", "9,99", "104,25"], [12.5, 9.99, 104.25]),
    ],
)
def test_numbers_stay_numbers_where_there_is_evidence_for_it(name, texts, values):
    assert infer_column(texts, name) == (values, [])


def test_another_column_shows_what_a_comma_or_a_space_means():
    assert infer_column(["1,2", "3,4"], cases=["0,5", "12,25"]) == ([1.2, 3.4], [])
    assert infer_column(["555 123", "777 888"], cases=["1 234,50", "12 345,00"]) == ([555123, 777888], [])
    assert infer_column(["1,2", "3,4"], delimiter=";") == ([1.2, 3.4], [])


@pytest.mark.parametrize(
    ("name", "texts", "time"),
    [
        ("x", ["3:45", "4:10", "2:59"], False),
        ("duration", ["03:45", "14:10", "12:59"], False),
        ("aspect", ["16:09", "04:03", "21:09"], False),
        ("x", ["0:03:45", "1:14:10"], False),
        ("x", ["00:45", "01:30"], False),
        ("start", ["3:45", "4:10"], True),
        ("DepartureTime", ["3:45", "4:10"], True),
        ("x", ["08:30", "09:15", "17:45"], True),
        ("x", ["8:30", "9:15", "17:45"], True),
        ("x", ["3:45 PM", "4:10 AM"], True),
    ],
)
def test_times_of_day_are_read_where_durations_are_less_likely(name, texts, time):
    values, codes = infer_column(texts, name)
    assert codes == ([] if time else ["ambiguous_time"])
    assert all(isinstance(value, dt.time) for value in values) if time else values == texts
    declared, _ = infer_column(texts, name, settings=ColumnSettings(type="time"))
    assert all(isinstance(value, dt.time) for value in declared)


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["Rs. 1,200", "Rs. 350", "Rs.12,500.50"], [1200.0, 350.0, 12500.5]),
        (["SFr. 1'200.50", "SFr. 20.00"], [1200.5, 20.0]),
        (["CHF 1'234.–", "CHF 20.50", "CHF 5.-"], [1234.0, 20.5, 5.0]),
        (["1.234,-", "12,50", "5,-"], [1234.0, 12.5, 5.0]),
        (["1.234,- €", "12,50 €", "5,-- €"], [1234.0, 12.5, 5.0]),
        (["1 234,50 kr", "25,00 kr", "5 kr."], [1234.5, 25.0, 5.0]),
        (["kr 1.234,50", "kr. 5,00"], [1234.5, 5.0]),
        (["1 200,00 Kč", "5,00 Kč"], [1200.0, 5.0]),
        (["1 200,00 Ft", "5,50 Ft"], [1200.0, 5.5]),
        (["1.200,00 TL", "5,00 TL"], [1200.0, 5.0]),
        (["1 200 руб.", "500 руб."], [1200.0, 500.0]),
        (["($1,234.50)", "$12.00", "-$5.10", "$(3.00)"], [-1234.5, 12.0, -5.1, -3.0]),
        (["(1,234.50)", "12.00"], [-1234.5, 12.0]),
        (["1.234,50-", "2,5-", "3,00"], [-1234.5, -2.5, 3.0]),
        (["€ -3,00", "€ 1.200,00"], [-3.0, 1200.0]),
    ],
)
def test_amounts_are_read_as_each_country_writes_them(texts, values):
    assert infer_column(texts, delimiter=";") == (values, [])


@pytest.mark.parametrize(
    "texts",
    [
        ["3. März 2024", "14. Februar 2023"],
        ["3. Mär. 2024", "14. Feb 2023"],
        ["So, 03. März 2024", "Di, 14. Februar 2023"],
        ["3 mars 2024", "14 févr. 2023"],
        ["mar. 14 mars 2024", "14 février 2023"],
        ["3 de marzo de 2024", "14 de febrero de 2023"],
        ["3 marzo 2024", "14 feb 2023"],
        ["3 maart 2024", "14 februari 2023"],
        ["3 de março de 2024", "14 de fevereiro de 2023"],
        ["3 марта 2024", "14 февраля 2023"],
        ["Mar 3rd 2024", "Feb 14th, 2023"],
        ["03-Mär-2024", "14-Feb-2023"],
        ["March 3, 2024", "14. Februar 2023"],
    ],
)
def test_months_are_read_by_name(texts):
    values, codes = infer_column(texts, delimiter=";")
    day = 14 if texts[0].startswith("mar. 14") else 3
    assert (values, codes) == ([dt.date(2024, 3, day), dt.date(2023, 2, 14)], [])


@pytest.mark.parametrize(
    "texts", [["March 2024", "April 2023"], ["31 Feb 2023", "3 Mar 2023"], ["12 monkeys 2024", "3 Mar 2023"]]
)
def test_what_is_no_day_stays_text(texts):
    assert infer_column(texts) == (texts, [])


def test_a_year_of_two_digits_may_come_first():
    assert infer_column(["99-12-31", "98-01-05"])[0] == [dt.date(1999, 12, 31), dt.date(1998, 1, 5)]
    assert infer_column(["24-10-17", "23-03-31"]) == (["24-10-17", "23-03-31"], ["ambiguous_dates"])
    days = [f"24-{month:02}-{day:02}" for month in (1, 2, 3) for day in (5, 9, 14, 20)]
    assert infer_column(days)[0] == [dt.date(2024, month, day) for month in (1, 2, 3) for day in (5, 9, 14, 20)]


def test_the_century_of_two_digits_does_not_depend_on_the_day_of_reading(read_file):
    snapshot = read_file("born,v\n24.10.47,1\n13.07.25,2\n")
    assert snapshot.schema.dialect["two_digit_years"] == {"born": 2025}
    assert [value.year for value in snapshot.frame["born"]] == [1947, 2025]
    settings = ColumnSettings(type="date", format="%d.%m.%y", pivot=1999)
    assert [value.year for value in infer_column(["24.10.47", "13.07.25"], settings=settings)[0]] == [1947, 1925]
    with pytest.raises(ValueError, match="pivot"):
        ColumnSettings(pivot=1999)


def test_infinite_numbers_are_set_aside_and_words_for_missing_ones_are_not(read_file):
    snapshot = read_file("id,x\n1,1.5\n2,NaN\n3,Infinity\n4,-inf\n5,NA\n")
    assert snapshot.frame["x"].to_list() == [1.5, None, None, None, None]
    assert snapshot.schema.rejected == 2


@pytest.fixture
def read_file(read):
    return read


@pytest.mark.parametrize("form", ["{day:02}/01/2024", "{day:02}.01.2024", "{day:02}-01-2024", "{day:02}/01/2024 10:30"])
def test_days_of_one_january_are_no_months(read, form):
    raw = read("day;sales\n" + "".join(f"{form.format(day=day)};{day}\n" for day in (2, 3, 4, 5, 8, 9)))
    assert [warning.code for warning in raw.schema.warnings] == ["ambiguous_dates"]
    if "." in form or "-" in form:
        assert raw.frame["day"].dt.day().to_list() == [2, 3, 4, 5, 8, 9]


def test_another_column_decides_the_order_of_days_in_january(read):
    raw = read("a;b\n" + "".join(f"{day:02}.01.2024;{day + 18}.01.2024\n" for day in (2, 3, 4, 5)))
    assert raw.frame["a"].dt.day().to_list() == [2, 3, 4, 5]
    assert not raw.schema.warnings


def test_firsts_of_months_of_several_years_decide_the_order(read):
    months = [(year, month) for year in (2022, 2023) for month in range(1, 13)]
    raw = read("month,sales\n" + "".join(f"{month:02}/01/{year},{month}\n" for year, month in months))
    assert raw.frame["month"].dt.month().to_list() == [month for _, month in months]
    assert not raw.schema.warnings
