"""radix status, reconcile, doctor."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, Place, out, place, say_json
from radix_assets.pipeline.output import counted
from radix_assets.project.settings import DESTROYED

if TYPE_CHECKING:
    from radix_resources.action_log.fold import State

WORDS = {
    "done": "[green]done[/]",
    "waiting": "[yellow]waiting for a person[/]",
    "failed": "[red]failed[/]",
    "stale": "[cyan]to be run[/]",
}

Json = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (status, reconcile, doctor):
        app.command()(command)


def status(
    name: Annotated[str | None, typer.Argument(help="A project; all where none is given.")] = None,
    compare: Annotated[bool, typer.Option("--verify", help="Compare with what is really there.")] = False,  # noqa: FBT002 typer's
    everything: Annotated[bool, typer.Option("--all", help="With --verify: read every file, not a sample.")] = False,  # noqa: FBT002 typer's
    as_json: Json = False,  # noqa: FBT002 typer's
) -> None:
    """How the projects stand, and what to do next. Nothing is started.

    With --verify each difference is told with its mend; an event that was lost is written anew. Exit code 1 where a
    difference is left.

    Example: radix status shop
    """
    from radix_assets.project.settings import load_projects
    from radix_resources.action_log.fold import folded

    here = place()
    projects, broken = load_projects(here.home.projects)
    if name:
        projects, broken = [here.project(name)], {}
    if compare:
        _verify(here, projects, name, everything=everything, as_json=as_json)
        return
    with here.log() as logged:
        state = folded(logged, here.home.folded_log)
    rows = [{**_status(here, project), "log": _logged(state, project.name)} for project in projects]
    if as_json:
        say_json({"projects": rows, "broken": {name: error.attrs() for name, error in broken.items()}})
    else:
        _print_status(rows, detail=bool(name))
        for error in broken.values():
            out.print(f"[red]{error}[/]", soft_wrap=True)
    states = {row["state"] for row in rows}
    raise typer.Exit(FAILED if broken or "failed" in states else PERSON if "waiting" in states else OK)


def _status(here: Place, project: Any) -> dict[str, Any]:
    from radix_assets.budget.hold import asset_statuses
    from radix_assets.pipeline.status import left_out, verdict
    from radix_assets.stages import STAGES

    tools = here.tools(project)
    statuses = asset_statuses(project, STAGES, tools)
    states = [one.state for one in statuses]
    wish = next((one.reason for one in statuses if one.state == "waiting"), None)
    missed = left_out(statuses)
    failed = next((one for one in statuses if one.state == "failed" and one.step.name not in missed), None)
    state = verdict(statuses)
    deployed = tools.endpoint.inspect(project.name)
    idle = deployed is not None and deployed.state != "running"
    destroyed = (project.folder / DESTROYED).exists()
    if destroyed:
        state = "stale"
    actions = {
        "failed": f"{failed.error['hint'] if failed and failed.error else ''}",
        "waiting": wish or "",
        "stale": f"radix run {project.name}",
        "done": "radix up, which starts the endpoint again" if idle else "",
    }
    return {
        "project": project.name,
        "state": state,
        "fresh": states.count("fresh"),
        "assets": [
            {
                "key": one.step.key,
                "state": one.state,
                "reason": one.reason,
                "version": one.commit and one.commit.sequence,
            }
            for one in statuses
        ],
        "endpoint": deployed.address if deployed and deployed.state == "running" else None,
        "endpoint_state": deployed.state if deployed else None,
        "next": f"it was destroyed; radix run {project.name} makes it anew" if destroyed else actions[state],
    }


def _logged(state: "State", project: str) -> dict[str, Any]:
    """What the action log adds up to."""
    now = time.time()
    said = state.of(project)
    hours = {str(int(now // 3600) - ago) for ago in range(24)}
    failures = [one for one in state.failures.values() if one.project == project]
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    return {
        "actions": said.actions,
        "made": said.made,
        "last": datetime.fromtimestamp(said.last, UTC).isoformat(timespec="seconds") if said.last else None,
        "failed_today": sum(count for one in failures for hour, count in one.hours.items() if hour in hours),
        "unfinished": len(said.open),
        "dollars_this_month": round(said.dollars.get(month, 0.0), 4),
    }


def _verify(here: Place, projects: list[Any], name: str | None, *, everything: bool, as_json: bool) -> None:
    from radix_assets.operations.verify import verify
    from radix_assets.stages import STAGES

    found = verify(here.instance, here.home, projects, STAGES, everything=everything, only=name)
    if as_json:
        say_json({"findings": [one.to_json() for one in found]})
    else:
        for one in found:
            mark = MARKS["made"] if one.mended else MARKS["failed"]
            out.print(f"{mark} {escape(one.subject)}: {escape(one.found)}\n    {escape(one.mend)}", soft_wrap=True)
        if not found:
            read = "every file was read" if everything else "a sample of the files was read"
            out.print(f"{MARKS['made']} all is as the log and the commit records say; {read}", soft_wrap=True)
    raise typer.Exit(OK if all(one.mended for one in found) else FAILED)


def reconcile(as_json: Json = False) -> None:  # noqa: FBT002 typer's options
    """Finish, undo or tell what a crash left behind. `radix up` and `radix run` begin with it.

    Example: radix reconcile
    """
    from radix_assets.operations.reconcile import reconcile as tidy

    here = place()
    found = tidy(here.instance, here.home)
    if as_json:
        say_json([one.to_json() for one in found])
        return
    for one in found:
        out.print(f"{escape(one.subject)}  {escape(one.found)}: {escape(one.done)}", soft_wrap=True)
    if not found:
        out.print("nothing was left behind")


def _print_status(rows: list[dict[str, Any]], *, detail: bool) -> None:
    if not rows:
        out.print("no projects yet; next: radix new NAME SOURCE…")
    for row in rows:
        count = f"{row['fresh']} of {len(row['assets'])} assets up to date"
        out.print(f"[bold]{row['project']}[/]  {WORDS[row['state']]}, {count}", soft_wrap=True)
        state = row["endpoint_state"]
        endpoint = row["endpoint"] or ("" if state is None else f"{state}; no request is answered")
        notes = (("endpoint", endpoint), ("failed", _failed(row["log"])), ("begun", _begun(row["log"])))
        for title, text in (*notes, ("next", row["next"])):
            if text:
                out.print(f"  {title:9} {escape(text)}", soft_wrap=True)
    for row in rows if detail else []:
        for asset in row["assets"]:
            version = f"v{asset['version']}" if asset["version"] else ""
            out.print(f"{MARKS[asset['state']]} {asset['key']:40} {version:5} {asset['reason']}", soft_wrap=True)


def _failed(log: dict[str, Any]) -> str:
    return f"{counted(log['failed_today'], 'time')} in 24 hours; see radix errors" if log["failed_today"] else ""


def _begun(log: dict[str, Any]) -> str:
    many = log["unfinished"]
    return f"{counted(many, 'action')} without an outcome; see radix log, radix reconcile" if many else ""


def doctor(as_json: Json = False) -> None:  # noqa: FBT002 typer's options
    """Whether this machine has what Radix needs, with the one command that mends each finding.

    Example: radix doctor
    """
    from radix_assets.cli.checkup import examine

    findings = examine(place())
    if as_json:
        say_json([vars(finding) for finding in findings])
    else:
        table = Table("", "check", "finding", "what to do")
        for finding in findings:
            mark = MARKS["made"] if finding.fine else MARKS["failed"]
            table.add_row(mark, finding.check, finding.found, "" if finding.fine else finding.mend)
        out.print(table)
    raise typer.Exit(OK if all(finding.fine for finding in findings) else FAILED)
