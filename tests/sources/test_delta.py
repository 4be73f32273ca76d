"""Delta tables of delta-rs; deletion vectors and column mapping, which it does not write, are added by hand."""

import datetime as dt
import json
import shutil
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from deltalake import DeltaTable, Field, Schema, write_deltalake
from deltalake.schema import PrimitiveType
from pyroaring import BitMap64

from radix_assets.raw.discovery import sources_of
from radix_assets.raw.read_source import read_source
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.delta import DeltaSource
from radix_resources.errors import SourceError, TransientSourceError

_MAGIC = 1681511377
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"


def rows(folder: Path, out: Path, **settings: Any) -> pl.DataFrame:
    """Return the snapshot of a table, sorted by nothing."""
    from radix_assets.raw.ingestion import read_table

    source = DeltaSource(table="orders", delta=str(folder), **settings)
    read_table(source, "orders", out, SourceContext(folder.parent), may_be_empty=True)
    return pl.read_parquet(out / "data.parquet")


def commit(folder: Path, version: int, *actions: dict[str, Any]) -> None:
    (folder / "_delta_log" / f"{version:020}.json").write_text("\n".join(map(json.dumps, actions)))


def actions_of(folder: Path, version: int, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "_delta_log" / f"{version:020}.json").read_text().splitlines()
    return [action[kind] for action in map(json.loads, lines) if kind in action]


def features(*names: str) -> dict[str, Any]:
    return {
        "protocol": {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": list(names),
            "writerFeatures": list(names),
        }
    }


def z85(data: bytes) -> str:
    text = ""
    for start in range(0, len(data), 4):
        value, part = int.from_bytes(data[start : start + 4].ljust(4, b"\0"), "big"), ""
        for _ in range(5):
            value, rest = divmod(value, 85)
            part = _LETTERS[rest] + part
        text += part
    return text


def vector(*deleted: int) -> dict[str, Any]:
    data = struct.pack("<I", _MAGIC) + BitMap64(deleted).serialize()
    return {"storageType": "i", "pathOrInlineDv": z85(data), "sizeInBytes": len(data), "cardinality": len(deleted)}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    write_deltalake(folder, pa.table({"id": [1, 2], "amount": [2.5, 3.5]}))
    return folder


def test_types_partitions_comments_and_nullability_are_kept(tmp_path: Path):
    folder = tmp_path / "orders"
    moment = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC)
    schema = pa.schema(
        [
            pa.field("id", pa.int64(), nullable=False, metadata={"comment": "number of the order"}),
            pa.field("price", pa.decimal128(38, 10)),
            pa.field("at", pa.timestamp("us", "UTC")),
            pa.field("local", pa.timestamp("us")),
            pa.field("day", pa.date32()),
            pa.field("lines", pa.list_(pa.struct([("sku", pa.string()), ("n", pa.int32())]))),
            pa.field("bytes", pa.binary()),
            pa.field("zone", pa.string()),
            pa.field("part", pa.date32()),
        ]
    )
    price, day = Decimal("1234567890123456789012345678.0000000001"), dt.date(2024, 2, 29)
    row = {
        "id": 2**60 + 1, "price": price, "at": moment, "local": moment.replace(tzinfo=None), "day": day,
        "lines": [{"sku": "007", "n": 1}], "bytes": b"\xff\x00", "zone": "a b/c", "part": day,
    }  # fmt: skip
    other = dict.fromkeys(row) | {"id": 1}
    write_deltalake(
        folder, pa.Table.from_pylist([row, other], schema), partition_by=["zone", "part"], description="All."
    )
    frame = rows(folder, tmp_path / "raw").sort("id")
    assert frame.schema["price"] == pl.Decimal(38, 10)
    assert frame.row(1, named=True) == {
        **row, "at": moment.replace(tzinfo=None), "lines": '[{"sku":"007","n":1}]', "bytes": "ff00",
    }  # fmt: skip
    assert frame.row(0, named=True) == other
    staged = DeltaSource(table="orders", delta=str(folder)).read_table(
        "orders", tmp_path / "raw", SourceContext(tmp_path)
    )
    assert staged.declared.not_null == ["id"]
    assert staged.declared.comments == {"id": "number of the order"}
    assert staged.declared.comment == "All."
    assert staged.dialect == {"format": "delta", "version": 0}


def test_only_the_rows_of_the_version_are_read(orders: Path, tmp_path: Path):
    write_deltalake(orders, pa.table({"id": [3], "amount": [4.5]}), mode="append")
    DeltaTable(orders).delete("id = 1")
    assert sorted(rows(orders, tmp_path / "newest")["id"]) == [2, 3]
    assert rows(orders, tmp_path / "second", version=1)["id"].to_list() == [1, 2, 3]
    assert rows(orders, tmp_path / "first", version=0)["id"].to_list() == [1, 2]


