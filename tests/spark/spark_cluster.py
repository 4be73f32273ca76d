"""A real standalone cluster on the loopback: a master and two worker processes, from the pip package."""

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from ports import free_port

QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Small data: the cost of the optimizing compiler is never earned back."""
CONFIG = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.executor.memory": "640m",
    "spark.executor.cores": "1",
    "spark.driver.memory": "640m",
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.locality.wait": "0",
}
_UP = 600.0
"""Seconds after which a test fails: on a busy machine a JVM needs minutes to start."""


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[str]:
    """Yield the address of the master. All processes end with the context."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_JAVA_OPTS": QUICK,
        "SPARK_DAEMON_MEMORY": "256m",
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        command = [str(home / "bin" / "spark-class"), *arguments]
        with log.open("wb") as out:
            started.append(subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT, cwd=folder))
        return log

    local = ("--host", "127.0.0.1", "--webui-port", "0")
    try:
        log = start("master", "org.apache.spark.deploy.master.Master", *local, "--port", "0")
        address = _said(log, r"Starting Spark master at (spark://\S+)")
        for number in range(workers):
            work = folder / f"worker{number}"
            options = ("--cores", "1", "--memory", "1g", "--work-dir", str(work))
            log = start(work.name, "org.apache.spark.deploy.worker.Worker", *local, *options, address)
        _said(log, r"(Successfully registered)")
        yield address
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def connect(folder: Path) -> Iterator[str]:
    """Yield the address of a Spark Connect server of one process."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        **CONFIG,
    }
    command = [str(home / "bin" / "spark-submit"), "--master", "local[2]"]
    command += [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / "connect.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        end = time.monotonic() + _UP
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError((folder / "connect.log").read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.3)
        yield f"sc://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(_UP)


def _said(log: Path, pattern: str) -> str:
    end = time.monotonic() + _UP
    while time.monotonic() < end:
        match = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if match:
            return match[1]
        time.sleep(0.2)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
