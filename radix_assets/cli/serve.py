"""radix up, down, demo."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Annotated

import typer

from radix_assets.cli.common import Place, out, place
from radix_assets.cli.machines import CODE_LOCATION, Metadata, Name, Slots, Storage, stand_on, work
from radix_resources.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, down, demo):
        app.command()(command)


def up(
    port: Annotated[int, typer.Option(help="Of the UI.")] = 3000,
    metadata: Metadata = None,
    storage: Storage = None,
    slots: Slots = 1,
    name: Name = None,
) -> None:
    """Start the UI, the daemon with its sensors, and the endpoints of the projects, on this machine only.

    With --metadata and --storage other machines may join and share the work; --slots and --name are for that alone.

    Example: radix up
    """
    from radix_assets.cli.credentials import unlock
    from radix_assets.operations.reconcile import reconcile
    from radix_assets.orchestration.metadata import PAGES_PORT
    from radix_assets.reports.server import serve_pages

    stand_on(metadata, storage)
    here = place()
    _demand_port(port)
    unlock(here)
    for one in reconcile(here.instance, here.home, thorough=False):
        out.print(f"{one.subject} {one.found}: {one.done}", soft_wrap=True, markup=False)
    _start_endpoints(here)
    try:
        threading.Thread(target=serve_pages(here.home, PAGES_PORT).serve_forever, daemon=True).start()
        reports = f"http://127.0.0.1:{PAGES_PORT}"
    except OSError:
        reports = f"not here: port {PAGES_PORT} is in use, by another `radix up`?"
    if here.home.metadata.shared:
        out.print(f"reports   {reports}")
        work(here, slots=slots, name=name, port=port)
        return
    command = [sys.executable, "-m", "dagster", "dev", "-m", CODE_LOCATION]
    command += ["-h", "127.0.0.1", "-p", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=here.home.state, env={**os.environ, **here.home.environment()})
    out.print(f"UI        http://127.0.0.1:{port}\nreports   {reports}\nCtrl-C stops both.")
    previous = signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    try:
        code = server.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(KeyboardInterrupt):
            server.send_signal(signal.SIGINT)
            code = server.wait()
    finally:
        signal.signal(signal.SIGTERM, previous)
    out.print("The endpoints keep answering; `radix down` stops them.")
    raise typer.Exit(max(code, 0))


def _demand_port(port: int) -> None:
    """Raises ConfigError RDX-CFG-018 where somebody else has it: the UI would not start, and the rest would run on."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ConfigError(
                "RDX-CFG-018",
                f"port {port} is in use",
                expected="a free port for the UI",
                hint=f"`radix up` may run already: http://127.0.0.1:{port}; or: radix up --port {port + 10}",
            )


def down() -> None:
    """Stop the endpoints of all projects. Models and data stay; `radix up` starts them again.

    Example: radix down
    """
    here = place()
    stopped = []
    for tools in here.tools_in_reach():
        for deployed in tools.endpoint.list():
            if deployed.state == "running" and deployed.here:
                tools.endpoint.stop(deployed.project)
                stopped.append(deployed.project)
    out.print(f"stopped: {', '.join(stopped)}" if stopped else "no endpoint was running")


def demo() -> None:
    """The whole way on a real sample: 336,776 flights, and whether each will be more than 15 minutes late.

    Example: radix demo
    """
    from radix_assets.cli.sample import run_sample

    raise typer.Exit(run_sample(place()))


def _start_endpoints(here: Place) -> None:
    for tools in here.tools_in_reach():
        for deployed in tools.endpoint.list():
            if deployed.state != "running" and deployed.here:
                tools.endpoint.start(deployed.project)
                out.print(f"endpoint  {deployed.project}: {deployed.address}")
