"""Commands as forks of a process that has done their imports: separate processes, without the seconds of imports.

A command has its own environment, folder and output, and runs like `python -m MODULE` or `python FILE`. The workers
of a session share one server, which ends with the process that started it. A fork cannot test what depends on a new
interpreter (hash seed, order of imports).
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

MODULES = (
    *("numpy", "polars", "pandas", "pyarrow.parquet", "sklearn.linear_model", "sklearn.ensemble", "lightgbm"),
    *("featuretools", "mlflow", "mlflow.pyfunc", "evidently.presets", "ydata_profiling"),
    *("dagster", "dagster._core.storage.sqlite_storage", "plotly.subplots", "plotly.graph_objects"),
    *(
        "alembic.command",
        "sqlalchemy.dialects.sqlite",
        "ruamel.yaml",
        "yaml",
        "typer",
        "rich.console",
        "httpx",
        "psutil",
    ),
    *("jinja2", "radix_assets.stages", "radix_assets.orchestration.assets", "radix_assets.orchestration.resources"),
    *("radix_assets.orchestration.local_run", "radix_assets.orchestration.infrastructure", "radix_assets.cli.main"),
)
"""The imports of a run of a project, except flaml, which would start Spark.

Their background threads (OpenBLAS, jemalloc) do not exist in a fork, and the libraries handle that: thread pools
start with the first computation.
"""
SHARED = "TESTS_FORK_SERVER"
"""Variable with the path of the socket of the server that the workers of a session share."""
_ANSWER = struct.Struct("!qq")


class ForkServer:
    """Runs commands one after another; many may use it at once, each through its own `Connection`.

    It starts when the first connection is opened.
    """

    def __init__(self, modules: tuple[str, ...] = MODULES) -> None:
        self._folder = tempfile.mkdtemp()
        self.address = str(Path(self._folder) / "socket")
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.address)
        self._listener.listen()
        self._alive, self._end = socket.socketpair()
        self._starter = threading.Thread(target=self._start, daemon=True)
        self._starter.start()

    def _start(self) -> None:
        ready, _, _ = select.select([self._listener, self._end], [], [])
        if self._end in ready:
            return
        descriptors = [self._listener.fileno(), self._end.fileno()]
        self._process = subprocess.Popen(
            [sys.executable, __file__, *map(str, descriptors), *self._modules],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            env=quiet_environment(),
        )

    def close(self) -> None:
        """End the server and what it runs."""
        self._alive.close()
        self._starter.join()
        if self._process:
            self._process.wait()
        self._listener.close()
        self._end.close()
        shutil.rmtree(self._folder)


class Connection:
    """Runs commands one after another as forks of a server."""

    def __init__(self, address: str) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(address)
        self._lock = threading.Lock()

    def run(
        self, arguments: list[str], *, env: dict[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `-m MODULE ...` or `FILE ...` to its end, as `subprocess.run` does with `capture_output` and `text`."""
        with self._lock, contextlib.ExitStack() as stack:
            request = stack.enter_context(tempfile.TemporaryFile("w+"))
            json.dump({"arguments": arguments, "env": env, "cwd": str(cwd)}, request)
            request.flush()
            readers, writers = zip(*(os.pipe() for _ in range(2)), strict=True)
            socket.send_fds(self._connection, [b"r"], [request.fileno(), *writers])
            for writer in writers:
                os.close(writer)
            texts: dict[int, str] = {}

            def collect(number: int, descriptor: int) -> None:
                with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
                    texts[number] = stream.read()

            threads = [threading.Thread(target=collect, args=pair, daemon=True) for pair in enumerate(readers)]
            for thread in threads:
                thread.start()
            pid, _ = self._answer(None)
            try:
                _, status = self._answer(timeout)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(None)
                for thread in threads:
                    thread.join(1)
                raise subprocess.TimeoutExpired(arguments, timeout, texts.get(0), texts.get(1)) from None
            for thread in threads:
                thread.join(timeout)
                if thread.is_alive():
                    raise subprocess.TimeoutExpired(arguments, timeout)
        return subprocess.CompletedProcess(arguments, os.waitstatus_to_exitcode(status), texts[0], texts[1])

    def _answer(self, timeout: float | None) -> tuple[int, int]:
        self._connection.settimeout(timeout)
        content = self._connection.recv(_ANSWER.size, socket.MSG_WAITALL)
        if len(content) < _ANSWER.size:
            raise RuntimeError("the fork server ended")
        pid, status = _ANSWER.unpack(content)
        return pid, status

    def close(self) -> None:
        self._connection.close()


