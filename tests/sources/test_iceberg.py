"""Iceberg tables in a folder and of a SQLite catalog, written by pyiceberg."""

import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestWriterV2,
    write_manifest_list,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.typedef import Record
from pyiceberg.types import (
    BinaryType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from radix_assets.raw.ingestion import read_table
from radix_assets.raw.read_source import TableRead, read_source
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.iceberg import IcebergSource
from radix_resources.errors import SourceError

SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=True, doc="number of the order"),
    NestedField(2, "amount", DoubleType()),
    identifier_field_ids=[1],
)


@pytest.fixture
def catalog(tmp_path: Path) -> SqlCatalog:
    (tmp_path / "warehouse").mkdir()
    uri = f"sqlite:///{tmp_path}/catalog.db"
    created = SqlCatalog("test", uri=uri, warehouse=f"file://{tmp_path}/warehouse")
    created.create_namespace("sales")
    yield created
    created.engine.dispose()


@pytest.fixture
def orders(catalog: SqlCatalog) -> Table:
    table = catalog.create_table("sales.orders", SCHEMA, properties={"comment": "All orders."})
    table.append(data(1, 2))
    return table


def data(*numbers: int) -> pa.Table:
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("amount", pa.float64())])
    return pa.Table.from_pylist([{"id": number, "amount": number + 0.5} for number in numbers], schema)


def folder_of(table: Table) -> Path:
    return Path(table.location().removeprefix("file://"))


def rows(out: Path, **settings: Any) -> pl.DataFrame:
    source = IcebergSource(table="orders", **settings)
    read_table(source, "orders", out, SourceContext(out.parent), may_be_empty=True)
    return pl.read_parquet(out / "data.parquet")


class DeletesWriter(ManifestWriterV2):
    """Writes a manifest of files that strike rows out, which pyiceberg reads and does not write."""

    def content(self) -> ManifestContent:
        return ManifestContent.DELETES

    @property
    def _meta(self) -> dict[str, str]:
        return super()._meta | {"content": "deletes"}


def strike_out(table: Table, deletes: pa.Table, content: DataFileContent, keys: list[int] | None = None) -> None:
    """Add a file of deletes to a table's newest snapshot."""
    folder, io, number = folder_of(table), table.io, 77
    pq.write_table(deletes, folder / "deletes.parquet")
    file = DataFile.from_args(
        content=content,
        file_path=f"{table.location()}/deletes.parquet",
        file_format=FileFormat.PARQUET,
        partition=Record(),
        record_count=deletes.num_rows,
        file_size_in_bytes=(folder / "deletes.parquet").stat().st_size,
        equality_ids=keys,
    )
    old, place = table.current_snapshot(), f"{table.location()}/metadata"
    output = io.new_output(f"{place}/deletes.avro")
    with DeletesWriter(table.spec(), table.schema(), output, number, "gzip") as writer:
        writer.add(ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, snapshot_id=number, data_file=file))
    output = io.new_output(f"{place}/list.avro")
    with write_manifest_list(2, output, number, old.snapshot_id, old.sequence_number + 1, "gzip") as manifests:
        manifests.add_manifests([writer.to_manifest_file(), *old.manifests(io)])
    newest = Path(table.metadata_location.removeprefix("file://"))
    metadata = json.loads(newest.read_text())
    snapshot = metadata["snapshots"][-1] | {"snapshot-id": number, "manifest-list": f"{place}/list.avro"}
    snapshot |= {"sequence-number": old.sequence_number + 1, "parent-snapshot-id": old.snapshot_id}
    metadata |= {"snapshots": [*metadata["snapshots"], snapshot], "current-snapshot-id": number}
    metadata["last-sequence-number"] += 1
    metadata["refs"]["main"]["snapshot-id"] = number
    (newest.parent / "00009-deletes.metadata.json").write_text(json.dumps(metadata))


