"""radix join, and what `radix up` does where several machines share a database."""

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
    typer.Option(help=f"The PostgreSQL that the machines share: postgresql://user@host/database. Or set {VARIABLE}."),
]
Storage = Annotated[
    Path | None,
    typer.Option(help="The folder that all machines see: snapshots, models and project files. Or set RADIX_STORAGE."),
]
Slots = Annotated[int, typer.Option(min=1, help="How many runs this machine takes at a time.")]
Name = Annotated[str | None, typer.Option(help="What this machine is called in the log; its host name by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(join)


def join(metadata: Metadata = None, storage: Storage = None, slots: Slots = 1, name: Name = None) -> None:
    """Work for the projects of other machines: look at how they stand, then take what is to be done.

    Example: radix join --metadata postgresql://radix@db/radix --storage /mnt/radix
    """
    stand_on(metadata, storage)
    here = place()
    if not here.home.metadata.shared or here.home.storage is None:
        raise ConfigError(
            "RDX-MET-003",
            "there is nothing to join",
            expected="the address of a PostgreSQL and the folder that the machines share",
            hint="radix join --metadata postgresql://user@host/database --storage FOLDER",
        )
    work(here, slots=slots, name=name)


def stand_on(metadata: str | None, storage: Path | None) -> None:
    """Use this database and this folder, in this process and all that it starts."""
    if metadata:
        os.environ[VARIABLE] = metadata
    if storage:
        os.environ["RADIX_STORAGE"] = str(storage.absolute())
        os.environ["RADIX_PROJECTS"] = str(storage.absolute() / "projects")
    if metadata or storage:
        Home.from_environment().prepare()


def work(here: Place, *, slots: int, name: str | None, port: int | None = None) -> None:
    """Take runs until Ctrl-C. With a port this machine shows the UI too."""
    from radix_assets.cli.look import status
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
    with _ui(here, port), _stopped_by_signals(stop):
        out.print(f"{host} takes {'one run' if slots == 1 else f'{slots} runs'} at a time; Ctrl-C ends it.")
        try:
            _turns(worker, stop)
        finally:
            worker.close()


def _turns(worker: "Worker", stop: threading.Event) -> None:
    silent = False
    while not stop.wait(_TURN_SECONDS):
        try:
            worker.turn()
            silent = False
        except MetadataError as error:
            if not silent:
                out.print(f"[red]{error}[/]\nwaits for it", soft_wrap=True)
            silent = True


@contextlib.contextmanager
def _ui(here: Place, port: int | None) -> Iterator[None]:
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
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
