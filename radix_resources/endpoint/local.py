"""Endpoints as supervised processes of this machine, reachable only from this machine."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from radix_resources.endpoint.base import Endpoint
from radix_resources.endpoint.manifest import Deployed, EndpointManifest, EndpointState
from radix_resources.endpoint.state import (
    HOST,
    LOG,
    STATUS,
    WANTED,
    DesiredState,
    Status,
    last_sign,
    read_status,
    with_uptime,
    write,
)
from radix_resources.endpoint.supervisor import FIRST_PORT, LAST_PORT, STOP_SECONDS
from radix_resources.endpoint.worker import ask
from radix_resources.errors import ServingError
from radix_resources.files import locked
from radix_resources.home import QUIET
from radix_resources.processes import boot_id, host_id, is_running

PASSED_ON = {
    *("PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "RADIX_HOME", "RADIX_PROJECTS"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"),
}
"""The environment variables that a server gets beside `LC_*`; none is a credential."""
SILENT_SECONDS = 30.0
"""Seconds after which a supervisor of another machine counts as ended; it writes a heartbeat every second."""


class LocalEndpoint(Endpoint):
    """One supervisor and one server process for each project. POSIX only.

    The port follows from the project's name and is remembered; it changes only if another program takes it meanwhile.
    """

    root: str
    """The folder with state and logs, one folder for each project."""
    start_seconds: float = 120.0
    """Seconds within which a server must be ready."""
    idle_seconds: float | None = 8 * 3600.0
    """Seconds without a request after which server and supervisor end. None: never."""

    def deploy(self, project: str, manifest: EndpointManifest) -> Deployed:
        folder = self._folder(project)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _deploy_lock(folder):
            now = self.inspect(project)
            status = read_status(folder)
            if now and now.state == "running" and status and status.manifest == manifest.model_dump():
                return now
            desired = DesiredState(
                request=uuid.uuid4().hex,
                manifest=manifest.model_dump(),
                project=project,
                port=FIRST_PORT + zlib.crc32(project.encode()) % (LAST_PORT - FIRST_PORT + 1),
                start_seconds=self.start_seconds,
                idle_seconds=self.idle_seconds,
            )
            write(folder / WANTED, desired)
            status = self._await_decision(folder, desired.request)
        if status.refused:
            raise _failed(folder, manifest, status)
        return _deployed(project, status, "running")

    def inspect(self, project: str) -> Deployed | None:
        folder = self._folder(project)
        status = read_status(folder)
        if status is None:
            return None
        state: EndpointState = "stopped" if status.state == "stopped" and status.manifest else "failed"
        if _alive(folder, status):
            state = "starting" if status.manifest is None else "restarting"
            reachable = _is_on_another_machine(status) or (
                status.port and ask((HOST, status.port), "/ready", seconds=5)
            )
            if status.state == "running" and reachable:
                state = "running"
        return _deployed(project, status, state)

    def uptime(self, project: str) -> dict[str, float]:
        folder = self._folder(project)
        status = read_status(folder)
        if status is None:
            return {}
        return with_uptime(status.uptime, status.up_since, last_sign(folder))

    def release(self, project: str) -> None:
        folder = self._folder(project)
        if not folder.is_dir():
            return
        with _deploy_lock(folder) as lock:
            status = read_status(folder)
            if status and _alive(folder, status):
                _end_processes(folder, status)
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink()

    def list(self) -> Sequence[Deployed]:
        endpoints = [self.inspect(path.parent.name) for path in sorted(Path(self.root).glob(f"*/{STATUS}"))]
        return [deployed for deployed in endpoints if deployed]

    def start(self, project: str) -> Deployed | None:
        status = read_status(self._folder(project))
        if status is None or status.manifest is None:
            return None
        return self.deploy(project, EndpointManifest(**status.manifest))

    def stop(self, project: str) -> None:
        folder = self._folder(project)
        if folder.is_dir():
            with _deploy_lock(folder):
                status = read_status(folder)
                if status and _alive(folder, status):
                    _end_processes(folder, status)

    def _folder(self, project: str) -> Path:
        return Path(self.root).absolute() / project

    def _await_decision(self, folder: Path, request: str) -> Status:
        """Start a supervisor if none runs, and wait for its decision."""
        status = read_status(folder)
        if (
            status and _alive(folder, status) and not _is_on_another_machine(status)
        ):  # another machine's polls by itself
            with contextlib.suppress(ProcessLookupError):
                os.kill(status.supervisor, signal.SIGHUP)
        until = time.monotonic() + self.start_seconds + STOP_SECONDS
        patience = 0.0
        while time.monotonic() < until:
            status = read_status(folder)
            if status and status.answered == request:
                return status
            if not (status and _alive(folder, status)) and time.monotonic() > patience:
                _start_supervisor(folder)
                patience = time.monotonic() + STOP_SECONDS  # one that is ending keeps the next one out
            time.sleep(0.05)
        raise ServingError(
            "RDX-SRV-009",
            "the supervisor of the endpoint does not answer",
            expected=f"a decision within {self.start_seconds:g} seconds",
            hint=f"see {folder / LOG}",
        )


def _start_supervisor(folder: Path) -> None:
    """Start a detached supervisor, with a session of its own and no inherited file."""
    passed = {key: value for key, value in os.environ.items() if key in PASSED_ON or key.startswith("LC_")}
    here = str(Path(__file__).parents[2])
    code = [here] if here != sysconfig.get_path("purelib") else []
    code += filter(None, [os.environ.get("PYTHONPATH")])
    with (folder / LOG).open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "radix_resources.endpoint.supervisor", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**passed, **QUIET, "PYTHONPATH": os.pathsep.join(code), "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
            check=True,
        )


def _is_on_another_machine(status: Status) -> bool:
    return bool(status.host) and status.host != host_id()


def _alive(folder: Path, status: Status) -> bool:
    if _is_on_another_machine(status):
        with contextlib.suppress(FileNotFoundError):
            return time.time() - (folder / STATUS).stat().st_mtime < SILENT_SECONDS
        return False
    return status.boot == boot_id() and is_running(status.supervisor, status.supervisor_started)


def _end_processes(folder: Path, status: Status) -> None:
    if _is_on_another_machine(status):
        raise ServingError(
            "RDX-SRV-013",
            f"the endpoint of {status.project} runs on another machine",
            expected="that machine",
            hint="run the same command there; once it is switched off, it counts as ended here too",
            project=status.project,
        )
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS + 4), (signal.SIGKILL, STOP_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(status.supervisor, number)
        until = time.monotonic() + seconds
        while _alive(folder, status) or is_running(status.pid, status.pid_started):
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        else:
            return
    raise ServingError(
        "RDX-SRV-009",
        f"process {status.supervisor} does not end",
        hint="end it by hand; the system may be keeping it in a read or write that hangs",
        project=status.project,
    )


def _deployed(project: str, status: Status, state: EndpointState) -> Deployed:
    error = status.error or {}
    return Deployed(
        project=project,
        address=f"http://{HOST}:{status.port}" if status.port else None,
        version=status.manifest["version"] if status.manifest else None,
        pid=status.pid if state in {"running", "starting", "restarting"} else None,
        state=state,
        restarts=status.restarts,
        error=error.get("found"),
        here=not _is_on_another_machine(status),
    )


def _failed(folder: Path, manifest: EndpointManifest, status: Status) -> ServingError:
    cause = status.refused or {}
    return ServingError(
        "RDX-SRV-008",
        f"version {manifest.version} does not start: {cause.get('found', 'it gave no reason')}",
        expected=cause.get("expected", ""),
        hint=cause.get("hint") or f"see {folder / LOG}",
        project=status.project,
        cause=cause.get("code"),
        serving=status.manifest["version"] if status.manifest else "nothing",
    )


@contextlib.contextmanager
def _deploy_lock(folder: Path) -> Iterator[Path]:
    """Allow one deployer of a project at a time; others wait. Yield the lock's file, which its holder may remove."""
    path = folder.with_name(f".{folder.name}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        yield path
