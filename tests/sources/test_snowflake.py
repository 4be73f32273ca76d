"""Snowflake: the batches of the driver, the SQL as text, and its errors. The SQL is not run: no server can be had."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from adbc_driver_manager import AdbcStatusCode, OperationalError, ProgrammingError

from radix_assets.raw.convert import convert
from radix_assets.sources.databases.cursor import low_of
from radix_assets.sources.databases.snowflake import at_least, column_of, frame_of, highest_query, quoted, text
from radix_assets.sources.databases.snowflake_connection import error_of
from radix_assets.sources.databases.stage import stage_batches
from radix_assets.sources.kinds.registry import kind_of_argument, parse_source
from radix_assets.sources.kinds.snowflake import SnowflakeSource
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

ADDRESS = "snowflake://reader:${SHOP_PASSWORD}@myorg-account/SHOP?warehouse=SMALL&role=READER"
LONG = Decimal("1234567890123456.1234")
MOMENT = dt.datetime(2024, 2, 29, 1, 2, 3, 456789)  # noqa: DTZ001 as the table holds it
# name, type, scale, what the driver hands over, what it is read as
CELLS: list[tuple[str, str, int, pa.Scalar, Any]] = [
    ("ID", "NUMBER", 0, pa.scalar("9" * 38), "9" * 38),
    ("SMALL", "NUMBER", 0, pa.scalar("7"), 7),
    ("PRICE", "NUMBER", 4, pa.scalar(str(LONG)), LONG),
    ("SHARE", "FLOAT", 0, pa.scalar(0.1), 0.1),
    ("OK", "BOOLEAN", 0, pa.scalar(True), True),
    ("CODE", "TEXT", 0, pa.scalar("007"), "007"),
    ("DAY", "DATE", 0, pa.scalar(dt.date(9999, 12, 31)), dt.date(9999, 12, 31)),
    ("MADE", "TIMESTAMP_NTZ", 0, pa.scalar(MOMENT, pa.timestamp("us")), MOMENT),
    ("UTC", "TIMESTAMP_TZ", 0, pa.scalar(MOMENT, pa.timestamp("ns")), MOMENT),
    ("CLOCK", "TIME", 0, pa.scalar(dt.time(23, 59, 59), pa.time64("ns")), dt.time(23, 59, 59)),
    ("MORE", "VARIANT", 0, pa.scalar('{"a":1}'), '{"a":1}'),
    ("RAW", "BINARY", 0, pa.scalar(b"\xff\0"), "ff00"),
]  # fmt: skip


def described(name: str, kind: str, scale: int) -> dict[str, Any]:
    return {"column_name": name, "data_type": kind, "numeric_precision": 38, "numeric_scale": scale}


def test_values_keep_every_digit(tmp_path: Path):
    columns = [column_of(described(name, kind, scale)) for name, kind, scale, _, _ in CELLS]
    batch = pa.table({name: pa.array([cell.as_py(), None], cell.type) for name, _, _, cell, _ in CELLS})
    empty = batch.slice(0, 0)
    (tmp_path / "work").mkdir()
    frames = [frame_of(pl.DataFrame(pl.from_arrow(part)), columns) for part in (empty, batch)]
    schema, _ = convert("orders", stage_batches(columns, frames, tmp_path / "work", layout="Snowflake"), tmp_path)
    frame = pl.read_parquet(tmp_path / "data.parquet")
    assert frame.row(0, named=True) == {name: value for name, _, _, _, value in CELLS}
    assert set(frame.row(1)) == {None}
    assert schema.rejected == 0


@pytest.mark.parametrize(
    ("kind", "highest", "condition"),
    [
        ("NUMBER", "5000", '"A" >= 4000'),
        ("DATE", "2024-03-02", "\"A\" >= '2024-03-01'::DATE"),
        ("TIMESTAMP_NTZ", "2024-03-01 00:10:00.000000", "\"A\" >= '2024-03-01 00:00:00.000000'::TIMESTAMP_NTZ"),
        ("TIMESTAMP_TZ", "2024-03-01 00:10:00.000000", "\"A\" >= '2024-03-01 00:00:00.000000 +00:00'::TIMESTAMP_TZ"),
    ],
)
def test_the_window_of_a_cursor(kind: str, highest: str, condition: str):
    column = column_of(described("A", kind, 0))
    low = low_of(column.order, highest, None)
    assert low is not None
    assert at_least(column.order, quoted("A"), low) == condition
    assert ("CONVERT_TIMEZONE" in highest_query('"S"."T"', column)) == (kind == "TIMESTAMP_TZ")


def test_names_and_texts_are_quoted():
    assert quoted('a"b') == '"a""b"'
    assert text("a'b\\") == "'a''b\\\\'"


def failed(number: int, kind: type = ProgrammingError) -> Exception:
    return kind(
        f"[Snowflake] {number:06} (42S02): the value 7", status_code=AdbcStatusCode.INTERNAL, vendor_code=number
    )


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (failed(390100), CredentialError, "RDX-CRD-002"),
        (failed(2003), SourceError, "RDX-SRC-014"),
        (failed(3001), SourceError, "RDX-SRC-015"),
        (failed(606), SourceError, "RDX-SRC-016"),
        (failed(100038), SourceError, "RDX-SRC-016"),
        (failed(604), TransientSourceError, "RDX-SRC-012"),
        (OperationalError("dial tcp: refused", status_code=AdbcStatusCode.IO), TransientSourceError, "RDX-SRC-012"),
    ],
)
def test_errors_of_the_driver(error: Exception, kind: type, code: str):
    translated = error_of(error, {"database": "snowflake://a/b"}, ["SHOP_PASSWORD"])
    assert (type(translated), translated.code) == (kind, code)
    assert "the value 7" not in str(translated)


def test_an_address_is_of_this_kind():
    assert kind_of_argument(ADDRESS) is SnowflakeSource
    source = parse_source({"database": ADDRESS, "tables": ["ORDERS"]})
    assert source.credential_names() == ["SHOP_PASSWORD"]
    assert source.describe_table("ORDERS").endswith("· PUBLIC.ORDERS")
    with pytest.raises(ValueError, match="holds a password"):
        parse_source({"database": ADDRESS.replace("${SHOP_PASSWORD}", "hunter2"), "tables": ["ORDERS"]})
