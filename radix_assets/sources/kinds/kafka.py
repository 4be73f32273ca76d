"""Topics of Kafka, read on from where the last snapshot ends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from radix_assets.common.plural import counted
from radix_assets.sources.addresses import refuse_secret, with_reference, without_secret
from radix_assets.sources.kinds.base import ProbeResult, Source, SourceContext, TableNames
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    from radix_assets.sources.read.staging import Staged

_SCHEME = "kafka://"


class KafkaSource(Source):
    """A topic of Kafka."""

    kind: ClassVar[str] = "Kafka"

    table: str = Field(description="The table's name in Radix.", min_length=1)
    kafka: str = Field(
        description="kafka://user:${NAME}@host:9092,host:9092/topic?tls=true&mechanism=PLAIN; a secret is a reference, "
        "never a value."
    )
    format: Literal["json", "text", "avro", "avro-confluent"] | None = Field(
        None, description="How values are written; JSON or text is detected if omitted."
    )
    avro_schema: str | None = Field(None, description="Avro: the file of the schema, relative to the project file.")
    part: str | None = Field(None, description="The list of records inside the values, such as items.")
    generation: int = Field(
        1, description="Raise it to forget what was read, when a topic was deleted and created again.", ge=1
    )

    @field_validator("kafka")
    @classmethod
    def _no_secret(cls, address: str) -> str:
        if not address.startswith(_SCHEME) or not urlsplit(address).path.strip("/"):
            raise ValueError("kafka://host:9092/topic is expected")
        return refuse_secret(address)

    @model_validator(mode="after")
    def _has_schema(self) -> Self:
        if (self.format or "").startswith("avro") != bool(self.avro_schema):
            raise ValueError("format avro and avro_schema belong together")
        return self

    @classmethod
    def matches(cls, settings: Mapping[str, Any]) -> bool:
        return "kafka" in settings

    @classmethod
    def matches_argument(cls, argument: str) -> bool:
        return argument.startswith(_SCHEME)

    @classmethod
    def discover(cls, arguments: Sequence[str], context: SourceContext, names: TableNames) -> list[Self]:
        """Return one source for each topic; an address without a topic stands for all that are not internal.

        A password is replaced by ${KAFKA_PASSWORD}. Raise SourceError RDX-SRC-014 if there is no topic, and what
        connecting raises.
        """
        from radix_assets.sources.streams.kafka_connection import opened, topic_of

        sources = []
        for argument in arguments:
            base, mark, query = argument.partition("?")
            named = topic_of(base)
            with opened(argument, context.credentials) as cluster:
                topics = [named] if named and cluster.ranges(named) else sorted(cluster.topics())
            if not topics:
                raise SourceError(
                    "RDX-SRC-014",
                    "the cluster holds no topic",
                    expected="a topic that may be described",
                    hint="check the address and the rights of its user",
                    database=without_secret(argument),
                )
            root = base if named else base.rstrip("/")
            for topic in topics:
                address = with_reference(f"{root if named else f'{root}/{topic}'}{mark}{query}", "KAFKA_PASSWORD")
                sources.append(cls(table=names.unused(topic), kafka=address))
        return sources

    def list_tables(self) -> list[str]:
        return [self.table]

    def describe_table(self, table: str) -> str:
        del table
        return without_secret(self.kafka) + (f" · {self.part}" if self.part else "")

    def read_version(self, table: str, context: SourceContext) -> str:
        """Return a digest of the ends of the partitions."""
        from radix_assets.sources.streams.kafka import topic_version
        from radix_assets.sources.streams.kafka_connection import opened, topic_of

        with opened(self.kafka, context.credentials, table) as cluster:
            return topic_version(cluster, topic_of(self.kafka))

    def read_table(self, table: str, work: Path, context: SourceContext) -> "Staged":
        from radix_assets.sources.read.settings import FileSettings
        from radix_assets.sources.streams.kafka import stage_topic
        from radix_assets.sources.streams.kafka_connection import opened, topic_of

        with opened(self.kafka, context.credentials, table) as cluster:
            return stage_topic(
                cluster,
                topic_of(self.kafka),
                work,
                source=FileSettings(table=table, path=without_secret(self.kafka), part=self.part),
                declared=(self.format, context.folder / self.avro_schema if self.avro_schema else None),
                last=(context.previous.folder, context.previous.state) if context.previous else None,
            )

    def connection_address(self) -> str:
        return self.kafka

    def probe(self, context: SourceContext) -> ProbeResult:
        from radix_assets.sources.streams.kafka_connection import opened, topic_of

        with opened(self.kafka, context.credentials) as cluster:
            ranges = cluster.ranges(topic_of(self.kafka))
        count = sum(high - low for low, high in ranges.values())
        found = f"connected; the topic has {counted(len(ranges), 'partition')} with at most {counted(count, 'message')}"
        exposed = "@" in urlsplit(self.kafka).netloc and not {"tls=true", "tls=1"} & set(
            urlsplit(self.kafka).query.split("&")
        )
        text = "the connection is not encrypted: anyone who can read the network traffic can read the password"
        return ProbeResult(found, (text,) if exposed else ())
