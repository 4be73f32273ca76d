"""SQL Server: what the driver hands over. No server could be had, so the SQL that asks for it is not run."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pymssql
import pytest

from radix_assets.raw.convert import convert
from radix_assets.sources.databases import mssql_connection
from radix_assets.sources.databases.cursor import low_of, window_of
from radix_assets.sources.databases.mssql import (
    at_least,
    column_of,
    frame_of,
    highest_query,
    quoted,
    version_query,
)
from radix_assets.sources.databases.mssql_connection import error_of
from radix_assets.sources.databases.stage import stage_batches
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.mssql import MssqlSource
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

# name, type, scale, what the driver hands over, what it is read as
EXACT = "1234567890123456789012345678.0000000001"
CELLS: list[tuple[str, str, int, Any, Any]] = [
    ("id", "bigint", 0, 2**62, 2**62),
    ("ok", "bit", 0, True, True),
    ("price", "decimal", 10, EXACT, Decimal(EXACT)),
    ("fee", "money", 4, "-0.1000", Decimal("-0.1000")),
    ("share", "real", 0, 0.10000000149011612, 0.1),
    ("day", "date", 0, "2024-02-29", dt.date(2024, 2, 29)),
    ("at", "datetime2", 7, "2024-05-06T07:08:09.1234567", dt.datetime.fromisoformat("2024-05-06T07:08:09.123456")),
    ("utc", "datetimeoffset", 7, "2024-05-06T07:08:09", dt.datetime.fromisoformat("2024-05-06T07:08:09")),
    ("clock", "time", 7, "23:59:59.9999990", dt.time(23, 59, 59, 999999)),
    ("key", "uniqueidentifier", 0, "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007"),
    ("code", "nvarchar", 0, "007", "007"),
    ("raw", "varbinary", 0, b"\xff\0", "ff00"),
]  # fmt: skip


def test_values_keep_every_digit(tmp_path: Path):
    columns = [column_of(name, kind, kind, 38, scale) for name, kind, scale, _, _ in CELLS]
    kinds = [kind for _, kind, _, _, _ in CELLS]
    rows = [tuple(cell for _, _, _, cell, _ in CELLS), (None,) * len(CELLS)]
    (tmp_path / "work").mkdir()
    batches = [frame_of([], kinds), frame_of(rows, kinds)]
    staged = stage_batches(columns, batches, tmp_path / "work", layout="SQL Server")
    schema, _ = convert("orders", staged, tmp_path)
    frame = pl.read_parquet(tmp_path / "data.parquet")
    assert frame.row(0, named=True) == {name: value for name, _, _, _, value in CELLS}
    assert set(frame.row(1)) == {None}
    assert schema.rejected == 0


def test_types_are_selected_without_loss_and_names_are_quoted():
    selected = {
        kind: column_of("a]b", kind, kind, 10, 2).value for kind in ("money", "datetimeoffset", "int", "decimal")
    }
    assert selected == {
        "money": "CONVERT(varchar(50), [a]]b], 2)",
        "datetimeoffset": "CONVERT(varchar(33), CAST(SWITCHOFFSET([a]]b], '+00:00') AS datetime2), 126)",
        "int": "[a]]b]",
        "decimal": "CONVERT(varchar(50), [a]]b])",
    }
    assert column_of("shape", None, "geometry", 0, 0).value == "[shape].STAsText()"
    assert column_of("phone", "varchar", "PhoneNumber", 0, 0).type == "PhoneNumber"
    assert quoted("a]; DROP TABLE b --") == "[a]]; DROP TABLE b --]"
    query = version_query(
        "dbo", "orders", [column_of("a", "float", "float", 53, 0), column_of("b", "int", "int", 10, 0)]
    )
    assert "CONVERT(nvarchar(max), [a], 3)" in query
    assert query.count("(") == query.count(")")


@pytest.mark.parametrize(
    ("kind", "highest", "overlap", "expected"),
    [
        ("bigint", "5000", None, "[a]]b] >= 4000"),
        ("decimal", "7.2500", 0.25, "[a]]b] >= 7.0000"),
        ("date", "2024-03-01", None, "[a]]b] >= CONVERT(date, '2024-02-29', 23)"),
        ("datetime2", "2024-03-01T00:00:00.1234567", None, "CONVERT(datetime2, '2024-02-29T23:50:00.123456', 126)"),
        ("datetimeoffset", "2024-03-01T00:00:00", 0, "CONVERT(datetime2, '2024-03-01T00:00:00.000000', 126)"),
        ("timestamp", "2001", 0, "[a]]b] >= CONVERT(binary(8), CONVERT(bigint, 2001))"),
    ],
)
def test_a_cursor_begins_below_its_highest_value(kind: str, highest: str, overlap: float | None, expected: str):
    column = column_of("a]b", kind, kind, 10, 4)
    where = window_of(low_of(column.order, highest, overlap), column, quoted("a]b"), None, at_least)
    assert expected in where
    assert where.endswith(" OR [a]]b] IS NULL)")
    assert "MAX(" in highest_query("dbo", "t", column)
    assert where in version_query("dbo", "t", [column], where)


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        (18456, CredentialError, "RDX-CRD-002"),
        (4060, SourceError, "RDX-SRC-013"),
        (208, SourceError, "RDX-SRC-014"),
        (229, SourceError, "RDX-SRC-015"),
        (3961, TransientSourceError, "RDX-SRC-011"),
        (1205, TransientSourceError, "RDX-SRC-012"),
        (8134, SourceError, "RDX-SRC-016"),
    ],
)
def test_errors_have_codes_and_repeat_nothing(code: int, kind: type[Exception], expected: str):
    for error in (pymssql.OperationalError(code, b"secret"), pymssql.OperationalError((code, b"secret"))):
        raised = error_of(error, {"database": "mssql://db/shop"}, ["PW"])
        assert (type(raised), raised.code) == (kind, expected)
        assert "secret" not in str(raised.attrs())


def test_a_server_that_does_not_answer_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mssql_connection, "_SECONDS", 1)
    source = MssqlSource(database="mssql://reader@127.0.0.1:1/shop", tables=["orders"])
    with pytest.raises(TransientSourceError, match="RDX-SRC-012"):
        source.read_version("orders", SourceContext(tmp_path))
    with pytest.raises(SourceError, match="RDX-SRC-051"):
        source.model_copy(update={"database": "mssql://169.254.169.254/a"}).probe(SourceContext(tmp_path))


def test_a_password_is_refused_and_the_address_names_the_kind():
    with pytest.raises(ValueError, match="password") as caught:
        MssqlSource(database="mssql://user:abc@db/shop", tables=["a"])
    assert "abc" not in caught.value.errors()[0]["msg"]
    assert MssqlSource.matches_argument("sqlserver://db/shop")
