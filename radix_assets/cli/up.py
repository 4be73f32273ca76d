"""radix up."""

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
from radix_assets.cli.join import CODE_LOCATION, MachineName, Metadata, Slots, Storage, use, work
from radix_resources.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up(
    port: Annotated[int, typer.Option(help="Port of the UI.")] = 3000,
    metadata: Metadata = None,
    storage: Storage = None,
    slots: Slots = 1,
    name: MachineName = None,
) -> None:
    """Start the Dagster UI, the daemon with the sensors, and the projects' endpoints.

    With --metadata and --storage, other machines can join and share the work;
    --slots and --name apply only then.

    Example: radix up
    """
    from radix_assets.cli.credentials_input import unlock
    from radix_assets.operations.reconcile import reconcile
    from radix_assets.orchestration.metadata import PAGES_PORT
    from radix_assets.reports.server import serve_pages

    use(metadata, storage)
    here = place()
    _demand_port(port)
    unlock(here)
    for finding in reconcile(here.instance, here.home, thorough=False):
        out.print(f"{finding.subject} {finding.found}: {finding.done}", soft_wrap=True, markup=False)
    _start_endpoints(here)
    try:
        threading.Thread(target=serve_pages(here.home, PAGES_PORT).serve_forever, daemon=True).start()
        reports = f"http://127.0.0.1:{PAGES_PORT}"
    except OSError:
        reports = f"not served: port {PAGES_PORT} is in use, perhaps by another `radix up`"
    if here.home.metadata.shared:
        out.print(f"reports   {reports}")
        work(here, slots=slots, name=name, port=port)
        return
    quiet = [] if os.environ.get("RADIX_DEBUG") else ["-W", "ignore"]  # `dagster dev` warns that `dg dev` supersedes it
    command = [sys.executable, *quiet, "-m", "dagster", "dev", "-m", CODE_LOCATION]
    command += ["-h", "127.0.0.1", "-p", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=here.home.state, env={**os.environ, **here.home.environment()})
    out.print(f"UI        http://127.0.0.1:{port}\nreports   {reports}\nCtrl-C stops them.")
    previous = signal.signal(signal.SIGTERM, lambda *_: server.send_signal(signal.SIGINT))
    # Polars installs a handler after which Ctrl-C interrupts no system call, so that waiting would go on.
    signal.siginterrupt(signal.SIGINT, True)
    try:
        code = server.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(KeyboardInterrupt):
            server.send_signal(signal.SIGINT)
            code = server.wait()
    finally:
        signal.signal(signal.SIGTERM, previous)
    out.print("The endpoints are still running; `radix down` stops them.")
    raise typer.Exit(max(code, 0))


def _demand_port(port: int) -> None:
    """Raise ConfigError RDX-CFG-018 if the port is in use: the UI would not start, and the rest would run on."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ConfigError(
                "RDX-CFG-018",
                f"port {port} is in use",
                expected="a free port for the UI",
                hint=f"`radix up` may be running already: http://127.0.0.1:{port}; or: radix up --port {port + 10}",
            )


def _start_endpoints(here: Place) -> None:
    for tools in here.tools_in_reach():
        for deployed in tools.endpoint.list():
            if deployed.state != "running" and deployed.here:
                tools.endpoint.start(deployed.project)
                out.print(f"endpoint  {deployed.project}: {deployed.address}")
