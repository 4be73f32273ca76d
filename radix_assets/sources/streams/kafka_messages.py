"""The messages of a topic, as they are, in a file that is kept with the snapshot.

Each read copies the messages of the last snapshot and appends those from the recorded offsets on, up to the ends of the
partitions when it begins. What was read and the offsets are published together, by the commit of the snapshot, so that
no message is read twice or never, whenever a read is killed.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from radix_assets.common.plural import counted
from radix_assets.sources.schema import ReadWarning
from radix_assets.sources.streams.kafka_connection import SECONDS, Cluster, error_of
from radix_resources.errors import SourceError, TransientSourceError

if TYPE_CHECKING:
    import pyarrow as pa

MESSAGES_FILE: Final = "messages.parquet"
_BATCH: Final = 10_000
_PAUSE: Final = 0.2


@dataclass
class Messages:
    """All messages of a topic that were ever read."""

    path: Path
    count: int = 0
    size: int = 0
    """Bytes of keys and values."""
    offsets: dict[str, int] = field(default_factory=dict)
    """By partition, the first offset that was not read."""
    warnings: list[ReadWarning] = field(default_factory=list)


def collect_messages(cluster: Cluster, topic: str, last: tuple[Path, Mapping[str, Any]] | None, path: Path) -> Messages:
    """Write the messages of the last snapshot and those that are new, ordered by partition and offset.

    `last` is the folder of the last snapshot, and what was recorded with it.

    Raise SourceError RDX-SRC-072 (the topic was deleted and created again), TransientSourceError RDX-SRC-011 or 012,
    and what connecting raises.
    """
    import pyarrow.parquet as pq

    read: Mapping[str, int] = last[1].get("offsets", {}) if last else {}
    old = last[0] / MESSAGES_FILE if last and read else None
    messages = Messages(path)
    ranges = cluster.ranges(topic)
    for number in set(map(int, read)) - set(ranges):
        raise _recreated(topic, number, cluster)
    lost = 0
    with pq.ParquetWriter(path, _schema(), compression="zstd") as writer:
        for number, (low, high) in ranges.items():
            start, gone = start_of(read.get(str(number)), low, high)
            if start is None:
                raise _recreated(topic, number, cluster)
            lost += gone
            for batch in _old(old, number) if old else ():
                _write(writer, batch, messages)
            messages.offsets[str(number)] = _append(writer, messages, cluster, topic, number, (start, high))
    if lost:
        removed = f"{counted(lost, 'message')} {'was' if lost == 1 else 'were'} removed"
        text = f"up to {removed} from the topic before being read (retention) and cannot be read any more"
        messages.warnings.append(ReadWarning(code="messages_removed", message=text, count=lost))
    return messages


def start_of(read: int | None, low: int, high: int) -> tuple[int | None, int]:
    """Return where to begin in a partition, and how many offsets after the last read are there no longer.

    `read` is the first offset that was not read yet, None at first; `low` and `high` are the first that is there and
    the next that will be. There is no beginning if less is there than was read: it is another topic of the same name.
    """
    if read is None:
        return low, 0
    if read > high:
        return None, 0
    return max(read, low), max(0, low - read)


def _append(writer: Any, messages: Messages, cluster: Cluster, topic: str, number: int, span: tuple[int, int]) -> int:
    """Write the messages of a partition from one offset up to another; return the first offset that was not read."""
    from confluent_kafka import KafkaError, TopicPartition

    following, end = span
    if following >= end:
        return following
    is_last, answered = False, time.monotonic()
    with cluster.errors():
        cluster.consumer.assign([TopicPartition(topic, number, following)])
        while following < end and not is_last:
            received = cluster.consumer.consume(_BATCH, timeout=_PAUSE)  # it waits for a whole batch
            if received:
                answered = time.monotonic()
            elif time.monotonic() - answered > SECONDS:
                raise _no_answer(cluster)
            rows = []
            for message in received:
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 its public name
                    # Also before the end: what follows is of transactions that are open or were given up.
                    is_last, following = True, max(following, message.offset())
                elif error is not None:
                    raise error_of(error, cluster.where, cluster.names)
                elif message.offset() >= end:
                    is_last, following = True, end
                else:
                    following = message.offset() + 1
                    kind, moment = message.timestamp()
                    rows.append((number, message.offset(), moment if kind else None, message.key(), message.value()))
            _write(writer, _batch(rows), messages)
        cluster.consumer.unassign()
    return following


def _no_answer(cluster: Cluster) -> TransientSourceError:
    return TransientSourceError(
        "RDX-SRC-012",
        "the cluster does not answer",
        expected="messages up to the end of the topic",
        hint="check the network and that the brokers run; then try again",
        **cluster.where,
    )


def _schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema(
        {
            "partition": pa.int32(),
            "offset": pa.int64(),
            "timestamp": pa.timestamp("ms", "UTC"),
            "key": pa.binary(),
            "value": pa.binary(),
        }
    )


def _batch(rows: list[tuple[Any, ...]]) -> "pa.RecordBatch":
    import pyarrow as pa

    schema = _schema()
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _old(path: Path, number: int) -> Iterator["pa.RecordBatch"]:
    import pyarrow.dataset as ds

    rows = ds.dataset(path, format="parquet").scanner(filter=ds.field("partition") == number, batch_readahead=2)
    yield from rows.to_batches()


def _write(writer: Any, batch: "pa.RecordBatch", messages: Messages) -> None:
    if batch.num_rows:
        writer.write_batch(batch, row_group_size=_BATCH)
        messages.count += batch.num_rows
        messages.size += batch.nbytes


def _recreated(topic: str, partition: int, cluster: Cluster) -> SourceError:
    return SourceError(
        "RDX-SRC-072",
        f"the topic {topic!r} has fewer messages than were read of it (partition {partition}); "
        "it was deleted and created again",
        expected="a topic that goes on where the last snapshot ends",
        hint="raise `generation` in project.yaml to begin with the new topic; earlier snapshots stay",
        **cluster.where,
    )
