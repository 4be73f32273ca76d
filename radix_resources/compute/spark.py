"""Spark: sessions on an existing cluster, and its errors as coded errors."""

import contextlib
import importlib.util
import logging
import re
import shutil
import socket
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from os import environ
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from radix_resources.compute.watch import LOST, executors, watched
from radix_resources.credentials.lookup import names_in
from radix_resources.errors import ComputeError, CredentialError, RadixError, TransientComputeError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ANSWER = 10.0
"""Seconds within which the cluster must accept a connection."""
_EXECUTOR = 180.0
"""Seconds within which it must provide an executor."""
_PORTS = {"spark": 7077, "sc": 15002, "k8s": 443}
_REMOTE = "SPARK_CONNECT_MODE_ENABLED"
"""The variable that selects Connect in pyspark's functions; pyspark leaves it set."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",  # a value that cannot be read is null, as it is everywhere in Radix
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
_APPLICATION = {
    "spark.app.name": "radix",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_GONE = re.compile(
    r"(SparkContext|Spark Context).{0,40}(shut ?down|stopped|cancelled)|Master removed our application|"
    r"All masters are unresponsive|SESSION_CLOSED|SESSION_NOT_FOUND|INVALID_HANDLE|Executor.{0,30}lost|"
    r"ExecutorLostFailure|Py4JNetworkError|Answer from Java side is empty|Connection refused|StatusCode.UNAVAILABLE",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"StatusCode\.(UNAUTHENTICATED|PERMISSION_DENIED)|\b(Unauthorized|Forbidden)\b")
_UNREAD = re.compile(
    r"FileNotFoundException|PATH_NOT_FOUND|FILE_NOT_EXIST|AccessControlException|No such file", re.IGNORECASE
)


class SparkCompute:
    """A cluster: standalone `spark://host:7077`, `k8s://https://host:6443`, Connect `sc://host:15002`.

    `local-cluster[2,1,1024]` starts two worker processes of one core and 1,024 MiB here, for tests. `config` are
    settings of Spark, which win over Radix's own. `reveal` looks up `${NAME}` in either when a session is opened.
    """

    def __init__(
        self,
        master: str,
        config: Mapping[str, str | int | float | bool] | None = None,
        reveal: Callable[[str], str] = str,
    ) -> None:
        self.master = master
        self._reveal = reveal
        self._config = {key: _text(value) for key, value in (config or {}).items()}

    @contextlib.contextmanager
    def session(self) -> "Iterator[SparkSession]":
        """Open a session, and stop it at the end if it was started here. Errors inside are raised as ComputeError.

        Raise ComputeError RDX-CMP-001 (pyspark is not installed), 002 (no Java), 003 (the cluster does not answer),
        004 (it ended the application), 005 (it could not do the work), 006 (it cannot read the files); 003 and 004
        may have ended by the next attempt.
        """
        self.ready()
        with self.coded_errors():
            session, mine = self._open(_builder())
        try:
            with (
                self.coded_errors(),
                watched(session, self._workers_lost()) if self._asks_for_executors else contextlib.nullcontext(),
            ):
                yield session
        finally:
            if mine:
                _stop(session)
            if self.master.startswith("sc://"):
                environ.pop(_REMOTE, None)

    def ready(self) -> None:
        """Check what can be checked without a session. Raise RDX-CMP-001 to 003 or RDX-CRD-001."""
        _builder()
        for text in (self.master, *self._config.values()):
            self._reveal(text)
        if self.master.startswith("sc://"):
            if any(importlib.util.find_spec(name) is None for name in ("grpc", "grpc_status")):
                raise _missing("Spark Connect's client is not installed")
        elif "JAVA_HOME" not in environ and shutil.which("java") is None:
            raise ComputeError(
                "RDX-CMP-002",
                "Java is not installed here, and Spark's driver requires it",
                expected="Java 17 or 21",
                hint="install it (apt install openjdk-17-jre-headless) or set JAVA_HOME; Spark Connect needs none",
            )
        self._reachable()

    @contextlib.contextmanager
    def coded_errors(self) -> Iterator[None]:
        """Raise Spark's errors inside as coded errors."""
        try:
            yield
        except (RadixError, KeyboardInterrupt, GeneratorExit):
            raise
        except Exception as error:
            if not _of_spark(error):
                raise
            raise self._coded_error(error) from error

    def _open(self, builder: Any) -> "tuple[SparkSession, bool]":
        config = {key: self._reveal(value) for key, value in self._config.items()}
        if self.master.startswith("sc://"):
            session = builder.remote(self._reveal(self.master)).getOrCreate()
            for key, value in (_SESSION | config).items():
                with contextlib.suppress(Exception):  # what the server alone decides
                    session.conf.set(key, value)
            return session, True
        from pyspark import SparkContext

        running = SparkContext._active_spark_context is not None  # noqa: SLF001 no public way to ask
        for key, value in (_APPLICATION | _SESSION | self._driver_settings() | config).items():
            builder = builder.config(key, value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = builder.master(self._reveal(self.master)).getOrCreate()
        if running:
            session = session.newSession()
            for key, value in _SESSION.items():
                session.conf.set(key, value)
        self._wait_for_executor(session)
        return session, not running

    def _driver_settings(self) -> dict[str, str]:
        """Bind the driver to the loopback address if the cluster is on this machine."""
        local = self.master.startswith("local") or (urlsplit(self.master).hostname or "") in _LOOPBACK
        return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if local else {}

    def _reachable(self) -> None:
        """Check the address first, because Spark would wait for minutes."""
        kind, _, rest = self.master.partition("://")
        if kind not in _PORTS or not rest:
            return
        addresses = [urlsplit(part if "://" in part else f"//{part}") for part in rest.split(",")]
        for address in addresses:
            port = address.port or (80 if address.scheme == "http" else _PORTS[kind])
            with contextlib.suppress(OSError), socket.create_connection((address.hostname or "", port), _ANSWER):
                return
        raise self._no_answer()

    def _wait_for_executor(self, session: "SparkSession") -> None:
        """Wait for the first executor, because without one every job waits forever."""
        if not self._asks_for_executors:
            return
        end = time.monotonic() + _EXECUTOR
        while not executors(session):
            if time.monotonic() > end:
                session.stop()
                raise TransientComputeError(
                    "RDX-CMP-003",
                    f"the cluster {self.shown} started no executor in {_EXECUTOR:.0f} s",
                    expected="a worker with a free core and enough memory",
                    hint="check its UI; request less in compute.spark.config: spark.executor.memory, spark.cores.max",
                )
            time.sleep(0.1)

    @property
    def _asks_for_executors(self) -> bool:
        """Return whether separate executors do the work and this process can see how many there are."""
        return not self.master.startswith("sc://") and not re.match(r"local(\[|$)", self.master)

    def _workers_lost(self) -> RadixError:
        return TransientComputeError(
            "RDX-CMP-004",
            f"the cluster {self.shown} lost all workers of the application, and started no other in {LOST:.0f} s",
            expected="a master and a worker that stay until the work is done",
            hint="check that the cluster is up; then `radix run` continues from here",
        )

    @property
    def shown(self) -> str:
        """The address without its secret parts: a token or a user."""
        kind, separator, rest = self.master.partition("://")
        return kind + separator + rest.split(";", maxsplit=1)[0].rpartition("@")[2] if separator else self.master

    def _no_answer(self) -> RadixError:
        return TransientComputeError(
            "RDX-CMP-003",
            f"the cluster {self.shown} does not answer",
            expected="a Spark master, Kubernetes' API or a Spark Connect server at this address",
            hint="start it, or correct compute.spark.master in project.yaml",
        )

    def _coded_error(self, error: Exception) -> RadixError:
        text = f"{type(error).__name__}: {error}"
        first = _summary(text)
        if _REFUSED.search(text):
            names = names_in(" ".join((self.master, *self._config.values())))
            return CredentialError(
                "RDX-CRD-002",
                f"the cluster {self.shown} refused the user or the token",
                expected="one that may open a session",
                hint=f"give another: radix credentials set {names[0]}" if names else "fix compute.spark",
                credential=", ".join(names) or None,
            )
        if _UNREAD.search(text):
            return ComputeError(
                "RDX-CMP-006",
                f"the workers of {self.shown} cannot read or write the snapshots",
                expected="the same paths on the workers as here: a file system that all share",
                hint="put RADIX_HOME on a file system that driver and workers mount at the same place",
                error=first,
            )
        if _GONE.search(text):
            return TransientComputeError(
                "RDX-CMP-004",
                f"the cluster {self.shown} ended the application, or lost the workers it ran on",
                expected="an application that may run to its end",
                hint="try again; if the error persists, give the executors more memory (spark.executor.memory)",
                error=first,
            )
        return ComputeError(
            "RDX-CMP-005",
            f"the cluster {self.shown} could not do the work",
            expected="Spark 4",
            hint="see the driver's log; the same project runs with compute: {engine: polars}",
            error=first,
        )


def _builder() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyspark's own, on import
            from pyspark.logger import PySparkLogger
            from pyspark.sql import SparkSession
    except ImportError:
        raise _missing("pyspark is not installed") from None
    for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):  # they would print errors with their values
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)
    return SparkSession.builder


def _stop(session: "SparkSession") -> None:
    """Stop a session. If the driver's process has ended there is nothing to stop."""
    try:
        session.stop()
    except Exception:  # noqa: BLE001 whatever it died of
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None  # noqa: SLF001
        SparkSession._instantiatedSession = None  # noqa: SLF001


def _missing(found: str) -> ComputeError:
    return ComputeError("RDX-CMP-001", found, expected="the extra `spark`", hint="pip install 'radix[spark]'")


def _of_spark(error: Exception) -> bool:
    return any(
        kind.__module__.split(".")[0] in {"pyspark", "py4j", "grpc"} for kind in type(error).__mro__
    ) or isinstance(error, ConnectionError)


def _summary(text: str) -> str:
    """Return the kind of an error alone, because its message may contain values."""
    kinds = re.findall(r"\[([A-Z][A-Z0-9_.]+)\]|([A-Za-z]+(?:Exception|Error))\b", text)
    return (
        ", ".join(dict.fromkeys(condition or exception for condition, exception in kinds[:4]))
        or text.split(":", maxsplit=1)[0]
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
