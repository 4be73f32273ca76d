"""radix predict."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from radix_assets.cli.common import PERSON, Name, err, out, place, relative
from radix_assets.pipeline.output import counted
from radix_resources.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(predict)


def predict(
    name: Name,
    target: Annotated[
        Path, typer.Option("--output", help="File to write, .csv or .parquet; overwritten if it exists.")
    ],
    source: Annotated[
        Path | None, typer.Option("--input", help="Rows of the target's table, without the target column.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="For questions about the future: times to predict at, such as 2010-01-01,2010-02-01."),
    ] = None,
) -> None:
    """Predict for the rows of a file (--input), or for every entity at given points in time (--at).

    Writes the keys, `prediction` and `probability_<class>`. With --at also
    `asked`: whether the question applied to the entity at that time.

    Example: radix predict shop --input new_orders.csv --output scored.csv
    """
    from radix_assets.labels.stage import load_question
    from radix_assets.labels.table import moments_of
    from radix_assets.models.stored import load_champion
    from radix_assets.pipeline.status import latest
    from radix_assets.privacy import read_seal
    from radix_assets.serving.batch import predict_file, predict_moments
    from radix_assets.serving.tables import tables_to_serve

    if (source is None) == (at is None):
        raise ConfigError(
            "RDX-CFG-011",
            "neither --input nor --at is given" if source is None else "--input and --at are given",
            expected="one of them",
            hint=f"radix predict {name} --input rows.csv --output {target}",
        )
    moments = at.split(",") if at is not None else []
    moments_of(moments)  # a mistake is reported before anything is loaded
    here = place()
    project = here.project(name)
    storage = here.tools(project).storage
    champion = latest(storage, project, "champion")
    if champion is None:
        err.print(f"[yellow]you are needed:[/] {name} has no model yet; next: radix run {name}", soft_wrap=True)
        raise typer.Exit(PERSON)
    decision = load_champion(champion)
    if decision.model_id is None:
        out.print(f"no model serves: {escape(decision.reason)}", soft_wrap=True)
        raise typer.Exit(PERSON)
    tables = tables_to_serve(project, champion, storage)
    labels = latest(storage, project, "labels")
    tables |= load_question(labels).tables if labels else {}
    seal = read_seal(here.home.state)
    if source is not None:
        rows = predict_file(champion, tables, source, target, seal)
    else:
        rows, late = predict_moments(champion, tables, moments, target, seal)
        out.print(
            "one row for each entity known at that time; `asked` says whether the question applied to it",
            soft_wrap=True,
        )
        for moment, days in late.items():
            out.print(
                f"[yellow]![/] {escape(moment)} is {counted(days, 'day')} after the newest row of the data: "
                "events since then are unknown, and are taken not to have happened",
                soft_wrap=True,
            )
    out.print(f"[green]✓[/] {rows} rows → {relative(target)}", soft_wrap=True)
