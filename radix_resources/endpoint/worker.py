"""One server process of one manifest, for its supervisor. Standard library only."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from radix_resources.endpoint.state import HOST, LOG
from radix_resources.processes import die_with_parent

_MARK = b"RADIX-ERROR "
_OK = 200


class Refused(Exception):  # noqa: N818 what happened, not a fault of the program
    """A server cannot be started. `error` is plain data, as RadixError.attrs returns it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["found"])
        self.error = error


class Worker:
    """A running server. It serves the shared socket, and a private one for its own health checks."""

    def __init__(
        self, manifest: dict[str, Any], shared: socket.socket, folder: Path, *, idle_seconds: float | None
    ) -> None:
        verify(manifest["files"])
        self.manifest = manifest
        self.ready = False
        self.began = time.monotonic()
        self._log = folder / LOG
        self._log_start = self._log.stat().st_size if self._log.exists() else 0
        private = socket.create_server((HOST, 0))
        self._address = private.getsockname()
        fds = (shared.fileno(), private.fileno())
        environment = {**os.environ, "RADIX_LISTEN_FDS": ",".join(map(str, fds))}
        if idle_seconds is not None:
            environment["RADIX_IDLE_SECONDS"] = str(idle_seconds)
        try:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    manifest["command"],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=fds,
                    cwd=folder,
                    env=environment,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 the supervisor has one thread
                )
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Refused(
                {"code": "RDX-SRV-009", "found": f"{manifest['command'][0]} cannot be run: {reason}"}
            ) from None
        finally:
            private.close()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.began

    def ended(self) -> int | None:
        """The exit status, negative after a signal; None while it runs."""
        return self._process.poll()

    def answers(self, path: str, *, seconds: float) -> bool:
        """Return whether it responds to a GET with 200 in time."""
        return ask(self._address, path, seconds=seconds)

    def stop(self) -> None:
        """Ask the process to finish open requests and exit."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def wait(self, seconds: float) -> None:
        """Wait up to that many seconds for the process to exit, then kill it; reap it."""
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def error(self) -> dict[str, Any] | None:
        """Return the error that it wrote when it failed to start; None if it wrote none in the safe form."""
        with contextlib.suppress(OSError, ValueError), self._log.open("rb") as log:
            log.seek(self._log_start)
            lines = [line for line in log.read(1 << 20).splitlines() if line.startswith(_MARK)]
            if lines:
                error: dict[str, Any] = json.loads(lines[-1].removeprefix(_MARK))
                return error
        return None


def ask(address: tuple[str, int], path: str, *, seconds: float) -> bool:
    """Return whether a server responds to a GET with 200 in time. Without http.client, which needs more memory."""
    try:
        with socket.create_connection(address, timeout=seconds) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
            line = connection.recv(64)
    except OSError:
        return False
    return line.split(b" ", 2)[1:2] == [str(_OK).encode()]


def verify(files: dict[str, str]) -> None:
    """Raise Refused RDX-SRV-007 if a file is missing or differs from the manifest."""
    for name, expected in files.items():
        try:
            with Path(name).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            digest = "missing"
        if digest != expected:
            raise Refused(
                {
                    "code": "RDX-SRV-007",
                    "found": f"{Path(name).name} is {'missing' if digest == 'missing' else 'not what was published'}",
                    "expected": "the file that the model was evaluated with",
                    "hint": "materialize again the asset that wrote it",
                    "file": name,
                }
            )