def test_columns_that_were_added_are_null_in_old_files(orders: Path, tmp_path: Path):
    write_deltalake(orders, pa.table({"id": [3], "amount": [1.0], "note": ["new"]}), mode="append", schema_mode="merge")
    assert rows(orders, tmp_path / "raw").to_dicts() == [
        {"id": 1, "amount": 2.5, "note": None},
        {"id": 2, "amount": 3.5, "note": None},
        {"id": 3, "amount": 1.0, "note": "new"},
    ]


def test_rows_that_a_deletion_vector_strikes_out_are_left_out(orders: Path, tmp_path: Path):
    [add] = actions_of(orders, 0, "add")
    remove = {"path": add["path"], "deletionTimestamp": 1, "dataChange": True}
    commit(orders, 1, features("deletionVectors"), {"remove": remove}, {"add": {**add, "deletionVector": vector(0)}})
    assert rows(orders, tmp_path / "raw")["id"].to_list() == [2]
    assert rows(orders, tmp_path / "before", version=0)["id"].to_list() == [1, 2]


def test_columns_are_found_by_the_names_in_the_files(tmp_path: Path):
    folder = tmp_path / "orders"
    inner = pa.struct([("col-3", pa.int64())])
    table = pa.table({"col-1": [1], "col-2": pa.array([[{"col-3": 5}]], pa.list_(inner)), "col-4": ["x"]})
    write_deltalake(folder, table, partition_by=["col-4"])
    [metadata] = actions_of(folder, 0, "metaData")
    schema = json.loads(metadata["schemaString"])
    mapped = {"col-1": "id", "col-2": "lines", "col-3": "n", "col-4": "zone"}

    def mapping(fields: list[dict[str, Any]]) -> None:
        for field in fields:
            number = int(field["name"][-1])
            field["metadata"] = {"delta.columnMapping.id": number, "delta.columnMapping.physicalName": field["name"]}
            field["name"] = mapped[field["name"]]
            if isinstance(field["type"], dict):
                mapping(field["type"]["elementType"]["fields"])

    mapping(schema["fields"])
    metadata |= {
        "schemaString": json.dumps(schema),
        "partitionColumns": ["zone"],
        "configuration": {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "9"},
    }
    commit(folder, 1, features("columnMapping"), {"metaData": metadata})
    assert rows(folder, tmp_path / "raw").to_dicts() == [{"id": 1, "lines": '[{"n":5}]', "zone": "x"}]


def test_a_feature_that_is_not_read_is_an_error(orders: Path, tmp_path: Path):
    commit(orders, 1, features("columnMapping", "somethingNew"))
    with pytest.raises(SourceError) as caught:
        rows(orders, tmp_path / "raw")
    assert caught.value.code == "RDX-SRC-070"


def test_files_outside_of_the_folder_are_refused(orders: Path, tmp_path: Path):
    [add] = actions_of(orders, 0, "add")
    other = tmp_path / "secret.parquet"
    shutil.copy(orders / add["path"], other)
    commit(orders, 1, {"add": {**add, "path": "../secret.parquet"}})
    with pytest.raises(SourceError, match="RDX-SRC-070"):
        rows(orders, tmp_path / "raw")


def test_versions_and_files_that_are_not_there_are_errors(orders: Path, tmp_path: Path):
    with pytest.raises(SourceError, match="RDX-SRC-071"):
        rows(orders, tmp_path / "later", version=7)
    [add] = actions_of(orders, 0, "add")
    DeltaTable(orders).optimize.compact()
    write_deltalake(orders, pa.table({"id": [9], "amount": [9.0]}), mode="overwrite")
    (orders / add["path"]).unlink()
    with pytest.raises(SourceError, match="RDX-SRC-071"):
        rows(orders, tmp_path / "vacuumed", version=0)
    assert rows(orders, tmp_path / "newest")["id"].to_list() == [9]
    [add] = actions_of(orders, DeltaTable(orders).version(), "add")
    (orders / add["path"]).write_bytes(b"PAR1 no more")
    with pytest.raises(SourceError, match="RDX-SRC-005"):
        rows(orders, tmp_path / "damaged")
    (orders / add["path"]).unlink()
    with pytest.raises(SourceError, match="RDX-SRC-005") as caught:
        rows(orders, tmp_path / "lost")
    assert not isinstance(caught.value, TransientSourceError)


def test_a_table_without_files_has_its_columns(tmp_path: Path):
    folder = tmp_path / "orders"
    DeltaTable.create(folder, Schema([Field("id", PrimitiveType("long"))]))
    assert rows(folder, tmp_path / "raw").schema == {"id": pl.Int64}


def test_a_folder_of_tables_is_each_table_and_no_data_file_is_read_by_itself(orders: Path, tmp_path: Path):
    write_deltalake(orders, pa.table({"id": [3], "amount": [4.5]}), mode="overwrite")
    (tmp_path / "customers.csv").write_text("id,name\n1,a\n")
    found = sources_of([str(tmp_path)], SourceContext(tmp_path / "x" / "y"), TableNames(str))
    assert sorted(source.list_tables()[0] for source in found.sources) == ["customers", "orders"]
    (tmp_path / "customers.csv").unlink()
    read = list(read_source(str(tmp_path), tmp_path / "out"))
    assert [table.schema.rows for table in read] == [1]
