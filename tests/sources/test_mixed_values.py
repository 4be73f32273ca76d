"""Columns whose values are written in several ways: each is read as what it is, or a warning says that it is not."""
# ruff: noqa: DTZ001 cells have no time zone

import datetime as dt

import polars as pl
import pytest

from radix_assets.sources.types.column_settings import ColumnSettings

NUMBERS = [f"{row * 1.25 + 3:.2f}" for row in range(60)]
DAYS = [f"2024-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(60)]


def column(read, texts, name="value", **settings):
    lines = "".join(f"{row};{text}\n" for row, text in enumerate(texts))
    raw = read(f"id;{name}\n{lines}", **settings)
    return raw.frame[name], [warning.code for warning in raw.schema.warnings], raw


@pytest.mark.parametrize(
    "limits",
    [
        ["<0.5"],
        ["< 0,5", ">1000"],
        ["≤ 5", "≥100"],
        ["less than 3", "over 1000"],
        ["100+"],
        ["<0.5 mg/l"],
        ["<LOD", "nd", "<0.5"],
        ["n/a", "unknown", ">1000"],
        ["-", "keine Angabe", "<1"],
    ],
)
@pytest.mark.parametrize("times", [1, 12])
def test_limits_are_set_aside_and_named_as_such(read, limits, times):
    values, codes, raw = column(read, [*NUMBERS, *limits * times])
    assert values.to_list() == [*map(float, NUMBERS), *[None] * len(limits) * times]
    tokens = sum(limit in {"n/a", "-"} for limit in limits) * times
    assert raw.schema.rejected == len(limits) * times - tokens
    assert codes == ["censored_values", "rejected_cells"]
    assert "a limit" in pl.read_parquet(raw.path / "rejects.parquet")["reason"].str.join(" ").item()
    kept, codes, _ = column(read, [*NUMBERS, *limits], columns={"value": {"type": "text"}})
    assert kept.to_list()[-1] == limits[-1]
    assert codes == []


@pytest.mark.parametrize("empty", ["0000-00-00", "0000-01-01", "0000-00-00 00:00:00", "unknown", "/  /"])
def test_dates_that_are_none_are_set_aside(read, empty):
    values, codes, raw = column(read, [*DAYS, empty, empty], "day")
    assert values.to_list() == [*map(dt.date.fromisoformat, DAYS), None, None]
    assert (raw.schema.rejected, codes) == (2, ["rejected_cells"])


def test_compact_dates_that_are_none_are_set_aside(read):
    values, codes, _ = column(read, [*(day.replace("-", "") for day in DAYS), "00000000"], "day")
    assert values.to_list() == [*map(dt.date.fromisoformat, DAYS), None]
    assert codes == ["rejected_cells"]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ([f"{number} {'€' if row % 2 else '$'}" for row, number in enumerate(NUMBERS)], "mixed_units"),
        ([f"{'EUR' if row % 3 else 'USD'} {number}" for row, number in enumerate(NUMBERS)], "mixed_units"),
        ([f"{number} {'kg' if row % 2 else 'lb'}" for row, number in enumerate(NUMBERS)], "mixed_units"),
        ([f"{number}{'%' if row % 2 else ''}" for row, number in enumerate(NUMBERS)], "mixed_units"),
        ([f"{number} {'CR' if row % 2 else 'DR'}" for row, number in enumerate(NUMBERS)], "debit_credit"),
        ([f"{number}{'C' if row % 2 else 'D'}" for row, number in enumerate(NUMBERS)], "debit_credit"),
        ([f"{number} {'Soll' if row % 2 else 'Haben'}" for row, number in enumerate(NUMBERS)], "debit_credit"),
        ([*NUMBERS, *["~10", "ca. 20"] * 5], "mixed_values"),
        ([*NUMBERS, *["10*", "12 (a)"] * 8], "mixed_values"),
        ([*NUMBERS, *["10-15"] * 12], "mixed_values"),
        ([*NUMBERS, *["5K", "2.5M"] * 20], "mixed_values"),
        ([*NUMBERS, *["sold out", "on request"] * 12], "mixed_values"),
        ([*NUMBERS, *["unknown", "sold out"] * 5], "mixed_values"),
    ],
)
def test_numbers_written_in_several_ways_are_text_and_it_is_said(read, texts, code):
    values, codes, raw = column(read, texts, "sum")
    assert values.to_list() == texts
    assert codes == [code]
    assert raw.schema.warnings[0].count


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("house_no", [f"{row}{'a' if row % 7 == 0 else ''}" for row in range(1, 60)]),
        ("house_no", [f"{row}{f'-{row + 2}' if row % 7 == 0 else ''}" for row in range(1, 60)]),
        ("size", ["S", "M", "L", "XL", *map(str, range(34, 56))]),
        ("code", [f"{row}{'K' if row % 3 else 'M'}" for row in range(10, 70)]),
        ("answer", ["yes", "no", "unknown"] * 20),
        ("grade", ["1", "2", "3", "A", "B"] * 10),
        ("text", [f"{row} small steps to {row + 2}" for row in range(50)]),
    ],
)
def test_names_with_digits_are_not_called_numbers(read, name, texts):
    values, codes, _ = column(read, texts, name)
    assert values.to_list() == texts
    assert codes == []


