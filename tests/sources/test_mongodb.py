"""Documents in BSON. No server of MongoDB could be had, so the conversation with one is not tested."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import bson
import polars as pl
import pytest
from bson import Binary, Code, Decimal128, Int64, ObjectId, Timestamp
from bson.binary import UuidRepresentation
from bson.datetime_ms import DatetimeMS
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from radix_assets.raw.convert import convert
from radix_assets.sources.addresses import take_secrets, without_secret
from radix_assets.sources.documents import mongodb
from radix_assets.sources.documents.bson_values import read_documents
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.mongodb import MongodbSource
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.schema import RawSchema
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

KEY = ObjectId("65a000000000000000000001")


def read(content: bytes, work: Path, part: str | None = None) -> tuple[pl.DataFrame, RawSchema]:
    """Return documents as the snapshot that they become."""
    work.mkdir()
    (work / "documents.bson").write_bytes(content)
    file = SourceFile(work / "documents.bson", "orders", "", len(content), inside=part)
    staged = stage_records(FileSettings(table="orders", path="orders", part=part), [file], work, read_documents)
    schema, _ = convert("orders", staged, work)
    return pl.read_parquet(work / "data.parquet"), schema


def documents(*rows: dict[str, Any]) -> bytes:
    return b"".join(map(bson.encode, rows))


def test_values_keep_every_digit(tmp_path: Path):
    moment = dt.datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=dt.UTC)
    first = {
        "_id": KEY, "big": Int64(2**62 + 1), "price": Decimal128("12345678901234567890.1234567890"), "at": moment,
        "key": Binary.from_uuid(UUID(int=7), UuidRepresentation.STANDARD), "raw": b"\xff\0", "code": "007", "ok": True,
        "who": {"name": "é", "tags": ["a", "b"]}, "pattern": re.compile("^a"), "ts": Timestamp(5, 6), "js": Code("f()"),
    }  # fmt: skip
    frame, _ = read(documents(first, {"_id": ObjectId(), "ok": False}), tmp_path / "raw")
    assert frame.row(0, named=True) == {
        "_id": str(KEY), "big": 2**62 + 1, "price": Decimal("12345678901234567890.1234567890"),
        "at": moment.replace(tzinfo=None), "key": str(UUID(int=7)), "raw": "ff00", "code": "007", "ok": True,
        "who.name": "é", "who.tags": '["a","b"]', "pattern": "/^a/", "ts": "5-6", "js": "f()",
    }  # fmt: skip
    assert frame["ok"].to_list() == [True, False]


def test_lists_of_records_are_tables_that_name_their_document(tmp_path: Path):
    content = documents({"_id": KEY, "items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]}, {"_id": ObjectId()})
    items, schema = read(content, tmp_path / "items", "items")
    assert items.rows() == [(str(KEY), 1, "a", 1), (str(KEY), 2, "b", 2)]
    assert schema.declared.foreign_keys[0].parent_columns == ["_id"]
    orders, schema = read(content, tmp_path / "orders")
    assert orders.columns == ["_id"]
    assert schema.declared.primary_key == ["_id"]


def test_what_is_not_a_date_of_the_calendar_or_not_bson_is_kept_or_set_aside(tmp_path: Path):
    broken = bytearray(bson.encode({"_id": 3, "name": "abc"}))
    broken[broken.index(b"abc")] = 0xFF
    content = documents(
        {"_id": 1, "at": DatetimeMS(2**60), "n": Decimal128("NaN")}, {"_id": 2, "n": Decimal128("1E+3")}
    )
    frame, schema = read(content + bytes(broken), tmp_path / "raw")
    assert frame["at"].to_list() == [f"{2**60} ms since 1970", None]
    assert frame["_id"].to_list() == [1, 2]
    assert schema.rejected >= 1


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (OperationFailure("secret", 18), CredentialError, "RDX-CRD-002"),
        (OperationFailure("secret", 13), SourceError, "RDX-SRC-015"),
        (OperationFailure("secret", 239), TransientSourceError, "RDX-SRC-011"),
        (OperationFailure("secret", 1), SourceError, "RDX-SRC-016"),
        (ServerSelectionTimeoutError("secret"), TransientSourceError, "RDX-SRC-012"),
    ],
)
def test_errors_have_codes_and_repeat_nothing(error: Exception, kind: type[Exception], code: str):
    with pytest.raises(kind) as caught, mongodb.errors({"database": "mongodb://db/shop"}, ["PW"]):
        raise error
    assert caught.value.code == code
    assert "secret" not in str(caught.value.attrs())


def test_a_server_that_does_not_answer_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mongodb, "_SECONDS", 1)
    source = MongodbSource(table="orders", mongodb="mongodb://127.0.0.1:1/shop", collection="orders")
    for ask in (source.read_version, source.probe):
        with pytest.raises(TransientSourceError, match="RDX-SRC-012"):
            ask(*(["orders"] if ask == source.read_version else []), SourceContext(tmp_path))
    for host in ("169.254.169.254", "[fd00:ec2::254]:27017", "db:27017,169.254.169.254:27017"):
        with pytest.raises(SourceError, match="RDX-SRC-051"):
            source.model_copy(update={"mongodb": f"mongodb://{host}/a"}).probe(SourceContext(tmp_path))


def test_a_password_is_refused():
    with pytest.raises(ValueError, match="password") as caught:
        MongodbSource(table="a", mongodb="mongodb://user:abc@db/shop", collection="a")
    assert "abc" not in caught.value.errors()[0]["msg"]
    assert MongodbSource.matches_argument("mongodb+srv://cluster.example/shop")
    assert without_secret("mongodb+srv://user:abc@cluster.example/shop?tls=true") == (
        "mongodb+srv://user:•••@cluster.example/shop"
    )
    assert "abc" not in take_secrets("mongodb+srv://user:abc@cluster.example/shop", "PW")[0]
