"""radix down."""

import typer

from radix_assets.cli.common import out, place


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(down)


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
