"""Delta and Iceberg tables in a bucket of an S3 server (moto), as their writers left them there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from place_servers import s3_server
from pyiceberg.catalog.sql import SqlCatalog

from radix_assets.raw.discovery import sources_of
from radix_assets.raw.ingestion import read_table
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.registry import kind_of_argument, parse_source
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import ConfigError, CredentialError, SourceError

SECRET = "Qzx-lake-secret"


@dataclass
class Bucket:
    """A bucket `lake` with keys."""

    endpoint: str
    client: Any

    def put_folder(self, folder: Path, name: str) -> None:
        for file in folder.rglob("*"):
            if file.is_file():
                key = f"{name}/{file.relative_to(folder).as_posix()}"
                self.client.put_object(Bucket="lake", Key=key, Body=file.read_bytes())

    def remove(self, ending: str) -> None:
        for entry in self.client.list_objects_v2(Bucket="lake")["Contents"]:
            if entry["Key"].endswith(ending):
                self.client.delete_object(Bucket="lake", Key=entry["Key"])

    @property
    def access(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "user": "k", "credential": "${LAKE_KEY}"}


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    boto3 = pytest.importorskip("boto3")
    with s3_server() as endpoint:
        keys = {"aws_access_key_id": "k", "aws_secret_access_key": SECRET}
        yield Bucket(endpoint, boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys))


@pytest.fixture
def bucket(server: Bucket) -> Iterator[Bucket]:
    server.client.create_bucket(Bucket="lake")
    yield server
    for entry in server.client.list_objects_v2(Bucket="lake").get("Contents", []):
        server.client.delete_object(Bucket="lake", Key=entry["Key"])
    server.client.delete_bucket(Bucket="lake")


@pytest.fixture
def context(tmp_path: Path) -> SourceContext:
    return SourceContext(tmp_path, Credentials([InMemory({"LAKE_KEY": SECRET})]), cache=tmp_path / "cache")


def rows(settings: dict[str, Any], out: Path, context: SourceContext) -> pl.DataFrame:
    read_table(parse_source({"table": "orders", **settings}), "orders", out, context)
    return pl.read_parquet(out / "data.parquet").sort("id")


def test_a_delta_table_is_read_by_its_version(bucket: Bucket, tmp_path: Path, context: SourceContext):
    folder = tmp_path / "orders"
    write_deltalake(folder, pa.table({"id": [1, 2], "zone": ["a b", "ä"]}), partition_by=["zone"])
    write_deltalake(folder, pa.table({"id": [3], "zone": ["a b"]}), mode="append")
    DeltaTable(folder).delete("id = 2")
    bucket.put_folder(folder, "sales/orders")
    settings = {"delta": "s3://lake/sales/orders", "access": bucket.access}
    source = parse_source({"table": "orders", **settings})
    first = source.read_version("orders", context)
    assert first == source.read_version("orders", context)
    assert source.peek_columns("orders", context) == ["id", "zone"]
    assert source.estimate_bytes("orders", context)
    assert rows(settings, tmp_path / "new", context)["id"].to_list() == [1, 3]
    assert rows(settings | {"version": 0}, tmp_path / "old", context)["id"].to_list() == [1, 2]
    assert SECRET not in repr(source) + source.describe_table("orders")

    table = DeltaTable(folder)
    table.create_checkpoint()
    write_deltalake(folder, pa.table({"id": [4], "zone": ["c"]}), mode="append")
    bucket.put_folder(folder, "sales/orders")
    bucket.remove("00000000000000000000.json")  # as a writer cleans up what a checkpoint holds
    assert source.read_version("orders", context) != first
    assert rows(settings, tmp_path / "newest", context)["id"].to_list() == [1, 3, 4]


def test_what_is_missing_in_a_bucket_is_said(bucket: Bucket, tmp_path: Path, context: SourceContext):
    folder = tmp_path / "orders"
    write_deltalake(folder, pa.table({"id": [1]}))
    bucket.put_folder(folder, "orders")
    settings = {"delta": "s3://lake/orders", "access": bucket.access}
    bucket.remove(".parquet")
    for changed, code in (
        ({}, "RDX-SRC-005"),
        ({"version": 0}, "RDX-SRC-071"),
        ({"version": 7}, "RDX-SRC-071"),
        ({"delta": "s3://lake/none"}, "RDX-SRC-013"),
    ):
        with pytest.raises(SourceError) as error:
            rows(settings | changed, tmp_path / f"out{code}{len(changed)}{changed}", context)
        assert error.value.code == code
    with pytest.raises(CredentialError, match="RDX-CRD-001"):
        parse_source({"table": "orders", **settings}).probe(SourceContext(tmp_path))
    with pytest.raises(ValueError, match="holds a secret"):
        parse_source({"table": "orders", "delta": f"s3://user:{SECRET}@lake/orders"})


def test_an_iceberg_table_is_read_by_its_snapshot(bucket: Bucket, tmp_path: Path, context: SourceContext):
    uri = f"sqlite:///{tmp_path}/catalog.db"
    keys = {"s3.endpoint": bucket.endpoint, "s3.access-key-id": "k", "s3.secret-access-key": SECRET}
    catalog = SqlCatalog("test", uri=uri, warehouse="s3://lake/house", **keys, **{"s3.region": "us-east-1"})
    catalog.create_namespace("sales")
    table = catalog.create_table("sales.orders", pa.schema([("id", pa.int64()), ("name", pa.string())]))
    table.append(pa.table({"id": [1, 2], "name": ["a", "b"]}))
    old = table.current_snapshot()
    assert old is not None
    settings = {"iceberg": f"s3://lake/{table.location().removeprefix('s3://lake/')}", "access": bucket.access}
    source = parse_source({"table": "orders", **settings})
    first = source.read_version("orders", context)
    table.append(pa.table({"id": [3], "name": ["c"]}))
    catalog.engine.dispose()
    assert source.read_version("orders", context) != first
    assert source.peek_columns("orders", context) == ["id", "name"]
    assert rows(settings, tmp_path / "new", context)["id"].to_list() == [1, 2, 3]
    assert rows(settings | {"snapshot": old.snapshot_id}, tmp_path / "old", context)["id"].to_list() == [1, 2]
    metadata = table.metadata_location
    assert rows(settings | {"iceberg": metadata}, tmp_path / "named", context)["id"].to_list() == [1, 2, 3]
    assert SECRET not in repr(source) + source.describe_table("orders")


def test_an_argument_says_which_kind_of_table_it_is(
    bucket: Bucket, tmp_path: Path, context: SourceContext, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "orders"
    write_deltalake(folder, pa.table({"id": [1]}))
    bucket.put_folder(folder, "sales/orders")
    bucket.client.put_bucket_policy(
        Bucket="lake", Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        '"Action": "s3:*", "Resource": "*"}]}'
    )  # fmt: skip
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    argument = f"delta+s3://lake/sales/orders?endpoint={bucket.endpoint}"
    assert kind_of_argument(argument).kind == "Delta elsewhere"
    assert kind_of_argument("iceberg+gs://lake/orders").kind == "Iceberg elsewhere"
    [source] = sources_of([argument], context, TableNames(str)).sources
    assert source.list_tables() == ["orders"]
    assert os.fspath(tmp_path) not in source.describe_table("orders")
    with pytest.raises(ConfigError) as error:
        sources_of([argument.removeprefix("delta+")], context, TableNames(str))
    assert error.value.hint == "name it as delta+s3://lake/sales/orders"
    bucket.client.put_object(Bucket="lake", Key="sales/prices.csv", Body=b"id,price\n1,2.5\n")
    found = sources_of([f"s3://lake/sales/?endpoint={bucket.endpoint}"], context, TableNames(str)).sources
    assert [source.list_tables() for source in found] == [["prices"]]
