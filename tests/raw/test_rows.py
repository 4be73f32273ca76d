"""Rows of a user, read like a snapshot."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt

import polars as pl
import pytest
from workbook import workbook

from radix_assets.raw.rows import UnreadCells, read_rows
from radix_resources.errors import SourceError

TABLE = (
    "id,day,at,rate,price,ok,zip,note\n"
    "1,31-12-2024,31-12-2024 10:00,10%,$5.5,t,00123,a\n2,01-02-2024,01-02-2024 10:00,20%,$6,f,12345,?\n"
)


@pytest.fixture
def snapshot(read):
    return read(TABLE)


def test_rows_in_the_format_of_the_table_are_read_like_the_table(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text(TABLE)
    assert read_rows(tmp_path / "new.csv", snapshot.path).frame.equals(snapshot.frame)


def test_rows_in_the_standard_format_are_read_too(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text(
        "note,zip,id,day,at,rate,price,ok,more\nb,7,3.0,2025-01-31,2025-01-31T08:00:00Z,12.5,7.25,true,x\n"
    )
    frame = read_rows(tmp_path / "new.csv", snapshot.path).frame
    assert frame.schema == snapshot.frame.schema
    assert frame.row(0) == (3, dt.date(2025, 1, 31), dt.datetime(2025, 1, 31, 8), 12.5, 7.25, True, "7", "b")


def test_parquet_and_excel_rows_are_cast(snapshot, tmp_path):
    pl.DataFrame({"id": [3.0], "day": [dt.datetime(2025, 1, 1)], "ok": ["f"], "zip": [5]}).write_parquet(
        tmp_path / "new.parquet"
    )
    (tmp_path / "new.xlsx").write_bytes(workbook({"S": [["id", "day", "ok", "zip"], [3, ("date", 45658), "f", 5]]}))
    for name in ("new.parquet", "new.xlsx"):
        frame = read_rows(tmp_path / name, snapshot.path).frame
        assert frame.schema == snapshot.frame.schema
        assert frame.select("id", "day", "ok", "zip", "rate").row(0) == (3, dt.date(2025, 1, 1), False, "5", None)


def test_a_missing_column_is_null_unless_it_is_required(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text("id,Zip\n1,2\n")
    assert read_rows(tmp_path / "new.csv", snapshot.path).frame["zip"].to_list() == [None]
    with pytest.raises(SourceError, match=r"(?s)RDX-SRC-017.*lacks zip.*is Zip meant"):
        read_rows(tmp_path / "new.csv", snapshot.path, required=["zip"])
    (tmp_path / "new.csv").write_text("other\n1\n")
    with pytest.raises(SourceError, match="RDX-SRC-017"):
        read_rows(tmp_path / "new.csv", snapshot.path)


def test_a_cell_that_cannot_be_read_is_null_and_reported(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text("id\n" + "1\n" * 9 + "x-ray\n")
    rows = read_rows(tmp_path / "new.csv", snapshot.path)
    assert rows.frame["id"].to_list() == [1] * 9 + [None]
    assert rows.unread == [UnreadCells("id", "integer", [10])]


def test_a_row_that_cannot_be_read_is_reported(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text("id,zip\n" + "1,2\n" * 9 + "1,2,3,4\n")
    rows = read_rows(tmp_path / "new.csv", snapshot.path)
    assert (len(rows.frame), rows.set_aside, rows.too_long) == (10, [], [10])


def test_two_columns_of_one_name_are_refused_if_the_table_has_it(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text("id,more,id,more\n1,2,3,4\n")
    with pytest.raises(SourceError, match=r"(?s)RDX-SRC-084.*2 columns called 'id'"):
        read_rows(tmp_path / "new.csv", snapshot.path)
    (tmp_path / "new.csv").write_text("id,more,more\n1,2,3\n")
    assert read_rows(tmp_path / "new.csv", snapshot.path).frame["id"].to_list() == [1]


def test_a_column_of_another_kind_is_refused(snapshot, tmp_path):
    (tmp_path / "new.csv").write_text("id\nx\ny\n2.5\n")
    with pytest.raises(SourceError, match=r"(?s)RDX-SRC-018.*column id") as caught:
        read_rows(tmp_path / "new.csv", snapshot.path)
    assert "rows 1, 2, 3" in str(caught.value)


def test_a_missing_file(snapshot, tmp_path):
    with pytest.raises(SourceError, match="RDX-SRC-001"):
        read_rows(tmp_path / "none.csv", snapshot.path)


def test_names_may_contain_any_characters(read, tmp_path):
    text = '^a.*$,*,"a b",value,row\n1,2,3,4,5\n'
    raw = read(text)
    (tmp_path / "new.csv").write_text(text)
    assert read_rows(tmp_path / "new.csv", raw.path).frame.equals(raw.frame)
