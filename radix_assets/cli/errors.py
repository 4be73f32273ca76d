"""radix errors: failures by code and project."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from radix_assets.cli.common import AnyName, Json, demand_known, out, place, say_json
from radix_assets.cli.log import moment

DOCS = "docs/errors.md"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(errors)


def errors(
    name: AnyName = None,
    since: Annotated[str, typer.Option(help="Start: 24h or 7d ago, or a UTC time; at most 90 days back.")] = "7d",
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Show failures by error code and project, with their trend, most frequent first.

    Example: radix errors --since 24h
    """
    from radix_assets.operations.error_trends import grouped
    from radix_resources.action_log.fold import folded

    here = place()
    if name:
        demand_known(here, name)
    now = datetime.now(UTC).timestamp()
    with here.log() as tables:
        groups = grouped(folded(tables, here.home.folded_log), name, moment(since), now)
    if as_json:
        say_json([group.to_json() for group in groups])
        return
    for group in groups:
        last = datetime.fromtimestamp(group.last, UTC).strftime("%Y-%m-%d %H:%M")
        head = f"{group.code}  {group.project:16} {group.count:5}  {group.sparkline}  last {last}  {group.subject}"
        out.print(head, soft_wrap=True, markup=False)
        for text in (group.found, group.hint and f"next: {group.hint}"):
            if text:
                out.print(f"  {text}", soft_wrap=True, markup=False)
    out.print(f"meaning of each code: {DOCS}" if groups else f"no failures since {since}", soft_wrap=True)
