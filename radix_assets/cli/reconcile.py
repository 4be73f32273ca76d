"""radix reconcile."""

import typer
from rich.markup import escape

from radix_assets.cli.common import Json, out, place, say_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(reconcile)


def reconcile(as_json: Json = False) -> None:  # noqa: FBT002 typer's options
    """Finish, roll back or report interrupted work. `radix up` and `radix run` do this first.

    Example: radix reconcile
    """
    from radix_assets.operations.reconcile import reconcile as finish_interrupted

    here = place()
    leftovers = finish_interrupted(here.instance, here.home)
    if as_json:
        say_json([leftover.to_json() for leftover in leftovers])
        return
    for leftover in leftovers:
        out.print(f"{escape(leftover.subject)}  {escape(leftover.found)}: {escape(leftover.done)}", soft_wrap=True)
    if not leftovers:
        out.print("no interrupted work")
