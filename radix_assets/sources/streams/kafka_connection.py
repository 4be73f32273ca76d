"""Connections to a Kafka cluster that only read, and its errors as errors of Radix.

No group is joined and no offset is stored in the cluster: what was read is recorded with the snapshot.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from radix_assets.sources.addresses import refuse_metadata, revealed, without_secret
from radix_assets.sources.databases.errors import credential_refused, no_such_table
from radix_assets.sources.packages import not_installed
from radix_resources.credentials.lookup import Credentials, names_in
from radix_resources.errors import RadixError, SourceError, TransientSourceError

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError

SECONDS: Final = 15
_TRUE: Final = frozenset({"true", "1", "required"})
_SETTINGS: Final = {
    "group.id": "radix",
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "enable.partition.eof": True,
    "isolation.level": "read_committed",
    "allow.auto.create.topics": False,
    "fetch.wait.max.ms": 100,
    "queued.max.messages.kbytes": 65_536,
    "socket.timeout.ms": SECONDS * 1000,
    "log_level": 0,
}
_TRANSIENT: Final = frozenset(
    {"_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "_TIMED_OUT_QUEUE", "_RESOLVE", "LEADER_NOT_AVAILABLE"}
    | {"NOT_LEADER_FOR_PARTITION", "REQUEST_TIMED_OUT", "BROKER_NOT_AVAILABLE", "NETWORK_EXCEPTION"}
)
_REFUSED: Final = frozenset({"SASL_AUTHENTICATION_FAILED", "_AUTHENTICATION", "_SSL"})
_DENIED: Final = frozenset(
    {"TOPIC_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED"}
    | {"TRANSACTIONAL_ID_AUTHORIZATION_FAILED"}
)
_RANGE: Final = frozenset({"OFFSET_OUT_OF_RANGE", "_AUTO_OFFSET_RESET"})


@dataclass(frozen=True)
class Cluster:
    """A connection to a cluster."""

    consumer: "Consumer"
    where: dict[str, str]
    names: list[str]
    """The credentials of the address."""

    def topics(self) -> dict[str, list[int]]:
        """Return the partitions of every topic that is not internal."""
        with self.errors():
            topics = self.consumer.list_topics(timeout=SECONDS).topics
        return {name: sorted(topics[name].partitions) for name in sorted(topics) if not name.startswith("__")}

    def ranges(self, topic: str) -> dict[int, tuple[int, int]]:
        """Return by partition the first offset that is there, and the one that the next message will get.

        Raise SourceError RDX-SRC-014 if there is no such topic, 015 if it may not be read.
        """
        from confluent_kafka import KafkaException, TopicPartition

        with self.errors():
            described = self.consumer.list_topics(topic, timeout=SECONDS).topics[topic]
            if described.error is not None and described.error.name() == "UNKNOWN_TOPIC_OR_PART":
                hint = "correct the topic at the end of the address"
                raise no_such_table(topic, list(self.topics()), self.where, hint=hint)
            if described.error is not None:
                raise KafkaException(described.error)
            partitions = [TopicPartition(topic, number) for number in sorted(described.partitions)]
            return {one.partition: self.consumer.get_watermark_offsets(one, timeout=SECONDS) for one in partitions}

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Translate the driver's errors, whose texts are not passed on."""
        from confluent_kafka import KafkaException

        try:
            yield
        except KafkaException as error:
            raise error_of(error.args[0], self.where, self.names) from None


def topic_of(address: str) -> str:
    """Return the topic of an address; empty if it names none."""
    return unquote(urlsplit(address).path.strip("/"))


@contextlib.contextmanager
def opened(address: str, credentials: Credentials, table: str | None = None) -> Iterator[Cluster]:
    """Connect to the cluster of kafka://user:${NAME}@host:9092,host:9092/topic?tls=true&mechanism=PLAIN.

    Raise CredentialError RDX-CRD-001 (missing), SourceError RDX-SRC-050 (confluent-kafka is not installed) or 051 (a
    cloud's metadata service). Whether there is an answer is known when something is asked.
    """
    where = {"database": without_secret(address)} | ({"table": table} if table else {})
    parts = urlsplit(revealed(address, credentials, table))
    for server in parts.netloc.rpartition("@")[2].split(","):
        refuse_metadata(urlsplit(f"//{server}").hostname or "", where)
    try:
        from confluent_kafka import Consumer
    except ImportError:
        raise not_installed("Kafka", "kafka") from None
    consumer = Consumer(_SETTINGS | _connection(parts))
    try:
        yield Cluster(consumer, where, names_in(address))
    finally:
        consumer.close()


def _connection(parts: Any) -> dict[str, Any]:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    user, _, servers = parts.netloc.rpartition("@")
    encrypted = options.get("tls") in _TRUE or "ca" in options
    settings: dict[str, Any] = {
        "bootstrap.servers": servers,
        "security.protocol": ("SASL_" if user else "") + ("SSL" if encrypted else "PLAINTEXT"),
        "error_cb": lambda _: None,
    }
    if "ca" in options:
        settings["ssl.ca.location"] = options["ca"]
    if user:
        name, _, password = user.partition(":")
        settings |= {"sasl.mechanism": options.get("mechanism", "PLAIN"), "sasl.username": unquote(name)}
        settings["sasl.password"] = unquote(password)
    return settings


def error_of(error: "KafkaError", where: Mapping[str, str], names: list[str]) -> RadixError:
    """Return an error of Kafka as one of Radix."""
    code = error.name()
    if code in _REFUSED:
        return credential_refused(names, where)
    if code in _DENIED:
        hint = "ask the owner for READ and DESCRIBE on the topic"
        return SourceError("RDX-SRC-015", "permission denied on the topic", hint=hint, **where)
    if code in _RANGE:
        return TransientSourceError(
            "RDX-SRC-011",
            "messages were removed from the topic while they were read",
            expected="messages that stay for as long as a read takes",
            hint="runs retry it automatically; keep messages longer (retention.ms)",
            **where,
        )
    if code in _TRANSIENT or error.retriable():
        return TransientSourceError(
            "RDX-SRC-012",
            f"the cluster does not answer ({code})",
            expected="a Kafka broker at that address",
            hint="check host and port, the network, and that the brokers run; then try again",
            **where,
        )
    hint = "see the log of the broker"
    return SourceError("RDX-SRC-016", f"the cluster could not answer ({code})", hint=hint, **where)