def test_rows_that_delete_files_strike_out_are_left_out(orders: Table, tmp_path: Path):
    [task] = orders.scan().plan_files()
    names = pa.schema(
        [
            pa.field("file_path", pa.string(), metadata={"PARQUET:field_id": "2147483546"}),
            pa.field("pos", pa.int64(), metadata={"PARQUET:field_id": "2147483545"}),
        ]
    )
    deletes = pa.Table.from_pylist([{"file_path": task.file.file_path, "pos": 0}], names)
    strike_out(orders, deletes, DataFileContent.POSITION_DELETES)
    assert rows(tmp_path / "raw", iceberg=str(folder_of(orders)))["id"].to_list() == [2]


def test_deletes_by_equality_are_an_error(orders: Table, tmp_path: Path):
    schema = pa.schema([pa.field("id", pa.int64(), metadata={"PARQUET:field_id": "1"})])
    strike_out(orders, pa.Table.from_pylist([{"id": 1}], schema), DataFileContent.EQUALITY_DELETES, [1])
    with pytest.raises(SourceError, match="RDX-SRC-070"):
        rows(tmp_path / "raw", iceberg=str(folder_of(orders)))


def with_nulls(table: Table, rows: pa.Table) -> None:
    """Add a data file as other writers write it: pyiceberg writes null lists of records as empty ones."""
    path = folder_of(table) / "data" / "other.parquet"
    pq.write_table(rows, path)
    table.add_files([f"file://{path}"])


def test_records_inside_lists_keep_their_nulls_beside_deletes_and_changes(catalog: SqlCatalog, tmp_path: Path):
    item = StructType(NestedField(11, "n", IntegerType()))
    tags = MapType(20, StringType(), 21, StructType(NestedField(22, "v", StringType())), value_required=False)
    lines = NestedField(2, "lines", ListType(10, item, element_required=False))
    table = catalog.create_table(
        "sales.orders", Schema(NestedField(1, "id", LongType()), lines, NestedField(3, "tags", tags))
    )
    table.append(pa.Table.from_pylist([{"id": 0}], table.schema().as_arrow()))
    data = [{"id": 1}, {"id": 2, "lines": [{"n": 5}, None], "tags": {"a": {"v": "x"}}}, {"id": 3, "lines": []}]
    columns = pa.schema(
        {
            "id": pa.int64(),
            "lines": pa.list_(pa.struct({"n": pa.int32()})),
            "tags": pa.map_(pa.string(), pa.struct({"v": pa.string()})),
        }
    )
    with_nulls(table, pa.Table.from_pylist(data, columns))
    with table.update_schema() as update:
        update.rename_column("lines.element.n", "number")
    with table.update_schema() as update:
        update.update_column("lines.number", LongType())
        update.add_column(("lines", "note"), StringType())
    path = next(task.file.file_path for task in table.scan().plan_files() if "other" in task.file.file_path)
    deletes = pa.table({"file_path": [path], "pos": [2]})
    strike_out(table, deletes, DataFileContent.POSITION_DELETES)
    frame = rows(tmp_path / "raw", iceberg=str(folder_of(table))).filter(pl.col("id") > 0)
    assert frame.to_dict(as_series=False) == {
        "id": [1, 2],
        "lines": [None, '[{"number":5,"note":null},null]'],
        "tags": [None, '[["a",{"v":"x"}]]'],
    }


