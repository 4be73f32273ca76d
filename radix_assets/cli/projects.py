"""radix new, run, tags, approve."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, Place, err, interruptible, out, place, relative, say_json
from radix_assets.pipeline.output import counted
from radix_assets.project.settings import PROJECT_FILE, Project

if TYPE_CHECKING:
    from radix_assets.orchestration.local_run import Report

Name = Annotated[str, typer.Argument(help="The project's name.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: the last line is one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (new, run, tags, approve):
        app.command()(command)


def new(
    name: Name,
    sources: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or postgresql:// addresses.")],
    target: Annotated[str | None, typer.Option(help="What to predict: table.column, or 'flights.delay > 15'.")] = None,
    accept: Annotated[
        str, typer.Option(help="human: wait for a person's tags; auto: accept the suggestions.")
    ] = "human",
) -> None:
    """Write a project file. Credentials are named in it, never stored.

    Example: radix new shop data/*.csv --target orders.total
    """
    from radix_assets.cli.new_project import write_project

    here = place()
    secrets, project = write_project(here.home, name, sources, target=target, accept=accept)
    out.print(
        f"[green]✓[/] {relative(here.home.projects / name / PROJECT_FILE)}: {counted(len(project.tables), 'table')}"
    )
    for secret in secrets:
        out.print(f"[yellow]![/] the password is not stored; give it once: radix credentials set {secret}")
    out.print(f"next: radix run {name}")


def run(
    name: Name,
    again: Annotated[
        list[str] | None, typer.Option(help="An asset to make anew although nothing has changed, such as raw/orders.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Make what is missing or stale: to the end, or until a person is needed.

    Example: radix run shop
    """
    here = place()
    console = err if as_json else out
    with interruptible(here, f"interrupted; nothing is half-done, and `radix run {name}` goes on from here", console):
        report = run_and_tell(here, here.project(name), console, again or ())
    if as_json:
        say_json(summarize(here, report))
    raise typer.Exit({"done": OK, "waiting": PERSON, "failed": FAILED}[report.state])


def run_and_tell(here: Place, project: Project, console: Console, again: Collection[str] = ()) -> "Report":
    """Run a project, and tell a person as it goes."""
    from radix_assets.operations.reconcile import reconcile
    from radix_assets.orchestration.local_run import run as run_project
    from radix_assets.stages import STAGES

    def listen(key: str, state: str, details: dict[str, Any]) -> None:
        if state == "start":
            return
        seconds = f"{details['seconds']:6.1f} s" if "seconds" in details else " " * 8
        console.print(f"{MARKS[state]} {seconds}  {key.partition('/')[2]}", soft_wrap=True)
        if state == "failed":
            console.print(f"[red]{escape(str(details['error']))}[/]", soft_wrap=True)

    for one in reconcile(here.instance, here.home, thorough=False):
        console.print(f"[dim]{escape(f'{one.subject} {one.found}: {one.done}')}[/]", soft_wrap=True)
    report = run_project(project, here.tools(project), here.instance, listen, STAGES, again=again)
    _tell(console, report, summarize(here, report))
    return report


def summarize(here: Place, report: "Report") -> dict[str, Any]:
    """What `radix run --json` ends with."""
    from radix_assets.models.registry import load_registration
    from radix_assets.models.stored import load_card
    from radix_assets.pipeline.status import latest

    project = here.project(report.project)
    tools = here.tools(project)
    found = latest(tools.storage, project, "model")
    card = load_card(found) if found else None
    version = load_registration(found).version if found else None
    page = latest(tools.storage, project, "report")
    deployed = tools.endpoint.inspect(project.name)
    states = {"stale": "waiting", "blocked": "waiting"}
    return {
        "project": report.project,
        "state": report.state,
        "assets": [
            {
                "key": one.step.key,
                "state": "made" if one.step.key in report.made else states.get(one.state, one.state),
                "seconds": round(report.made.get(one.step.key, 0.0), 3),
                "error": one.error or (one.reason if one.state in {"waiting", "blocked"} else None),
            }
            for one in report.statuses
        ],
        "model": card
        and {
            "metric": card.metric,
            "score": card.score.value,
            "interval": [card.score.low, card.score.high],
            "baselines": {name: score.value for name, score in card.baselines.items()},
            "version": version,
            "accepted": card.accepted,
            "reason": card.reason,
        },
        "endpoint": deployed.address if deployed and deployed.state == "running" else None,
        "report": str(page / "report.html") if page else None,
        "seconds": round(report.seconds, 3),
    }


def _tell(console: Console, report: "Report", summary: dict[str, Any]) -> None:
    console.print()
    if not report.made and report.state == "done":
        console.print("nothing new: everything is as it should be")
    model = summary["model"]
    if model:
        low, high = model["interval"]
        against = ", ".join(f"{name} {value:.4g}" for name, value in model["baselines"].items())
        verdict = "[green]accepted[/]" if model["accepted"] else "[yellow]refused[/]"
        reason = model["reason"].removeprefix("Refused: ")
        console.print(
            f"model     {model['metric']} {model['score']:.4g} ({low:.4g} to {high:.4g}); against {against}",
            soft_wrap=True,
        )
        console.print(f"          {verdict}: {escape(reason)}", soft_wrap=True)
    if summary["endpoint"]:
        earlier = " (the earlier model goes on serving)" if model and not model["accepted"] else ""
        console.print(f"endpoint  {summary['endpoint']}{earlier}", soft_wrap=True)
    if summary["report"]:
        console.print(f"report    {relative(Path(summary['report']))}", soft_wrap=True)
    for one in report.failed:
        code = one.error["code"] if one.error else ""
        console.print(f"[red]failed[/]    {one.step.key}: {code} {escape(one.reason)}", soft_wrap=True)
    for wish in report.wishes:
        console.print(f"[yellow]a person is needed:[/] {escape(wish)}", soft_wrap=True)


def tags(
    name: Name,
    confirm: Annotated[bool, typer.Option("--confirm", help="The tags are right; go on.")] = False,  # noqa: FBT002
    edits: Annotated[
        list[str] | None,
        typer.Option("--set", help="table.column=role, or table.column.sensitivity=personal, .type=, .unit=."),
    ] = None,
    target: Annotated[str | None, typer.Option(help="What to predict.")] = None,
    time_index: Annotated[
        list[str] | None, typer.Option(help="table.column, table.(year, month, day), or table=none.")
    ] = None,
    primary_key: Annotated[list[str] | None, typer.Option(help="table.column, table.(a, b), or table=none.")] = None,
    relationship: Annotated[list[str] | None, typer.Option(help="'orders.customer_id -> customers.id'.")] = None,
    no_relationship: Annotated[list[str] | None, typer.Option(help="One of the file's, to be taken out.")] = None,
    preview: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--preview", help="What the edits set going, how long, at what cost; nothing is written.")
    ] = False,
    explain: Annotated[str | None, typer.Option(help="table.column: who said what of it, when and why.")] = None,
    by: Annotated[str | None, typer.Option(help="Who says so; by default the user's login name.")] = None,
    if_version: Annotated[
        str | None, typer.Option(help="Refuse where the file has changed since (version in --json).")
    ] = None,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Show, correct, preview, explain and confirm what the data mean.

    Example: radix tags shop --set customers.email=ignore --confirm
    """
    from radix_assets.cli import tagging

    here = place()
    project = here.project(name)
    wishes = tagging.Wishes(
        sets=edits or (),
        target=target,
        time_index=time_index or (),
        primary_key=primary_key or (),
        add=relationship or (),
        remove=no_relationship or (),
        confirm=confirm,
    )
    if explain:
        tagging.explain(here, project, explain, as_json=as_json)
        return
    if preview:
        tagging.preview(here, project, wishes, by=by, as_json=as_json)
        return
    if wishes.any:
        tagging.edit(here, project, wishes, by=by, if_version=if_version)
        out.print(f"[green]✓[/] {relative(project.tags_path)}", soft_wrap=True) if not as_json else None
    tagging.show(here, project, as_json=as_json)


def approve(
    name: Annotated[str, typer.Argument(help="A project whose model waits, or the hash of a plan.")],
    why: Annotated[str, typer.Option(help="Kept with the approval.")] = "",
    by: Annotated[str | None, typer.Option(help="Who says so; by default the user's login name.")] = None,
) -> None:
    """Let the waiting model of a project go live, or a plan go beyond the budget.

    Example: radix approve shop --why "reviewed with sales"
    """
    from radix_assets.cli.plans import approve_plan_of, is_plan
    from radix_assets.cli.tagging import login
    from radix_assets.models.approvals import approve as record
    from radix_assets.models.stored import load_card, load_champion
    from radix_assets.pipeline.status import latest
    from radix_resources.action_log.log import logged_action
    from radix_resources.action_log.schema import Action

    here = place()
    if is_plan(here, name):
        approve_plan_of(here, name, by=by or login(), why=why)
        return
    project = here.project(name)
    storage = here.tools(project).storage
    found = latest(storage, project, "model")
    if found is None:
        out.print(f"there is no model yet; next: radix run {name}")
        raise typer.Exit(PERSON)
    card, who = load_card(found), by or login()
    serving = latest(storage, project, "champion")
    if not card.accepted:
        out.print(
            f"nothing waits: the newest model was refused. {card.reason.removeprefix('Refused: ')}", soft_wrap=True
        )
        raise typer.Exit(PERSON)
    if serving and load_champion(serving).model_id == card.model_id:
        out.print("nothing waits: the newest model serves already")
        return
    model = card.model_id
    action = Action(
        kind="approve", subject=project.key("champion"), project=name, actor=who, reason=why, input_hash=model
    )
    with logged_action(here.instance, action):
        record(project.folder, model, by=who, why=why)
    out.print(f"[green]✓[/] approved model {model[:12]}; next: radix run {name}")
