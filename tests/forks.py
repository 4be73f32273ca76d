"""Commands as forks of a process that has done their imports: separate processes, without the seconds of imports.

A command has its own environment, folder and output, and runs like `python -m MODULE` or `python FILE`. The server ends
with the process that started it. A fork cannot test what depends on a new interpreter (hash seed, order of imports).
"""

import contextlib
import importlib
import json
import os
import runpy
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
    *("dagster", "alembic.command", "sqlalchemy", "ruamel.yaml", "yaml", "typer", "rich.console", "httpx", "psutil"),
    *("jinja2", "radix_assets.stages", "radix_assets.orchestration.assets", "radix_assets.orchestration.resources"),
    *("radix_assets.orchestration.local_run", "radix_assets.orchestration.infrastructure", "radix_assets.cli.main"),
)
"""The imports of a run of a project, except flaml, which would start Spark.

Their background threads (OpenBLAS, jemalloc) do not exist in a fork, and the libraries handle that: thread pools
start with the first computation.
"""
_ANSWER = struct.Struct("!qq")


class ForkServer:
    """Runs commands one after another."""

    def __init__(self, modules: tuple[str, ...] = MODULES) -> None:
        mine, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=quiet_environment(),
            )
        self._connection = mine
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
            raise RuntimeError(f"the fork server ended with {self._process.wait()}")
        pid, status = _ANSWER.unpack(content)
        return pid, status

    def close(self) -> None:
        self._connection.close()
        self._process.wait()


_server: ForkServer | None = None


def run(arguments: list[str], *, env: dict[str, str], cwd: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a command as a fork, or in a new interpreter if its environment affects the interpreter."""
    global _server  # noqa: PLW0603 one for all tests of this process
    if any(name.startswith("PYTHON") and os.environ.get(name) != value for name, value in env.items()):
        return run_python(arguments, env=env, cwd=cwd, timeout=timeout)
    if _server is None:
        _server = ForkServer()
    return _server.run(arguments, env=env, cwd=cwd, timeout=timeout)


def run_python(
    arguments: list[str], *, env: dict[str, str], cwd: Path, timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command in a new interpreter."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=timeout)


def close() -> None:
    """End the server, if there is one."""
    global _server  # noqa: PLW0603
    if _server is not None:
        _server.close()
        _server = None


def quiet_environment() -> dict[str, str]:
    """Return the environment of every command, without settings of an installation."""
    from radix_resources.home import QUIET

    # A console that is imported before the fork would keep the terminal size that xdist sets for its workers.
    dropped = ("RADIX_", "DAGSTER_", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **QUIET}


def serve(connection: socket.socket, modules: list[str]) -> dict[str, Any]:
    """Fork for each request; return its request in the fork. Does not return in the server."""
    for module in modules:
        importlib.import_module(module)
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
        command = serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
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
