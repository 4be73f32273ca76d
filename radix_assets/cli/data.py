"""radix predict."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from radix_assets.cli.common import PERSON, out, place, relative


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(predict)


def predict(
    name: Annotated[str, typer.Argument(help="The project's name.")],
    source: Annotated[Path, typer.Option("--input", help="Rows of the target's table, without the target.")],
    target: Annotated[Path, typer.Option("--output", help="Written anew; .csv or .parquet.")],
) -> None:
    """Predict for the rows of a file: their keys, `prediction`, and `probability_<class>`.

    Example: radix predict shop --input new_orders.csv --output scored.csv
    """
    from radix_assets.models import load_champion
    from radix_assets.serving import predict_file
    from radix_assets.standing import latest

    here = place()
    project = here.project(name)
    champion = latest(here.tools.storage, project, "champion")
    if champion is None:
        out.print(f"no model serves yet; next: radix run {name}")
        raise typer.Exit(PERSON)
    decision = load_champion(champion)
    if decision.model_id is None:
        out.print(f"no model serves: {escape(decision.reason)}", soft_wrap=True)
        raise typer.Exit(PERSON)
    raw = {
        table: latest(here.tools.storage, project, project.key("raw", table).partition("/")[2])
        for table in project.tables
    }
    rows = predict_file(champion, {table: path for table, path in raw.items() if path}, source, target)
    out.print(f"[green]✓[/] {rows} rows → {relative(target)}", soft_wrap=True)