def test_types_are_kept(catalog: SqlCatalog, tmp_path: Path):
    item = StructType(NestedField(21, "sku", StringType()), NestedField(22, "n", IntegerType()))
    schema = Schema(
        NestedField(1, "id", LongType()),
        NestedField(2, "price", DecimalType(38, 10)),
        NestedField(3, "at", TimestamptzType()),
        NestedField(4, "local", TimestampType()),
        NestedField(5, "day", DateType()),
        NestedField(6, "time", TimeType()),
        NestedField(7, "key", UUIDType()),
        NestedField(8, "lines", ListType(20, item, element_required=False)),
        NestedField(9, "bytes", BinaryType()),
        NestedField(10, "zone", StringType()),
    )
    spec = PartitionSpec(PartitionField(10, 1000, IdentityTransform(), "zone"))
    table = catalog.create_table("sales.orders", schema, partition_spec=spec)
    columns = table.schema().as_arrow()
    moment, key = dt.datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=dt.UTC), UUID(int=7)
    row = {
        "id": 2**60 + 1, "price": Decimal("1234567890123456789012345678.0000000001"), "at": moment,
        "local": moment.replace(tzinfo=None), "day": moment.date(), "time": dt.time(23, 59, 59, 999999),
        "key": key.bytes, "lines": [{"sku": "007", "n": 1}], "bytes": b"\xff\x00", "zone": "a b",
    }  # fmt: skip
    table.append(pa.Table.from_pylist([row, dict.fromkeys(row) | {"id": 1}], columns))
    with_nulls(table, pa.Table.from_pylist([{"id": 3, "lines": []}, {"id": 2}], columns))
    frame = rows(tmp_path / "raw", iceberg=str(folder_of(table))).sort("id")
    assert frame["lines"].to_list() == ["[]", None, "[]", '[{"sku":"007","n":1}]']
    assert frame.row(3, named=True) == {
        **row, "at": moment.replace(tzinfo=None), "lines": '[{"sku":"007","n":1}]', "bytes": "ff00", "key": str(key),
    }  # fmt: skip
    assert frame.row(0, named=True) == dict.fromkeys(row) | {"id": 1, "lines": "[]"}, "as pyiceberg writes it"


def test_the_newest_snapshot_is_read_or_the_one_that_is_named(orders: Table, tmp_path: Path):
    first = orders.current_snapshot().snapshot_id
    orders.append(data(3))
    orders.delete("id == 1")
    folder = str(folder_of(orders))
    assert sorted(rows(tmp_path / "newest", iceberg=folder)["id"]) == [2, 3]
    assert rows(tmp_path / "first", iceberg=folder, snapshot=first)["id"].to_list() == [1, 2]
    with pytest.raises(SourceError, match="RDX-SRC-071"):
        rows(tmp_path / "none", iceberg=folder, snapshot=5)


def test_keys_comments_and_nullability_are_declared(orders: Table, tmp_path: Path):
    source = IcebergSource(table="orders", iceberg=str(folder_of(orders)))
    staged = source.read_table("orders", tmp_path, SourceContext(tmp_path))
    assert staged.declared.model_dump(exclude_defaults=True) == {
        "comment": "All orders.",
        "primary_key": ["id"],
        "not_null": ["id"],
        "comments": {"id": "number of the order"},
    }


def test_columns_may_be_added_renamed_and_widened(catalog: SqlCatalog, tmp_path: Path):
    table = catalog.create_table("sales.orders", Schema(NestedField(1, "n", IntegerType())))
    table.append(pa.table({"n": pa.array([1], pa.int32())}))
    with table.update_schema() as update:
        update.add_column("note", StringType()).rename_column("n", "number").update_column("n", LongType())
    table.append(pa.table({"number": [2**40], "note": ["new"]}))
    frame = rows(tmp_path / "raw", iceberg=str(folder_of(table))).sort("number")
    assert frame.to_dicts() == [{"number": 1, "note": None}, {"number": 2**40, "note": "new"}]


