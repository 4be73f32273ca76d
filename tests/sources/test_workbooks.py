"""Workbooks."""

import datetime as dt

import pytest
from workbook import workbook

from radix_resources.errors import SourceError


def test_a_workbook_is_read_like_text(read):
    rows = [
        ["id", "joined", "share", "price", "name", "mixed", None],
        [1, ("date", 45292), "100%", "$1,715.0", "Ann", 5, "x"],
        [2, ("date", 45293), "38%", "$20.5", "Bob", "n/a", "y"],
    ]
    raw = read(workbook({"One": rows}), "table.xlsx")
    assert raw.types() == {
        "id": "integer",
        "joined": "date",
        "share": "float",
        "price": "float",
        "name": "string",
        "mixed": "integer",
        "column_7": "string",
    }
    assert raw.frame.row(0) == (1, dt.date(2024, 1, 1), 100.0, 1715.0, "Ann", 5, "x")


def test_the_declared_sheet_is_read_and_a_wrong_one_named(read):
    content = workbook({"One": [["a"], [1]], "Two": [["b"], [2.5]]})
    assert read(content, "t.xlsx", sheet="Two").frame.columns == ["b"]
    with pytest.raises(SourceError, match=r"RDX-SRC-010.*\n.*One, Two"):
        read(content, "t.xlsx", sheet="Three")


def test_a_workbook_without_rows_and_an_invalid_one_are_refused(read):
    with pytest.raises(SourceError, match="RDX-SRC-004"):
        read(workbook({"One": [["a", "b"]]}), "t.xlsx")
    for broken in (b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0 not a workbook"):
        with pytest.raises(SourceError, match="RDX-SRC-005"):
            read(broken, "t.xlsx")