@pytest.mark.parametrize(
    ("zone", "hours"), [("CET", -1), ("CEST", -2), ("PST", 8), ("EST", 5), ("JST", -9), ("MEZ", -1), ("GMT", 0)]
)
def test_names_of_time_zones_are_their_distance_from_utc(read, zone, hours):
    values, codes, _ = column(read, [f"{day} 12:30:00 {zone}" for day in DAYS], "at")
    moments = [dt.datetime.fromisoformat(f"{day} 12:30:00") + dt.timedelta(hours=hours) for day in DAYS]
    assert values.to_list() == moments
    assert codes == ([] if zone == "GMT" else ["zone_names"])


@pytest.mark.parametrize("zone", ["CST", "IST", "BST", "XYZT"])
def test_names_of_several_time_zones_are_text_and_it_is_said(read, zone):
    values, codes, _ = column(read, [f"{day} 12:30 {zone}" for day in DAYS], "at")
    assert values.dtype == pl.String
    assert codes == ["mixed_zones"]


def test_dates_in_several_ways_are_read_where_each_is_certain(read):
    others = {"%d.%m.%Y": [], "%m/%d/%Y": [], "%d %B %Y": [], "%Y/%m/%d": []}
    for form in others:
        texts = [dt.date.fromisoformat(day).strftime(form) if row % 2 else day for row, day in enumerate(DAYS)]
        values, codes, _ = column(read, texts, "day")
        assert values.to_list() == [*map(dt.date.fromisoformat, DAYS)]
        assert codes == ["mixed_formats"]
    unclear = [f"0{1 + row % 9}/0{1 + row % 8}/2024" if row % 2 else day for row, day in enumerate(DAYS)]
    values, codes, _ = column(read, unclear, "day")
    assert (values.to_list(), codes) == (unclear, ["mixed_formats"])


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("%b-%y", "Jan-22", dt.date(2022, 1, 1)),
        ("%B %Y", "März 2024", dt.date(2024, 3, 1)),
        ("%m/%Y", "03/2024", dt.date(2024, 3, 1)),
        ("%m/%y", "03/24", dt.date(2024, 3, 1)),
        ("%Y%m", "202403", dt.date(2024, 3, 1)),
        ("%Y", "2024", dt.date(2024, 1, 1)),
        ("%G-W%V", "2024-W05", dt.date(2024, 1, 29)),
        ("%Y-%j", "2024-060", dt.date(2024, 2, 29)),
        ("%d%m%y", "310124", dt.date(2024, 1, 31)),
        ("%d%b%Y", "05JAN2024", dt.date(2024, 1, 5)),
        ("%-d. %B %Y", "5. Januar 2024", dt.date(2024, 1, 5)),
        ("%d %b. %Y", "05 Jan. 2024", dt.date(2024, 1, 5)),
        ("%A, %d. %B %Y", "Freitag, 05. Januar 2024", dt.date(2024, 1, 5)),
    ],
)
def test_a_format_does_what_it_says_and_what_it_lacks_is_the_first(read, form, text, value):
    settings = {"day": ColumnSettings(type="date", format=form)}
    values, codes, _ = column(read, [text, text], "day", columns=settings)
    assert values.to_list() == [value, value]
    assert codes == (["two_digit_years"] if "%y" in form else [])


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("%Y-%m-%d %H:%M:%S.%f", "2024-01-05 10:11:12.5", dt.datetime(2024, 1, 5, 10, 11, 12, 500_000)),
        ("%Y-%m-%d %H:%M:%S,%f", "2024-01-05 10:11:12,123", dt.datetime(2024, 1, 5, 10, 11, 12, 123_000)),
        ("%d.%m.%Y %H Uhr", "05.01.2024 13 Uhr", dt.datetime(2024, 1, 5, 13)),
        ("%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:13:55:36 -0700", dt.datetime(2000, 10, 10, 20, 55, 36)),
        ("%Y-%m-%d %H:%M:%S %Z", "2024-01-05 10:11:12 CET", dt.datetime(2024, 1, 5, 9, 11, 12)),
        ("%a %b %d %H:%M:%S %Z %Y", "Fri Jan 05 10:11:12 UTC 2024", dt.datetime(2024, 1, 5, 10, 11, 12)),
        ("%Y-%m-%dT%H:%M:%S%z", "2024-01-05T10:11:12Z", dt.datetime(2024, 1, 5, 10, 11, 12)),
    ],
)
def test_a_format_of_moments_does_what_it_says(read, form, text, value):
    settings = {"at": ColumnSettings(type="datetime", format=form)}
    assert column(read, [text, text], "at", columns=settings)[0].to_list() == [value, value]


def test_a_format_of_dates_has_a_year():
    with pytest.raises(ValueError, match="needs a year"):
        ColumnSettings(type="date", format="%d.%m.")
