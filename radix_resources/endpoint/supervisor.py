"""Keeps the server of one project alive: `python -m radix_resources.endpoint.supervisor FOLDER`.

It owns the listening socket, so the address outlives every server: a new version and the old one take connections from
the same queue for a moment, and while a crashed server comes back, requests wait instead of being refused. Standard
library only, to stay small; it detaches from its parent process.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from radix_resources.endpoint.state import (
    HOST,
    LOCK,
    LOG,
    STATUS,
    DesiredState,
    Status,
    last_sign,
    read_desired,
    read_status,
    with_uptime,
    write,
)
from radix_resources.endpoint.worker import Refused, Worker
from radix_resources.files import locked
from radix_resources.processes import boot_id, host_id, started_at

FIRST_PORT, LAST_PORT = 8100, 8999
LOG_BYTES = 1_000_000
STOP_SECONDS = 8.0
HOPELESS = 10
"""After this number of failed starts in a row, the next ones are tried rarely."""
HEALTH_SECONDS, HEALTH_TIMEOUT, HEALTH_MISSES = 10.0, 5.0, 3


class Supervisor:
    """One listening socket and its servers: the one that serves, and during a deployment its successor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = read_status(folder) or Status()
        self._count(last_sign(folder))  # of the previous one, if it was killed
        self.status.up_since = time.time()
        self.status.boot, self.status.host = boot_id(), host_id()
        self.status.supervisor = os.getpid()
        self.status.supervisor_started = started_at(os.getpid()) or ""
        self.status.pid = self.status.error = None
        self.stopping = False
        self.current: Worker | None = None
        self.candidate: tuple[Worker, DesiredState] | None = None
        self.leaving: list[tuple[Worker, float]] = []
        self._retry_at = 0.0
        self._failures = 0
        self._health_at = 0.0
        self._misses = 0
        self._wake, self._woken = os.pipe()

    def run(self) -> None:
        """Serve until a stop is requested, it is idle for too long, or there is nothing to serve."""
        self._listen_to_signals()
        self.socket = self._bind()
        self.save("starting")
        while not self.stopping:
            busy = self.tick()
            select.select([self._wake], [], [], 0.1 if busy else 1.0)
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake, 1024)
        for worker in self._workers():
            worker.stop()
        for worker in self._workers():
            worker.wait(STOP_SECONDS)
        self.current = None
        self._note_pid()
        with contextlib.suppress(FileNotFoundError):  # the folder was removed; that is a way to say stop
            self.save("stopped")

    def tick(self) -> bool:
        """Do one round; return whether a change is in progress."""
        self._read_desired_state()
        self._watch_candidate()
        self._watch_current()
        for worker, until in list(self.leaving):
            if worker.ended() is not None or time.monotonic() > until:
                worker.wait(0)
                self.leaving.remove((worker, until))
        _cap(self.folder / LOG)
        with contextlib.suppress(OSError):
            os.utime(self.folder / STATUS)
        nothing = not self.current and not self.candidate and not self.status.manifest
        if nothing or not (self.folder / LOCK).exists():
            self.stopping = True
        return bool(self.candidate or self.leaving or not self.current or not self.current.ready)

    def _read_desired_state(self) -> None:
        desired = read_desired(self.folder)
        if desired is None or desired.request == self.status.answered:
            return
        if self.candidate:
            worker, earlier = self.candidate
            if earlier.request == desired.request:
                return
            self._dismiss(worker)
            self.candidate = None
        try:
            self.candidate = (self._start(desired.manifest, desired.idle_seconds), desired)
        except Refused as refused:
            self._decline(desired, refused.error)

    def _watch_candidate(self) -> None:
        if not self.candidate:
            return
        worker, desired = self.candidate
        status = worker.ended()
        if status is not None:
            worker.wait(0)
            self._decline(desired, worker.error() or _exit_error(status))
        elif worker.answers("/ready", seconds=1):
            if self.current:
                self._dismiss(self.current)
            worker.ready = True
            self.current, self.candidate = worker, None
            self.status.manifest, self.status.answered = desired.manifest, desired.request
            self.status.settings = {"start_seconds": desired.start_seconds, "idle_seconds": desired.idle_seconds}
            self.status.restarts, self.status.refused = 0, None
            self._is_ready()
        elif worker.age > desired.start_seconds:
            self._dismiss(worker)
            self._decline(desired, _timeout_error(desired.start_seconds))

    def _watch_current(self) -> None:
        worker = self.current
        if worker is None:
            lost = self._retry_at > 0  # else this supervisor has just begun, and what is wanted goes first
            if self.status.manifest and (lost or not self.candidate) and time.monotonic() >= self._retry_at:
                self._restart()
            return
        status = worker.ended()
        limit = self.status.settings.get("start_seconds", 120.0)
        if status == 0 and worker.ready:
            self.stopping = True
        elif status is not None:
            worker.wait(0)
            self._schedule_restart(worker, worker.error() or _exit_error(status))
        elif not worker.ready and worker.answers("/ready", seconds=1):
            worker.ready = True
            self._is_ready()
        elif not worker.ready and worker.age > limit:
            self._dismiss(worker)
            self._schedule_restart(worker, _timeout_error(limit))
        elif worker.ready and time.monotonic() >= self._health_at:
            self._health_at = time.monotonic() + HEALTH_SECONDS
            self._misses = 0 if worker.answers("/health", seconds=HEALTH_TIMEOUT) else self._misses + 1
            if self._misses >= HEALTH_MISSES:
                worker.kill()

    def _restart(self) -> None:
        self.status.restarts += 1
        try:
            self.current = self._start(self.status.manifest or {}, self.status.settings.get("idle_seconds"))
        except Refused as refused:
            self._schedule_restart(None, refused.error)
        else:
            self._note_pid()
            self.save("restarting")

    def _schedule_restart(self, worker: Worker | None, error: dict[str, Any]) -> None:
        """Restart the server that has ended: at once, and with growing delays while starts fail."""
        self._failures = 1 if worker and worker.ready else self._failures + 1
        settled = worker is not None and worker.ready and worker.age > HEALTH_SECONDS
        pause = min(0.25 * 2**self._failures, 4.0) if self._failures < HOPELESS else 30.0
        self._retry_at = time.monotonic() + (0 if settled else pause)
        self.current, self.status.error = None, error
        self._note_pid()
        self.save("restarting")

    def _decline(self, desired: DesiredState, error: dict[str, Any]) -> None:
        self.candidate = None
        self.status.answered, self.status.refused = desired.request, error
        self.save(self.status.state)

    def _is_ready(self) -> None:
        self._failures, self._misses = 0, 0
        self._health_at = time.monotonic() + HEALTH_SECONDS
        self.status.error = None
        self._note_pid()
        self.save("running")

    def _note_pid(self) -> None:
        self.status.pid = self.current.pid if self.current else None
        self.status.pid_started = started_at(self.status.pid) if self.status.pid else None

    def _start(self, manifest: dict[str, Any], idle_seconds: float | None) -> Worker:
        return Worker(manifest, self.socket, self.folder, idle_seconds=idle_seconds)

    def _dismiss(self, worker: Worker) -> None:
        worker.stop()
        self.leaving.append((worker, time.monotonic() + STOP_SECONDS))

    def _workers(self) -> list[Worker]:
        rest = [self.current, self.candidate[0] if self.candidate else None, *(worker for worker, _ in self.leaving)]
        return [worker for worker in rest if worker]

    def save(self, state: str) -> None:
        """Write the status file."""
        self._count(time.time())
        if state == "stopped":
            self.status.up_since = 0.0
        self.status.state = state
        write(self.folder / STATUS, self.status)

    def _count(self, until: float) -> None:
        self.status.uptime = with_uptime(self.status.uptime, self.status.up_since, until)
        self.status.up_since = until

    def _bind(self) -> socket.socket:
        """Bind the previous port, or the next free one if another program uses it."""
        desired = read_desired(self.folder)
        self.status.project = desired.project if desired else self.status.project
        first = self.status.port or (desired.port if desired else FIRST_PORT)
        span = LAST_PORT - FIRST_PORT + 1
        ports = [first, *(FIRST_PORT + (first - FIRST_PORT + step) % span for step in range(1, span))]
        # The server of a supervisor that was killed may take a moment to release the port.
        patience = time.monotonic() + (3 if self.status.port else 0)
        while True:
            for port in ports if time.monotonic() >= patience else ports[:1]:
                with contextlib.suppress(OSError):
                    bound = socket.create_server((HOST, port), backlog=1024)
                    self.status.port = port
                    return bound
            if time.monotonic() >= patience:
                raise SystemExit(f"no free port from {FIRST_PORT} to {LAST_PORT}")
            time.sleep(0.1)

    def _listen_to_signals(self) -> None:
        os.set_blocking(self._wake, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        for number in (signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, lambda _number, _frame: None)


def _exit_error(status: int) -> dict[str, Any]:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return {"code": "RDX-SRV-009", "found": f"the server {how}"}


def _timeout_error(seconds: float) -> dict[str, Any]:
    return {"code": "RDX-SRV-009", "found": f"the server was not ready after {seconds:g} seconds"}


def _cap(log: Path) -> None:
    """Rotate a log that is too long. Its writers append, so they continue at the new end."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def main() -> None:
    """Detach, make sure that no other supervisor runs, and supervise."""
    folder = Path(sys.argv[1])
    if os.fork():
        os._exit(0)  # the caller waits for this process alone; the next one has no parent to wait for
    with locked(folder / LOCK, wait=False) as is_locked:
        if is_locked:
            Supervisor(folder).run()


if __name__ == "__main__":
    main()
