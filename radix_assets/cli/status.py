"""radix status."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, AnyName, Json, Place, out, place, say_json
from radix_assets.common.plural import counted
from radix_assets.project.settings import DESTROYED

if TYPE_CHECKING:
    from radix_assets.models.serving_now import ServingNow
    from radix_assets.pipeline.status import AssetStatus
    from radix_resources.action_log.fold import LogState

WORDS = {
    "done": "[green]done[/]",
    "waiting": "[yellow]waiting for you[/]",
    "failed": "[red]failed[/]",
    "stale": "[cyan]stale[/]",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    name: AnyName = None,
    compare: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--verify", help="Compare log, records and files, and restore missing events.")
    ] = False,
    everything: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--all", help="With --verify: read every file instead of a sample.")
    ] = False,
    as_json: Json = False,  # noqa: FBT002 typer's
) -> None:
    """Show project status and the next step. No run is started.

    With --verify, compare log, records and files, and restore events that are
    missing from the log. The exit code is 1 if differences remain.

    The exit code is otherwise that of `radix run`: 1 if an asset failed, 2 if
    you are needed or no model serves.

    Example: radix status shop
    """
    from radix_assets.project.load import load_projects
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
    rows = [{**_status(here, project), "log": _log_totals(state, project.name)} for project in projects]
    if as_json:
        say_json({"projects": rows, "broken": {name: error.attrs() for name, error in broken.items()}})
    else:
        if not rows and not broken:
            out.print("no projects yet; next: radix new NAME SOURCE…")
        _print_status(rows, detail=bool(name))
        for error in broken.values():
            out.print(f"[red]{error}[/]", soft_wrap=True)
    states = {row["state"] for row in rows}
    person = "waiting" in states or any(_serves_nothing(row) for row in rows)
    raise typer.Exit(FAILED if broken or "failed" in states else PERSON if person else OK)


def _serves_nothing(row: dict[str, Any]) -> bool:
    """Return whether all was done, as for `radix run`, and no model may serve: a person has to decide what follows."""
    return row["state"] == "done" and row["serving"] is not None and row["serving"]["model"] is None


def _status(here: Place, project: Any) -> dict[str, Any]:
    from radix_assets.budget.hold import asset_statuses
    from radix_assets.models.serving_now import serving_now
    from radix_assets.pipeline.status import left_out, verdict
    from radix_assets.stages import STAGES

    tools = here.tools(project)
    statuses = asset_statuses(project, STAGES, tools)
    states = [asset_status.state for asset_status in statuses]
    wish = next((asset_status.reason for asset_status in statuses if asset_status.state == "waiting"), None)
    missed = left_out(statuses)
    failed = next(
        (
            asset_status
            for asset_status in statuses
            if asset_status.state == "failed" and asset_status.step.name not in missed
        ),
        None,
    )
    state = verdict(statuses)
    deployed = tools.endpoint.inspect(project.name)
    idle = deployed is not None and deployed.state != "running"
    serving = serving_now(tools.storage, project)
    destroyed = (project.folder / DESTROYED).exists()
    if destroyed:
        state = "stale"
    actions = {
        "failed": f"{failed.error['hint'] if failed and failed.error else ''}",
        "waiting": wish or "",
        "stale": f"radix run {project.name}",
        "done": "radix up (restarts the endpoint)" if idle else _better_model(serving, project.name),
    }
    return {
        "project": project.name,
        "state": state,
        "fresh": states.count("fresh"),
        "assets": [_asset(asset_status, is_left_out=asset_status.step.name in missed) for asset_status in statuses],
        "serving": serving and serving.as_json(),
        "endpoint": deployed.address if deployed and deployed.state == "running" else None,
        "endpoint_state": deployed.state if deployed else None,
        "data": _data_note(statuses),
        "rules": _rules_note(statuses),
        "next": f"it was destroyed; rebuild it with: radix run {project.name}" if destroyed else actions[state],
    }


def _asset(status: "AssetStatus", *, is_left_out: bool) -> dict[str, Any]:
    blocked = is_left_out and status.state == "blocked"
    return {
        "key": status.step.key,
        "state": "left_out" if is_left_out else status.state,
        "reason": "its table is left out" if blocked else status.reason,
        "version": status.commit and status.commit.sequence,
    }


def _better_model(serving: "ServingNow | None", name: str) -> str:
    """Return what may lead to a model that can be used; empty if one serves, or if none was trained yet."""
    if serving is None or serving.model is not None:
        return ""
    return (
        "check the target in tags.yaml and the columns that are left out as leaks, add rows or related tables to "
        f"project.yaml, or raise `trials` under `search` there; then radix run {name}"
    )


def _data_note(statuses: "list[AssetStatus]") -> str:
    """Return which columns had changed when the tags were applied last; empty if none."""
    from radix_assets.tags.assets import COLUMNS_NOTE

    commit = next((status.commit for status in statuses if status.step.name == "tags"), None)
    return str(commit.shown.get("shown", {}).get(COLUMNS_NOTE, "")) if commit else ""


def _rules_note(statuses: "list[AssetStatus]") -> str:
    """Return which rules the newest data break; empty if none."""
    from radix_assets.rules.schema import BROKEN

    commit = next((status.commit for status in statuses if status.step.name == "rules"), None)
    broken = str(commit.shown.get("shown", {}).get(BROKEN, "")) if commit else ""
    return "" if broken == "none" else broken


def _log_totals(state: "LogState", project: str) -> dict[str, Any]:
    """Return the totals of the action log."""
    now = time.time()
    totals = state.of(project)
    hours = {str(int(now // 3600) - ago) for ago in range(24)}
    failures = [failure for failure in state.failures.values() if failure.project == project]
    month = datetime.fromtimestamp(now, UTC).strftime("%Y-%m")
    return {
        "actions": totals.actions,
        "made": totals.made,
        "last": datetime.fromtimestamp(totals.last, UTC).isoformat(timespec="seconds") if totals.last else None,
        "failed_today": sum(count for failure in failures for hour, count in failure.hours.items() if hour in hours),
        "unfinished": len(totals.open),
        "dollars_this_month": round(totals.dollars.get(month, 0.0), 4),
    }


def _verify(here: Place, projects: list[Any], name: str | None, *, everything: bool, as_json: bool) -> None:
    from radix_assets.operations.verify import verify
    from radix_assets.stages import STAGES

    differences = verify(here.instance, here.home, projects, STAGES, everything=everything, only=name)
    if as_json:
        say_json({"findings": [difference.to_json() for difference in differences]})
    else:
        for difference in differences:
            mark = MARKS["made"] if difference.fixed else MARKS["failed"]
            text = f"{escape(difference.subject)}: {escape(difference.found)}\n    {escape(difference.fix)}"
            out.print(f"{mark} {text}", soft_wrap=True)
        if not differences:
            read = "every file was read" if everything else "a sample of the files was read"
            out.print(f"{MARKS['made']} no differences between log, commit records and files; {read}", soft_wrap=True)
    raise typer.Exit(OK if all(difference.fixed for difference in differences) else FAILED)


def _print_status(rows: list[dict[str, Any]], *, detail: bool) -> None:
    from radix_assets.models.serving_now import in_words

    for row in rows:
        left_out = sum(asset["state"] == "left_out" for asset in row["assets"])
        count = f"{row['fresh']} of {len(row['assets'])} assets up to date" + (
            f", {left_out} left out" * bool(left_out)
        )
        state = "[yellow]done, but no model serves[/]" if _serves_nothing(row) else WORDS[row["state"]]
        out.print(f"[bold]{row['project']}[/]  {state}, {count}", soft_wrap=True)
        state = row["endpoint_state"]
        endpoint = row["endpoint"] or ("" if state is None else f"{state}; no request is answered")
        notes = (
            ("serves", in_words(row["serving"]) if row["serving"] else ""),
            ("", row["serving"]["fitted_on"] if row["serving"] else ""),
            ("endpoint", endpoint),
            ("failed", _failures_text(row["log"])),
            ("started", _unfinished_text(row["log"])),
        )
        for title, text in (*notes, *((name, row[name]) for name in ("data", "rules", "next"))):
            if text:
                out.print(f"  {title:9} {escape(text)}", soft_wrap=True)
    for row in rows if detail else []:
        _print_assets(row["assets"], row["next"])


def _print_assets(assets: list[dict[str, Any]], next_step: str) -> None:
    """Print a line for each asset, but a task once, however many assets wait for it."""
    first: dict[str, str] = {}
    for asset in assets:
        reason = asset["reason"]
        if asset["state"] == "waiting":
            name = asset["key"].partition("/")[2]
            earlier = first.setdefault(reason, name)
            if earlier != name:
                reason = f"waits for {earlier}"
            elif reason == next_step:
                reason = "waits for you, see next"
        version = f"v{asset['version']}" if asset["version"] else ""
        out.print(f"{MARKS[asset['state']]} {asset['key']:40} {version:5} {escape(reason)}".rstrip(), soft_wrap=True)


def _failures_text(log: dict[str, Any]) -> str:
    return f"{counted(log['failed_today'], 'time')} in 24 hours; see radix errors" if log["failed_today"] else ""


def _unfinished_text(log: dict[str, Any]) -> str:
    many = log["unfinished"]
    return f"{counted(many, 'action')} without an outcome; see radix log, radix reconcile" if many else ""
