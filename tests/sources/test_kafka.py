"""Topics of Kafka, on the brokers that librdkafka brings for tests."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import fastavro
import polars as pl
import pytest
from confluent_kafka import Producer

from radix_assets.budget.hold import asset_statuses
from radix_assets.cli.new_project import create_project
from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.tools import tools_of
from radix_assets.raw.assets import RAW
from radix_assets.raw.ingestion import read_table
from radix_assets.sources.kinds.base import Previous, SourceContext, TableNames
from radix_assets.sources.kinds.kafka import KafkaSource
from radix_assets.sources.schema import RawSchema
from radix_assets.sources.streams import kafka_connection
from radix_assets.sources.streams.kafka_messages import MESSAGES_FILE, start_of
from radix_resources.errors import SourceError, TransientSourceError
from radix_resources.home import Home


class Broker:
    """A cluster of one broker with topics of two partitions."""

    def __init__(self) -> None:
        settings = {"test.mock.num.brokers": 1, "topic.partitioner": "murmur2", "log_level": 0}
        self.producer = Producer({"bootstrap.servers": "mock", **settings})
        [broker] = self.producer.list_topics(timeout=10).brokers.values()
        self.address = f"kafka://127.0.0.1:{broker.port}"

    def send(self, topic: str, *values: Any, partition: int = 0, key: bytes | None = b"k") -> None:
        for value in values:
            raw = value if isinstance(value, bytes | None) else json.dumps(value).encode()
            self.producer.produce(topic, raw, key=key, partition=partition, timestamp=1_700_000_000_000)
        self.producer.flush()


@pytest.fixture(scope="module")
def broker() -> Broker:
    return Broker()


def read(
    broker: Broker, topic: str, out: Path, previous: tuple[Path, dict[str, Any]] | None = None, **settings: Any
) -> tuple[pl.DataFrame, RawSchema, dict[str, Any]]:
    source = KafkaSource(table=topic, kafka=f"{broker.address}/{topic}", **settings)
    context = SourceContext(out.parent, previous=Previous(*previous) if previous else None)
    staged, schema, _ = read_table(source, topic, out, context)
    return pl.read_parquet(out / "data.parquet"), schema, staged.state


def test_values_are_columns_beside_place_time_and_key(broker: Broker, tmp_path: Path):
    broker.send("orders", {"id": 2**60 + 1, "who": {"name": "é"}, "price": 1.10, "at": "2024-05-06T07:08:09Z"})
    broker.send("orders", {"id": 7, "code": "007", "kafka_key": "own"}, partition=1, key=b"\xff")
    broker.send("orders", None, b"{broken", partition=1)
    frame, schema, state = read(broker, "orders", tmp_path / "raw")
    assert frame["kafka_id"].to_list() == ["0-0", "1-0", "1-1"]
    assert frame["kafka_timestamp"].dtype == pl.Datetime("us")
    assert frame["kafka_key"].to_list() == ["6b", "ff", "6b"]
    assert frame["id"].to_list() == [2**60 + 1, 7, None]
    assert frame.columns[5:] == ["id", "who.name", "price", "at", "code", "value_kafka_key"]
    assert frame["at"].dtype == pl.Datetime("us")
    assert sorted(warning.code for warning in schema.warnings) == ["binary_as_hexadecimal", "other_elements"]
    assert schema.rejected == 1
    assert pl.read_parquet(tmp_path / "raw" / "rejects.parquet")["reason"].to_list() == ["not json"]
    assert schema.declared.unique == [["kafka_partition", "kafka_offset"]]
    assert state == {"offsets": {"0": 1, "1": 3, "2": 0, "3": 0}}


def test_a_snapshot_continues_where_the_last_one_ends(broker: Broker, tmp_path: Path):
    broker.send("clicks", {"n": 1}, {"n": 2})
    _, _, state = read(broker, "clicks", tmp_path / "1")
    broker.send("clicks", {"n": 3, "note": "new"})
    broker.send("clicks", {"n": 4}, partition=1)
    # Whatever has been written of an attempt that fails, the next one begins where the last snapshot ends.
    for folder in ("2", "again"):
        frame, _, after = read(broker, "clicks", tmp_path / folder, (tmp_path / "1", state))
        assert frame["n"].to_list() == [1, 2, 3, 4]
        assert frame["note"].to_list() == [None, None, "new", None]
    whole, _, at_once = read(broker, "clicks", tmp_path / "whole")
    assert whole.equals(frame)
    assert at_once == after
    assert (tmp_path / "2" / MESSAGES_FILE).exists()
    unchanged, _, _ = read(broker, "clicks", tmp_path / "3", (tmp_path / "2", after))
    assert unchanged.equals(frame)


def test_a_cluster_that_does_not_answer_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kafka_connection, "SECONDS", 1)
    source = KafkaSource(table="clicks", kafka="kafka://127.0.0.1:1/clicks")
    with pytest.raises(TransientSourceError, match="RDX-SRC-012"):
        source.read_table("clicks", tmp_path, SourceContext(tmp_path))


def test_the_version_follows_the_ends(broker: Broker, tmp_path: Path):
    broker.send("events", {"n": 1})
    source = KafkaSource(table="events", kafka=f"{broker.address}/events")
    first = source.read_version("events", SourceContext(tmp_path))
    assert source.read_version("events", SourceContext(tmp_path)) == first
    broker.send("events", {"n": 2})
    assert source.read_version("events", SourceContext(tmp_path)) != first
    assert source.probe(SourceContext(tmp_path)).found.endswith("4 partitions with at most 2 messages")


def test_deleted_messages_are_counted_and_a_new_topic_is_an_error(broker: Broker, tmp_path: Path):
    assert start_of(None, 3, 9) == (3, 0)
    assert start_of(5, 3, 9) == (5, 0)
    assert start_of(5, 8, 9) == (8, 3)
    assert start_of(9, 9, 9) == (9, 0)
    assert start_of(10, 0, 9) == (None, 0)
    broker.send("small", {"n": 1})
    _, _, state = read(broker, "small", tmp_path / "1")
    state["offsets"]["0"] = 50
    with pytest.raises(SourceError, match="RDX-SRC-072"):
        read(broker, "small", tmp_path / "2", (tmp_path / "1", state))


def test_lists_of_records_are_tables_that_name_the_message(broker: Broker, tmp_path: Path):
    broker.send("carts", {"items": [{"sku": "a"}, {"sku": "b"}]}, {"items": []})
    items, schema, _ = read(broker, "carts", tmp_path / "items", part="items")
    assert items.rows() == [("0-0", 1, "a"), ("0-0", 2, "b")]
    assert schema.declared.foreign_keys[0].parent_columns == ["kafka_id"]
    carts, schema, _ = read(broker, "carts", tmp_path / "carts")
    assert carts.height == 2
    assert schema.declared.primary_key == ["kafka_id"]


def test_text_and_avro_are_read_as_they_are(broker: Broker, tmp_path: Path):
    broker.send("lines", b"007", "ä".encode(), key=None)
    frame, schema, _ = read(broker, "lines", tmp_path / "lines")
    assert frame["value"].to_list() == ["007", "ä"]
    assert schema.dialect["values"] == "text"
    fields = [
        {"name": "id", "type": "long"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
    ]
    avro = {"type": "record", "name": "Order", "fields": fields}
    (tmp_path / "order.avsc").write_text(json.dumps(avro))
    out = io.BytesIO()
    fastavro.schemaless_writer(
        out, fastavro.parse_schema(avro), {"id": 1, "at": 1_700_000_000_000, "price": Decimal("1.10")}
    )
    broker.send("avro", out.getvalue(), b"\x02")
    frame, schema, _ = read(broker, "avro", tmp_path / "avro", format="avro", avro_schema="order.avsc")
    assert frame.select("id", "price").rows() == [(1, Decimal("1.10"))]
    assert frame["at"].dtype == pl.Datetime("us")
    assert schema.rejected == 1
    broker.send("registry", b"\0\0\0\0\x01" + out.getvalue())
    frame, _, _ = read(broker, "registry", tmp_path / "registry", format="avro-confluent", avro_schema="order.avsc")
    assert frame["id"].to_list() == [1]
    broker.send("registry", b"\0\0\0\0\x02" + out.getvalue())
    with pytest.raises(SourceError, match="RDX-SRC-070"):
        read(broker, "registry", tmp_path / "two", format="avro-confluent", avro_schema="order.avsc")


def test_topics_are_found_by_the_address(broker: Broker, tmp_path: Path):
    broker.send("found", {"n": 1})
    context = SourceContext(tmp_path)
    [source] = KafkaSource.discover([f"{broker.address}/found"], context, TableNames(str))
    assert (source.table, source.kafka) == ("found", f"{broker.address}/found")
    assert "found" in [each.table for each in KafkaSource.discover([broker.address], context, TableNames(str))]
    with pytest.raises(SourceError, match="RDX-SRC-014") as caught:
        KafkaSource.discover([f"{broker.address}/foundd"], context, TableNames(str))
    assert "found" in caught.value.expected
    with pytest.raises(SourceError, match="RDX-SRC-051"):
        KafkaSource.discover(["kafka://169.254.169.254:9092/a"], context, TableNames(str))


@pytest.mark.parametrize(
    "settings",
    [
        {"kafka": "kafka://user:abc@host/topic"},
        {"kafka": "kafka://host"},
        {"kafka": "kafka://host/topic", "format": "avro"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, str]):
    with pytest.raises(ValueError, match=r"password|expected|together") as caught:
        KafkaSource(table="a", **settings)
    assert "abc" not in caught.value.errors()[0]["msg"]


@pytest.mark.slow
def test_offsets_are_in_the_commit_record_and_the_next_run_goes_on(
    broker: Broker, home: Home, instance: dg.DagsterInstance
):
    broker.send("visits", {"n": 1}, {"n": 2})
    project = create_project(home, "shop", [f"{broker.address}/visits"], target="visits.n", accept="human").project
    tools = tools_of(project, home)
    for count, offset in ((2, 2), (3, 3)):
        assert run(project, tools, instance, lambda *_: None, (RAW,)).state == "done"
        commit = tools.storage.latest("shop/raw/visits")
        assert commit.shown["state"]["source"]["offsets"]["0"] == offset
        assert pl.read_parquet(tools.storage.path(commit) / "data.parquet")["n"].to_list() == [1, 2, 3][:count]
        broker.send("visits", {"n": 3})
    [status] = asset_statuses(project, (RAW,), tools)
    assert status.state == "stale"
