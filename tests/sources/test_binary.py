"""Parquet files."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from radix_assets.raw.read_source import TableRead, read_source
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


def tables(folder, **parts):
    """Write each table as a Parquet file into the folder, and return the path of the folder."""
    for name, part in parts.items():
        pq.write_table(part, folder / f"{name}.parquet")
    return str(folder)


def read_all(path, out):
    found = list(read_source(path, out))
    assert all(isinstance(table, TableRead) for table in found), found
    return {table.schema.table: (pl.read_parquet(table.file), table.schema) for table in found}


def test_fractions_of_a_microsecond_are_said(tmp_path):
    nanos = pa.array([1_700_000_000_123_456_789, 1_000, None], pa.timestamp("ns"))
    whole = pa.array([1_700_000_000_123_456_000, 1_000, None], pa.timestamp("ns"))
    table = pa.table({"odd": nanos, "whole": whole, "t": nanos.cast(pa.int64()).cast(pa.duration("ns"))})
    frame, schema = read_all(tables(tmp_path, a=table), tmp_path / "out")["a"]
    assert frame["odd"].to_list() == frame["whole"].to_list()
    assert frame["t"].to_list() == [1_700_000_000_123_456_789 / 1e9, 1e-6, None]
    assert [(w.code, w.column, w.count) for w in schema.warnings] == [("fractions_cut", "odd", 1)]


def test_nested_numbers_that_are_not_finite_are_kept(tmp_path):
    table = pa.table({
        "list": [[1.0, float("nan")], [float("-inf")], None],
        "inner": [{"a": float("inf"), "b": [1]}, {"a": 1.5, "b": []}, None],
        "plain": [[1.0], [2.5], []],
    })  # fmt: skip
    frame, _ = read_all(tables(tmp_path, a=table), tmp_path / "out")["a"]
    assert frame["list"].to_list() == ["[1.0,NaN]", "[-Infinity]", None]
    assert frame["inner"].to_list() == ['{"a":Infinity,"b":[1]}', '{"a":1.5,"b":[]}', None]
    assert frame["plain"].to_list() == ["[1.0]", "[2.5]", "[]"]


def test_dates_that_no_calendar_has_are_set_aside(tmp_path):
    table = pa.table({
        "day": pa.array([1 << 30, 0], pa.date32()),
        "moment": pa.array([2**63 - 1, 0], pa.timestamp("us")),
        "wide": pa.array([2**62, 0], pa.timestamp("ms")),
    })  # fmt: skip
    frame, schema = read_all(tables(tmp_path, a=table), tmp_path / "out")["a"]
    assert frame.row(0) == (None, None, None)
    assert frame.null_count().row(0) == (1, 1, 1)
    assert schema.rejected == 3
    texts = pl.read_parquet(tmp_path / "out" / "a.rejects.parquet").sort("column")["text"].to_list()
    assert texts == [
        f"{1 << 30} days since 1970-01-01",
        f"{2**63 - 1} us since 1970-01-01",
        f"{2**62} ms since 1970-01-01",
    ]


def test_small_floats_and_names_that_occur_twice(tmp_path):
    columns = [pa.array([1.5, None], pa.float16()), pa.array([1, 2]), pa.array(["x", "y"])]
    table = pa.Table.from_arrays(columns, names=["h", "a", "a"])
    frame, schema = read_all(tables(tmp_path, a=table), tmp_path / "out")["a"]
    assert frame.to_dict(as_series=False) == {"h": [1.5, None], "a": [1, 2], "a_2": ["x", "y"]}
    assert not schema.dropped


def test_columns_that_were_added_and_types_that_were_widened(tmp_path):
    narrow = pa.table({"id": pa.array([1], pa.int32()), "p": pa.array([Decimal("1.5")], pa.decimal128(5, 1))})
    wide = pa.table({"id": [2**40], "p": pa.array([Decimal("2.25")], pa.decimal128(9, 2)), "new": ["x"]})
    found = read_all(tables(tmp_path, part_1=narrow, part_2=wide), tmp_path / "out")
    ((frame, schema),) = found.values()
    assert frame.rows() == [(1, Decimal("1.50"), None), (2**40, Decimal("2.25"), "x")]
    assert [(w.code, w.column, w.count) for w in schema.warnings] == [("columns_missing", "new", 1)]


def test_files_of_different_columns_are_tables_of_their_own(tmp_path):
    found = read_all(tables(tmp_path, a_1=pa.table({"x": [1]}), a_2=pa.table({"y": [2]})), tmp_path / "out")
    assert sorted(found) == ["a_1", "a_2"]


def test_text_in_one_file_and_numbers_in_another_are_text(tmp_path):
    parts = {"a_1": pa.table({"id": [1], "n": [1]}), "a_2": pa.table({"id": ["007"], "n": [2]})}
    ((frame, schema),) = read_all(tables(tmp_path, **parts), tmp_path / "out").values()
    assert frame["id"].to_list() == ["1", "007"]
    assert [(w.code, w.column) for w in schema.warnings] == [("types_differ", "id")]


def test_an_encrypted_file_is_refused(read):
    with pytest.raises(SourceError, match=r"RDX-SRC-005.*encrypted"):
        read(b"PARE" + bytes(100) + b"PARE", "table.parquet")


def test_durations_are_the_nearest_number_of_seconds(tmp_path):
    counts = list(range(1, 300_000, 97))
    table = pa.table({"d": pa.array(counts, pa.duration("us"))})
    frame, _ = read_all(tables(tmp_path, a=table), tmp_path / "out")["a"]
    assert frame["d"].to_list() == [count / 1e6 for count in counts]
