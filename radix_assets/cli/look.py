"""radix status, doctor."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, Place, out, place, say_json

WORDS = {
    "done": "[green]done[/]",
    "gate": "[yellow]waiting for a person[/]",
    "failed": "[red]failed[/]",
    "stale": "[cyan]to be run[/]",
}

Json = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (status, doctor):
        app.command()(command)


def status(
    name: Annotated[str | None, typer.Argument(help="A project; all where none is given.")] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """How the projects stand, and what to do next. Nothing is started.

    Example: radix status shop
    """
    from radix_assets.project import load_projects

    here = place()
    projects, broken = load_projects(here.home.projects)
    if name:
        projects, broken = [here.project(name)], {}
    rows = [_status(here, project) for project in projects]
    if as_json:
        say_json({"projects": rows, "broken": {name: error.attrs() for name, error in broken.items()}})
    else:
        _print_status(rows, detail=bool(name))
        for error in broken.values():
            out.print(f"[red]{error}[/]", soft_wrap=True)
    states = {row["state"] for row in rows}
    raise typer.Exit(FAILED if broken or "failed" in states else PERSON if "gate" in states else OK)


def _status(here: Place, project: Any) -> dict[str, Any]:
    from radix_assets.stages import STAGES
    from radix_assets.standing import left_out, stand, verdict

    tools = here.tools
    standings = stand(project, STAGES, tools)
    states = [one.state for one in standings]
    wish = next((one.reason for one in standings if one.state == "waiting"), None)
    missed = left_out(standings)
    failed = next((one for one in standings if one.state == "failed" and one.step.name not in missed), None)
    state = verdict(standings)
    deployed = tools.endpoint.inspect(project.name)
    idle = deployed is not None and deployed.state != "running"
    actions = {
        "failed": f"{failed.error['hint'] if failed and failed.error else ''}",
        "gate": wish or "",
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
            for one in standings
        ],
        "endpoint": deployed.address if deployed and deployed.state == "running" else None,
        "endpoint_state": deployed.state if deployed else None,
        "next": actions[state],
    }


def _print_status(rows: list[dict[str, Any]], *, detail: bool) -> None:
    if not rows:
        out.print("no projects yet; next: radix new NAME SOURCE…")
    for row in rows:
        count = f"{row['fresh']} of {len(row['assets'])} assets up to date"
        out.print(f"[bold]{row['project']}[/]  {WORDS[row['state']]}, {count}", soft_wrap=True)
        state = row["endpoint_state"]
        endpoint = row["endpoint"] or ("" if state is None else f"{state}; no request is answered")
        for title, text in (("endpoint", endpoint), ("next", row["next"])):
            if text:
                out.print(f"  {title:9} {escape(text)}", soft_wrap=True)
    for row in rows if detail else []:
        for asset in row["assets"]:
            version = f"v{asset['version']}" if asset["version"] else ""
            out.print(f"{MARKS[asset['state']]} {asset['key']:40} {version:5} {asset['reason']}", soft_wrap=True)


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
