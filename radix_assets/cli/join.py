"""radix join, and what `radix up` does if several machines share a database."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from radix_assets.cli.common import Place, out, place
from radix_resources.errors import ConfigError, MetadataError
from radix_resources.home import Home
from radix_resources.metadata.base import VARIABLE

if TYPE_CHECKING:
    from radix_resources.machines.worker import Worker

CODE_LOCATION = "radix_assets.definitions"
_TURN_SECONDS = 1.0

Metadata = Annotated[
    str | None,
    typer.Option(
        help=f"PostgreSQL database that the machines share: postgresql://user@host/database (or set {VARIABLE})."
    ),
]
Storage = Annotated[
    Path | None,
    typer.Option(help="Folder that the machines share: snapshots, models, project files (or set RADIX_STORAGE)."),
]
Slots = Annotated[int, typer.Option(min=1, help="Number of runs that this machine executes at a time.")]
MachineName = Annotated[
    str | None, typer.Option("--name", help="Name of this machine in the log (default: host name).")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(join)


def join(metadata: Metadata = None, storage: Storage = None, slots: Slots = 1, name: MachineName = None) -> None:
    """Join the machines that share --metadata and --storage, as a worker that executes queued runs.

    Example: radix join --metadata postgresql://radix@db/radix --storage /mnt/radix
    """
    use(metadata, storage)
    here = place()
    if not here.home.metadata.shared or here.home.storage is None:
        raise ConfigError(
            "RDX-MET-003",
            "there is nothing to join",
            expected="the address of a PostgreSQL and the folder that the machines share",
            hint="radix join --metadata postgresql://user@host/database --storage FOLDER",
        )
    work(here, slots=slots, name=name)


def use(metadata: str | None, storage: Path | None) -> None:
    """Use this database and this folder in this process and its children."""
    if metadata:
        os.environ[VARIABLE] = metadata
    if storage:
        os.environ["RADIX_STORAGE"] = str(storage.absolute())
        os.environ["RADIX_PROJECTS"] = str(storage.absolute() / "projects")
    if metadata or storage:
        Home.from_environment().prepare()


def work(here: Place, *, slots: int, name: str | None, port: int | None = None) -> None:
    """Execute queued runs until Ctrl-C. With a port, this machine serves the UI too."""
    from radix_assets.cli.status import status
    from radix_assets.operations.reconcile import reconcile
    from radix_resources.machines.worker import Worker

    here.home.metadata.check()
    instance, host = here.instance, name or os.uname().nodename
    reconcile(instance, here.home, actor=host, thorough=False)
    for verified in (True, False):
        with contextlib.suppress(typer.Exit):
            status(compare=verified)
    worker = Worker(
        instance,
        here.home.metadata.claims,
        name=host,
        slots=slots,
        environment=here.home.environment(),
        code_location=CODE_LOCATION,
        say=lambda text: out.print(f"{time.strftime('%H:%M:%S')}  {host} {text}", soft_wrap=True),
    )
    stop = threading.Event()
    with _web_server(here, port), _stopped_by_signals(stop):
        out.print(f"{host} executes {'one run' if slots == 1 else f'{slots} runs'} at a time; Ctrl-C stops it.")
        try:
            _run_worker(worker, stop)
        finally:
            worker.close()


def _run_worker(worker: "Worker", stop: threading.Event) -> None:
    silent = False
    while not stop.wait(_TURN_SECONDS):
        try:
            worker.turn()
            silent = False
        except MetadataError as error:
            if not silent:
                out.print(f"[red]{error}[/]\nwaiting for the database", soft_wrap=True)
            silent = True


@contextlib.contextmanager
def _web_server(here: Place, port: int | None) -> Iterator[None]:
    if port is None:
        yield
        return
    command = [sys.executable, "-m", "dagster_webserver", "-m", CODE_LOCATION, "-h", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, **here.home.environment()}
    server = subprocess.Popen([*command, "--log-level", "warning"], cwd=here.home.state, env=environment)
    out.print(f"UI        http://127.0.0.1:{port}")
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(20)
        server.kill()


@contextlib.contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