def test_a_copy_of_a_folder_is_read_where_it_is(orders: Table, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.move(folder_of(orders), copy)
    assert rows(tmp_path / "raw", iceberg=str(copy))["id"].to_list() == [1, 2]
    assert rows(tmp_path / "file", iceberg=str(max((copy / "metadata").glob("*.metadata.json"))))["id"].len() == 2
    [argument] = IcebergSource.discover([str(copy)], SourceContext(tmp_path / "x" / "y"), TableNames(str))
    assert argument.list_tables() == ["copy"]


def test_metadata_with_the_same_number_need_a_choice(orders: Table, tmp_path: Path):
    newest = Path(orders.metadata_location.removeprefix("file://"))
    shutil.copy(newest, newest.with_name(newest.name[:6] + "other.metadata.json"))
    with pytest.raises(SourceError, match="RDX-SRC-033"):
        rows(tmp_path / "raw", iceberg=str(folder_of(orders)))
    (newest.parent / "version-hint.text").write_text(newest.name.removesuffix(".metadata.json"))
    assert rows(tmp_path / "hint", iceberg=str(folder_of(orders))).height == 2


def test_files_elsewhere_are_refused(orders: Table, tmp_path: Path):
    outside = tmp_path / "secret.parquet"
    pq.write_table(data(7), outside)
    orders.add_files([f"file://{outside}"])
    with pytest.raises(SourceError, match="RDX-SRC-070"):
        rows(tmp_path / "raw", iceberg=str(folder_of(orders)))
    newest = Path(orders.metadata_location.removeprefix("file://"))
    content = json.loads(newest.read_text())
    content["snapshots"][-1]["manifest-list"] = "http://169.254.169.254/latest"
    newest.write_text(json.dumps(content))
    with pytest.raises(SourceError, match="RDX-SRC-070"):
        rows(tmp_path / "address", iceberg=str(folder_of(orders)))


def test_a_table_of_a_catalog_is_read_by_its_name(orders: Table, tmp_path: Path):
    settings = {"type": "sql", "uri": "sqlite:///catalog.db", "name": "test"}
    before = (tmp_path / "catalog.db").read_bytes()
    assert rows(tmp_path / "raw", iceberg="sales.orders", catalog=settings)["id"].to_list() == [1, 2]
    assert (tmp_path / "catalog.db").read_bytes() == before
    for name, uri, code in (("sales.order", "catalog.db", "014"), ("sales.orders", "none.db", "013")):
        with pytest.raises(SourceError, match=f"RDX-SRC-{code}"):
            rows(tmp_path / code, iceberg=name, catalog={"type": "sql", "uri": f"sqlite:///{uri}"})
    with pytest.raises(SourceError, match="RDX-SRC-051"):
        rows(tmp_path / "ssrf", iceberg="a.b", catalog={"type": "rest", "uri": "http://169.254.169.254/"})
    with pytest.raises(SourceError, match="RDX-SRC-012"):
        rows(tmp_path / "off", iceberg="a.b", catalog={"type": "rest", "uri": "http://127.0.0.1:1/"})


@pytest.mark.parametrize(
    "catalog",
    [
        {"type": "hive", "uri": "thrift://db"},
        {"type": "rest", "uri": "http://db", "token": "abc"},
        {"type": "rest", "uri": "http://db", "py-io-impl": "os.system"},
        {"type": "sql", "uri": "postgresql://reader:abc@db/catalog"},
    ],
)
def test_settings_with_a_secret_or_code_are_refused(catalog: dict[str, str]):
    with pytest.raises(ValueError, match=r"accepted|secret|needs") as caught:
        IcebergSource(table="a", iceberg="a.b", catalog=catalog)
    assert "abc" not in str(caught.value.errors()[0]["msg"])


def test_a_folder_with_a_catalog_is_the_tables_that_it_lists(orders: Table, catalog: SqlCatalog, tmp_path: Path):
    (tmp_path / "people.csv").write_text("id,name\n1,Ann\n2,Bob\n")
    for argument, names in ((tmp_path, ["orders", "people"]), (tmp_path / "catalog.db", ["orders"])):
        read = [answer for answer in read_source(str(argument), tmp_path / "out") if isinstance(answer, TableRead)]
        assert sorted(table.schema.table for table in read) == names
    (tmp_path / "catalog.db").unlink()
    read = [answer for answer in read_source(str(tmp_path), tmp_path / "out") if isinstance(answer, TableRead)]
    assert sorted(table.schema.table for table in read) == ["orders", "people"]
