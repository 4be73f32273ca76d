"""Inference of the types of text columns."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed, stored_type


def column(values: list[str | None], **settings: str) -> tuple[str, list, object]:
    """Return the type, the values and the finding of one column."""
    frame = pl.DataFrame({"c0": values}, schema={"c0": pl.String})
    finding = infer(Rows(frame), ["c0"], **settings)["c0"]
    series = frame.select(parsed(pl.col("c0"), finding.reading)).to_series()
    assert series.dtype == stored_type(finding.reading)
    return finding.reading.dtype, series.to_list(), finding


@pytest.mark.parametrize(
    ("texts", "dtype", "values"),
    [
        (["1", "-2", "30"], "integer", [1, -2, 30]),
        (["0", "1", "1"], "integer", [0, 1, 1]),
        (["1.5", "2", "1e3"], "float", [1.5, 2.0, 1000.0]),
        (["1.0", None, "3.0"], "integer", [1, None, 3]),
        (["1.0", "2.0"], "float", [1.0, 2.0]),
        (["00123", "45678"], "string", ["00123", "45678"]),
        (["+4915112345678", "+4917012345678"], "string", ["+4915112345678", "+4917012345678"]),
        (["12345678901234567890", "1"], "string", ["12345678901234567890", "1"]),
        (["NA", "1", "2"], "integer", [None, 1, 2]),
        (["?", "1.5", "-", "NaN", "inf"], "float", [None, 1.5, None, None, None]),
        (["$1,715.0", "$20.5", "-$3"], "float", [1715.0, 20.5, -3.0]),
        (["(1,200)", "1,300"], "integer", [-1200, 1300]),
        (["($1,200)", "$1,300"], "float", [-1200.0, 1300.0]),
        (["12 EUR", "1,300.5 EUR"], "float", [12.0, 1300.5]),
        (["$5", "€5"], "string", ["$5", "€5"]),
        (["1,000", "12,345,678", "7"], "integer", [1000, 12345678, 7]),
        (["1,2", "3,4"], "string", ["1,2", "3,4"]),
        (["100%", "38.5 %", "N/A"], "float", [100.0, 38.5, None]),
        (["t", "f", "t"], "boolean", [True, False, True]),
        (["TRUE", "true", None], "boolean", [True, True, None]),
        (["Yes", "no", "?"], "boolean", [True, False, None]),
        (["Y", "Y", None], "string", ["Y", "Y", None]),
        (["M", "F"], "string", ["M", "F"]),
        (["yes", "none"], "string", ["yes", "none"]),
        (["2024-02-29", "1999-12-31"], "date", [dt.date(2024, 2, 29), dt.date(1999, 12, 31)]),
        (["2024-02-30", "1999-12-31"], "string", ["2024-02-30", "1999-12-31"]),
        (
            ["2014-07-02T11:45", "2013-02-18", "2013-02-18 10:00:00.5"],
            "datetime",
            [dt.datetime(2014, 7, 2, 11, 45), dt.datetime(2013, 2, 18), dt.datetime(2013, 2, 18, 10, 0, 0, 500_000)],
        ),
        (
            ["2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00", "2024-01-01 00:00:00+00"],
            "datetime",
            [dt.datetime(2024, 1, 1)] * 3,
        ),
        (["31/01/2024", "01/02/2024"], "date", [dt.date(2024, 1, 31), dt.date(2024, 2, 1)]),
        (["01/31/2024", "02/01/2024"], "date", [dt.date(2024, 1, 31), dt.date(2024, 2, 1)]),
        (["27-07-2023 03:00", "01-02-2023 23:59:59"], "datetime", None),
        (["01.02.2024", "3.4.2024"], "date", [dt.date(2024, 2, 1), dt.date(2024, 4, 3)]),
        (["13/31/2024", "31/01/2024"], "string", None),
        (["1/2/20", "31/12/21"], "date", [dt.date(2020, 2, 1), dt.date(2021, 12, 31)]),
        (["Jun 12 1998", "Jan 1 2001"], "date", [dt.date(1998, 6, 12), dt.date(2001, 1, 1)]),
        (["20190118", "20201231"], "date", [dt.date(2019, 1, 18), dt.date(2020, 12, 31)]),
        (["20190118", "20201299"], "integer", [20190118, 20201299]),
        (["05:20:00", "23:59:59"], "time", [dt.time(5, 20), dt.time(23, 59, 59)]),
        (["05:20:00", "24:10:00"], "string", None),
        (["2003", "2010-04", "2010-04-05"], "string", None),
        ([None, None], "string", [None, None]),
        (["?", "?"], "string", [None, None]),
        (["b", "?", "e"], "string", ["b", None, "e"]),
        (["+", "?", "-"], "string", ["+", "?", "-"]),
        (["NA", "DE", "US"], "string", ["NA", "DE", "US"]),
        (["NA", "red", "blue"], "string", ["NA", "red", "blue"]),
    ],
)
def test_texts_are_cast(texts, dtype, values):
    found, converted, _ = column(texts)
    assert found == dtype
    if values is not None:
        assert converted == values


def test_a_decimal_comma_is_read_where_the_comma_is_not_the_delimiter():
    assert column(["3,14", "1.234,5"])[:2] == ("float", [3.14, 1234.5])


def test_a_null_token_of_one_column_is_null_in_the_text_of_the_same_file():
    frame = pl.DataFrame({"c0": ["1", "NA", "3"], "c1": ["red", "NA", "blue"], "c2": ["DE", "NA", "US"]})
    found = infer(Rows(frame), ["c0", "c1", "c2"])
    assert [found[name].reading.nulls for name in frame.columns] == [["NA"], ["NA"], []]


def test_ambiguous_day_and_month_raise_a_warning():
    assert [warning.code for warning in column(["01/02/2024", "03/04/2024"])[2].warnings] == ["ambiguous_dates"]
    assert not column(["01/02/2024", "13/04/2024"])[2].warnings


def test_another_column_settles_the_order_of_day_and_month():
    frame = pl.DataFrame({"c0": ["01/02/2024", "03/04/2024"], "c1": ["31/12/2024", "30/11/2024"]})
    found = infer(Rows(frame), ["c0", "c1"])
    assert found["c0"].reading.formats == ["%d/%m/%Y"]
    assert not found["c0"].warnings


@pytest.mark.parametrize("place", [0, 5_000, 9_999])
def test_one_odd_value_in_ten_thousand_is_rejected_at_any_position(place):
    texts = [str(number) for number in range(10_000)]
    texts[place] = "n.v."
    dtype, values, finding = column(texts)
    assert (dtype, finding.failed, values[place]) == ("integer", 1, None)


def test_two_odd_values_in_a_thousand_keep_the_column_text():
    texts = [str(number) for number in range(998)] + ["x", "y"]
    assert column(texts)[0] == "string"


def test_a_rare_format_is_found_beyond_the_sample():
    texts = [f"2024-01-{day % 28 + 1:02} 10:00:00" for day in range(50_000)]
    texts[31_337] = "2024-01-01T10:00:00.25"
    dtype, values, finding = column(texts)
    assert (dtype, finding.failed) == ("datetime", 0)
    assert values[31_337] == dt.datetime(2024, 1, 1, 10, 0, 0, 250_000)


def test_a_rare_yes_among_many_no_is_still_a_boolean():
    texts = ["no"] * 50_000
    texts[777] = "yes"
    dtype, values, _ = column(texts)
    assert dtype == "boolean"
    assert sum(values) == 1


@settings(deadline=None, max_examples=50)
@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=1))
def test_integers_are_read_back_unchanged(numbers):
    texts = [None if number is None else str(number) for number in numbers]
    dtype, values, _ = column(texts)
    if dtype == "integer":
        assert values == numbers
    elif dtype == "date":
        assert [value and int(value.strftime("%Y%m%d")) for value in values] == numbers
    else:
        assert all(number is None for number in numbers)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)), min_size=1))
def test_iso_datetimes_are_read_back_unchanged(moments):
    dtype, values, _ = column([moment.isoformat() for moment in moments])
    assert dtype == "datetime"
    assert values == moments


def test_a_streamed_table_is_read_like_one_in_memory(read, monkeypatch):
    text = "id,day,share,flag,zip,colour\n" + "".join(
        f"{i},{i % 28 + 1:02}-{i % 12 + 1:02}-2024,{i % 100}%,{'tf'[i % 2]},{i % 900:05},{('red', 'NA', 'blue')[i % 3]}"
        "\n"
        for i in range(20_000)
    )
    text += "oops,99-99-2024,none%,?,00001,red\n"
    one = read(text)
    monkeypatch.setattr("radix_assets.sources.rows.IN_MEMORY", 0)
    two = read(text)
    for name in ("data.parquet", "schema.json", "rejects.parquet"):
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes()
    assert one.types() == {
        "id": "integer",
        "day": "date",
        "share": "float",
        "flag": "boolean",
        "zip": "string",
        "colour": "string",
    }
    assert one.schema.rejected == 3
