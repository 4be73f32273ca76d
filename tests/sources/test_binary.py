"""Parquet files."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from radix_resources.errors import SourceError


def test_parquet_types_become_canonical(read):
    moment = dt.datetime(2024, 1, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    frame = pl.DataFrame(
        {
            "small": pl.Series([1, None], dtype=pl.Int8),
            "unsigned": pl.Series([2, 3], dtype=pl.UInt64),
            "single": pl.Series([0.5, float("nan")], dtype=pl.Float32),
            "decimal": pl.Series([Decimal("1.25"), None], dtype=pl.Decimal(10, 2)),
            "category": pl.Series(["a", "b"], dtype=pl.Categorical),
            "enum": pl.Series(["x", None], dtype=pl.Enum(["x"])),
            "zoned": pl.Series([moment, None], dtype=pl.Datetime("ms", "Europe/Berlin")),
            "nanos": pl.Series([dt.datetime(2024, 1, 1), None], dtype=pl.Datetime("ns")),
            "spent": pl.Series([dt.timedelta(seconds=90), None]),
            "tags": [["a", "b"], None],
            "nested": [{"k": 1}, {"k": None}],
            "nothing": pl.Series([None, None], dtype=pl.Null),
            "zip": ["00123", "1"],
            "flag": [True, None],
        }
    )
    raw = read(frame, "table.parquet")
    rows = raw.frame.row(0, named=True)
    assert raw.types() == {
        "small": "integer",
        "unsigned": "integer",
        "single": "float",
        "decimal": "decimal",
        "category": "string",
        "enum": "string",
        "zoned": "datetime",
        "nanos": "datetime",
        "spent": "float",
        "tags": "string",
        "nested": "string",
        "nothing": "string",
        "zip": "string",
        "flag": "boolean",
    }
    assert rows["zoned"] == dt.datetime(2024, 1, 1, 11)
    assert (rows["spent"], rows["tags"], rows["nested"]) == (90.0, '["a","b"]', '{"k":1}')
    assert raw.frame["single"].to_list() == [0.5, None]
    assert raw.frame["tags"].to_list()[1] is None
    assert set(map(str, raw.frame.dtypes)) <= {
        *("Int64", "Float64", "Decimal(precision=38, scale=2)", "Boolean", "String", "Date", "Time"),
        "Datetime(time_unit='us', time_zone=None)",
    }


def test_bytes_are_left_out_with_a_note(read):
    raw = read(pl.DataFrame({"a": [1], "picture": [b"\x00" * 65]}), "table.parquet")
    assert raw.frame.columns == ["a"]
    assert list(raw.schema.dropped) == ["picture"]


def test_bytes_that_are_text_are_text(read):
    raw = read(pl.DataFrame({"a": ["é".encode(), None], "b": [b"\xff", b"x"], "c": [b"\x00", b"x"]}), "t.parquet")
    assert raw.frame.to_dict(as_series=False) == {"a": ["é", None], "b": ["ff", "78"], "c": ["00", "78"]}
    assert [warning.column for warning in raw.schema.warnings] == ["b", "c"]


def test_whole_numbers_beyond_64_bits_are_text_and_infinity_is_rejected(read):
    raw = read(pl.DataFrame({"a": pl.Series([1, 2**63], dtype=pl.UInt64), "b": [float("inf"), 1.0]}), "t.parquet")
    assert raw.frame.rows() == [("1", None), ("9223372036854775808", 1.0)]
    assert pl.read_parquet(raw.path / "rejects.parquet").select("row", "column").rows() == [(1, "b")]


def test_parquet_names_may_hold_anything(read):
    names = ["^a.*$", "*", "a", "c0"]
    raw = read(pl.DataFrame({name: [index] for index, name in enumerate(names)}), "t.parquet")
    assert raw.frame.to_dict(as_series=False) == {name: [index] for index, name in enumerate(names)}


@pytest.mark.parametrize("name", ["table.parquet", "table.xlsx", "table.zip"])
def test_the_content_decides_if_the_name_says_something_else(read, name):
    raw = read("a,b\n1,2\n", name)
    assert raw.frame.rows() == [(1, 2)]
    assert [warning.code for warning in raw.schema.warnings] == ["name_differs"]
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        read("not a table", name)


def test_a_damaged_parquet_file_is_refused(read, tmp_path):
    pl.DataFrame({"a": range(1000)}).write_parquet(tmp_path / "whole.parquet")
    content = bytearray((tmp_path / "whole.parquet").read_bytes())
    content[8 : len(content) // 2] = b"\xff" * (len(content) // 2 - 8)
    for broken in (content, content[:-20], content[:40], b"PAR1" + b"\xff" * 40 + b"PAR1"):
        with pytest.raises(SourceError, match="RDX-SRC-005"):
            read(bytes(broken), "table.parquet")