_server: ForkServer | None = None
_connection: Connection | None = None


def share() -> None:
    """Let this process and its children use one server."""
    global _server  # noqa: PLW0603 one for all tests of this process
    _server = ForkServer()
    os.environ[SHARED] = _server.address


def run(arguments: list[str], *, env: dict[str, str], cwd: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a command as a fork, or in a new interpreter if its environment affects the interpreter."""
    global _connection  # noqa: PLW0603
    if any(name.startswith("PYTHON") and os.environ.get(name) != value for name, value in env.items()):
        return run_python(arguments, env=env, cwd=cwd, timeout=timeout)
    if _connection is None:
        if SHARED not in os.environ:
            share()
        _connection = Connection(os.environ[SHARED])
    return _connection.run(arguments, env=env, cwd=cwd, timeout=timeout)


def run_python(
    arguments: list[str], *, env: dict[str, str], cwd: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command in a new interpreter."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout)


def close() -> None:
    """End the connection and the server that this process has opened."""
    global _server, _connection  # noqa: PLW0603
    if _connection is not None:
        _connection.close()
        _connection = None
    if _server is not None:
        del os.environ[SHARED]
        _server.close()
        _server = None


def quiet_environment() -> dict[str, str]:
    """Return the environment of every command, without settings of an installation."""
    from radix_resources.home import QUIET

    # A console that is imported before the fork would keep the terminal size that xdist sets for its workers.
    dropped = ("RADIX_", "DAGSTER_", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **QUIET}


def serve(listener: socket.socket, end: socket.socket, modules: list[str]) -> dict[str, Any]:
    """Fork for each connection, and again for each of its requests; return the request in the last fork.

    Does not return in the server.
    """
    for module in modules:
        importlib.import_module(module)
    # A collection in a fork would write to every object of the imports and so copy the memory of all of them.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the fork of a connection
    while True:
        ready, _, _ = select.select([listener, end], [], [])
        if end in ready:
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            end.close()
            return answer(connection)
        connection.close()


def answer(connection: socket.socket) -> dict[str, Any]:
    """Fork for each request of a connection; return the request in the fork."""
    while True:
        content, descriptors, _, _ = socket.recv_fds(connection, 1, 3)
        if not content:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            connection.close()
            return become(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        connection.sendall(_ANSWER.pack(pid, 0))
        _, status = os.waitpid(pid, 0)
        connection.sendall(_ANSWER.pack(pid, status))


def become(request: int, out: int, err: int) -> dict[str, Any]:
    """Apply the environment, folder and output of the request."""
    with os.fdopen(request) as stream:
        stream.seek(0)
        command: dict[str, Any] = json.load(stream)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    os.environ.clear()
    os.environ.update(command["env"])
    os.chdir(command["cwd"])
    time.tzset()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    return command


def main() -> None:
    """Serve requests; in a fork, run the command as the interpreter would."""
    sys.path.pop(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        listener, end, *modules = sys.argv[1:]
        command = serve(socket.socket(fileno=int(listener)), socket.socket(fileno=int(end)), modules)
    from radix_resources.processes import leave

    leave(lambda: execute(command))


def execute(command: dict[str, Any]) -> None:
    """Run the command of a request in this process."""
    first, *rest = command["arguments"]
    if first == "-m":
        sys.argv = rest
        sys.path.insert(0, command["cwd"])
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command["arguments"]
        sys.path.insert(0, str(Path(first).parent))
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    main()
