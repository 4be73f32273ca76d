"""radix predict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from radix_assets.cli.common import FAILED, PERSON, Json, Name, err, error_as_json, out, place, relative, say_json
from radix_assets.common.plural import counted
from radix_resources.errors import ConfigError, RadixError

if TYPE_CHECKING:
    from radix_assets.project.settings import Project


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(predict)


def predict(
    name: Name,
    target: Annotated[Path, typer.Option("--output", help="File to write, .csv or .parquet.")],
    source: Annotated[
        Path | None, typer.Option("--input", help="Rows of the target's table, without the target column.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="For questions about the future: times to predict at, such as 2010-01-01,2010-02-01."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the output file if it exists.")] = False,  # noqa: FBT002 typer's options
    strict: Annotated[  # noqa: FBT002
        bool, typer.Option("--strict", help="Fail, and write nothing, if the rows are unlike those of the table.")
    ] = False,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Predict for the rows of a file (--input), or for every entity at given points in time (--at).

    Writes the keys, `prediction` and `probability_<class>`. With --at also
    `asked`: whether the question applied to the entity at that time. Reports
    what makes the rows of a file unlike those of the table: keys without a
    parent or repeated, new categories, missing values and times, cells that
    cannot be read; and rows that the model has learned from, unknown columns.

    Example: radix predict shop --input new_orders.csv --output scored.csv
    """
    try:
        content, remarks = _predict(name, target, source, at, force=force, strict=strict)
    except RadixError as error:
        if not as_json:
            raise
        say_json({"error": error_as_json(error)})
        raise typer.Exit(FAILED) from None
    if as_json:
        say_json({"output": str(target), **content})
        return
    if source is None:
        out.print(
            "one row for each entity known at that time; `asked` says whether the question applied to it",
            soft_wrap=True,
        )
    for remark in remarks:
        out.print(f"[yellow]![/] {escape(remark)}", soft_wrap=True)
    out.print(f"[green]✓[/] {counted(content['rows'], 'row')} → {relative(target)}", soft_wrap=True)


def _predict(
    name: str, target: Path, source: Path | None, at: str | None, *, force: bool, strict: bool
) -> tuple[dict[str, Any], list[str]]:
    """Write the predictions; return the content of --json, and remarks on them."""
    from radix_assets.labels.stage import load_question
    from radix_assets.labels.table import moments_of
    from radix_assets.models.stored import load_champion
    from radix_assets.pipeline.status import latest
    from radix_assets.privacy import read_seal
    from radix_assets.serving.batch import predict_file, predict_moments
    from radix_assets.serving.export import demand_unused
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
    demand_unused(target, force=force, is_read=lambda file: _is_read(file, source, project))
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
        rows, unlike = predict_file(champion, tables, source, target, seal, strict=strict)
        content = {"rows": rows, "differences": [each.as_json() for each in unlike]}
        return content, [each.message for each in unlike]
    rows, late = predict_moments(champion, tables, moments, target, seal)
    remarks = [
        f"{moment} is {counted(days, 'day')} after the newest row of the data: "
        "events since then are unknown, and are taken not to have happened"
        for moment, days in late.items()
    ]
    return {"rows": rows, "days_after_the_data": late}, remarks


def _is_read(file: Path, source: Path | None, project: "Project") -> bool:
    from radix_assets.sources.kinds.base import SourceContext

    context = SourceContext(project.folder)
    return (source is not None and file == source.resolve()) or any(
        each.reads_file(file, context) for each in project.sources
    )
