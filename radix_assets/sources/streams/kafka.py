"""Topics of Kafka as tables."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.records.stage import stage_records
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import Declared, ReadWarning
from radix_assets.sources.streams.kafka_connection import Cluster
from radix_assets.sources.streams.kafka_messages import MESSAGES_FILE, collect_messages
from radix_assets.sources.streams.kafka_values import OFFSET, PARTITION, Format, reader_of, values_of
from radix_resources.errors import SourceError


def topic_version(cluster: Cluster, topic: str) -> str:
    """Return a digest of the ends of the partitions."""
    ends = {number: high for number, (_, high) in cluster.ranges(topic).items()}
    return hashlib.sha256(json.dumps([topic, ends]).encode()).hexdigest()


def stage_topic(
    cluster: Cluster,
    topic: str,
    work: Path,
    *,
    source: FileSettings,
    declared: tuple[Format | None, Path | None] = (None, None),
    last: tuple[Path, Mapping[str, Any]] | None = None,
) -> Staged:
    """Stage what is in a topic up to the present ends of its partitions, and what was read of it before.

    `declared` is the format and the file of the Avro schema; `last` the folder of the last snapshot, and what was
    recorded with it. Raise SourceError RDX-SRC-014 (no such topic), 072 (it was
    created again), TransientSourceError RDX-SRC-011 or 012, and what `stage_records` raises.
    """
    path = work / MESSAGES_FILE
    messages = collect_messages(cluster, topic, last, path)
    values = values_of(path, declared[0], _schema(declared[1], source.table))
    digest = hashlib.sha256(json.dumps(messages.offsets).encode()).hexdigest()
    inside = source.part.rpartition("!/")[2] if source.part else None
    file = SourceFile(path, topic, digest, messages.size, inside=inside)
    staged = stage_records(source, [file], work, reader_of(values), values.typed)
    staged.layout = f"Kafka, {values.format}"
    staged.dialect |= {"format": "kafka", "values": values.format, "messages": messages.count}
    if values.evidence:
        staged.dialect["evidence"] = values.evidence
    staged.warnings += messages.warnings
    if values.hexadecimal:
        text = "keys hold bytes that are not text; they are read as hexadecimal digits"
        staged.warnings.append(ReadWarning(code="binary_as_hexadecimal", message=text, column="kafka_key"))
    if not source.part:
        comments = {PARTITION: "the partition of the message", OFFSET: "its number in the partition"}
        key = staged.declared.primary_key or ["kafka_id"]
        staged.declared = Declared(primary_key=key, unique=[[PARTITION, OFFSET]], comments=comments)
    staged.state = {"offsets": messages.offsets}
    staged.beside = {MESSAGES_FILE: path}
    return staged


def _schema(path: Path | None, table: str) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise SourceError(
            "RDX-SRC-001",
            f"there is no Avro schema {path.name!r}",
            expected="a file with the schema of the values, as JSON",
            hint="correct `avro_schema`",
            table=table,
        ) from None
