"""radix run."""

import signal
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from radix_assets.cli.common import (
    FAILED,
    MARKS,
    OK,
    PERSON,
    Json,
    Name,
    Place,
    err,
    out,
    place,
    relative,
    say_json,
)
from radix_assets.cli.interrupts import cancel_own_runs, interruptible
from radix_assets.project.settings import Project
from radix_resources.errors import EmptySourceError

if TYPE_CHECKING:
    from radix_assets.orchestration.local_run import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    name: Name,
    again: Annotated[
        list[str] | None, typer.Option(help="Rebuild this asset even if it is up to date, such as raw/orders.")
    ] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Materialize missing and stale assets until all are up to date or you are needed.

    Example: radix run shop
    """
    here = place()
    console = err if as_json else out
    project = here.project(name, create=f"radix new {name} SOURCE…")

    end = stopping(here, console, f"`radix run {name}` continues from here", project=name if as_json else None)
    report, summary = interruptible(lambda: run_and_print(here, project, console, again or ()), end)
    if as_json:
        say_json(summary)
    done = PERSON if summary["serving"] and summary["serving"]["model"] is None else OK
    raise typer.Exit({"done": done, "waiting": PERSON, "failed": FAILED}[report.state])


def stopping(
    here: Place, console: Console, words: str, *, project: str | None = None
) -> Callable[[signal.Signals], None]:
    """Return what a run does when it is stopped: tell it, also as JSON for a `project`, and cancel Dagster's run."""

    def end(received: signal.Signals) -> None:
        console.print(f"\nstopped by {received.name}; nothing is half-written, and {words}", soft_wrap=True)
        if project:
            say_json({"project": project, "state": "interrupted", "signal": received.name})
        cancel_own_runs(here.instance)

    return end


def run_and_print(
    here: Place, project: Project, console: Console, again: Collection[str] = ()
) -> "tuple[Report, dict[str, Any]]":
    """Run a project, and print its progress and the result; return it with its summary."""
    from radix_assets.operations.reconcile import reconcile
    from radix_assets.orchestration.local_run import run as run_project
    from radix_assets.stages import STAGES

    tools = here.tools(project)

    def listen(key: str, state: str, details: dict[str, Any]) -> None:
        if state == "start":
            return
        seconds = f"{details['seconds']:6.1f} s" if "seconds" in details else " " * 8
        error = details.get("error")
        if isinstance(error, EmptySourceError) and tools.storage.latest(key) is None:
            text = f"{MARKS['left_out']} {seconds}  {key.partition('/')[2]} is left out: {escape(error.found)}"
            console.print(text, soft_wrap=True)
            return
        more = f"  [dim]{escape(details['title'])}[/]" if state == "sampled" else ""
        console.print(f"{MARKS[state]} {seconds}  {key.partition('/')[2]}{more}", soft_wrap=True)
        if state == "failed":
            console.print(f"[red]{escape(str(details['error']))}[/]", soft_wrap=True)

    for leftover in reconcile(here.instance, here.home, thorough=False):
        console.print(f"[dim]{escape(f'{leftover.subject} {leftover.found}: {leftover.done}')}[/]", soft_wrap=True)
    report = run_project(project, tools, here.instance, listen, STAGES, again=again)
    summary = summarize(here, report)
    _print(console, report, summary)
    return report, summary


def summarize(here: Place, report: "Report") -> dict[str, Any]:
    """Return the object that `radix run --json` prints."""
    from radix_assets.models.registry import load_registration
    from radix_assets.models.serving_now import serving_now
    from radix_assets.models.stored import load_card
    from radix_assets.pipeline.status import latest, left_out

    project = here.project(report.project)
    tools = here.tools(project)
    model = latest(tools.storage, project, "model")
    card = load_card(model) if model else None
    version = load_registration(model).version if model else None
    serving = serving_now(tools.storage, project)
    page = latest(tools.storage, project, "report")
    deployed = tools.endpoint.inspect(project.name)
    states = {"stale": "waiting", "blocked": "waiting"}
    missed = left_out(report.statuses)
    return {
        "project": report.project,
        "state": report.state,
        "assets": [
            {
                "key": status.step.key,
                "state": (
                    "made"
                    if status.step.key in report.made
                    else "left_out"
                    if status.step.name in missed
                    else states.get(status.state, status.state)
                ),
                "seconds": round(report.made.get(status.step.key, 0.0), 3),
                "error": status.error or (status.reason if status.state in {"waiting", "blocked"} else None),
            }
            for status in report.statuses
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
        "serving": serving and serving.as_json(),
        "endpoint": deployed.address if deployed and deployed.state == "running" else None,
        "report": str(page / "report.html") if page else None,
        "seconds": round(report.seconds, 3),
    }


def _print(console: Console, report: "Report", summary: dict[str, Any]) -> None:
    from radix_assets.models.serving_now import in_words

    console.print()
    if not report.made and report.state == "done":
        console.print("nothing to do: everything is up to date")
    model = summary["model"]
    if model and not _is_current(report, "model"):
        console.print("model     (earlier model, not updated)")
    elif model:
        low, high = model["interval"]
        baselines = ", ".join(f"{name} {value:.4g}" for name, value in model["baselines"].items())
        verdict = "[green]accepted[/]" if model["accepted"] else "[yellow]refused[/]"
        reason = model["reason"].removeprefix("Refused: ")
        reason = reason[:1].lower() + reason[1:]
        console.print(
            f"model     {model['metric']} {model['score']:.4g} ({low:.4g} to {high:.4g}); baselines: {baselines}",
            soft_wrap=True,
        )
        console.print(f"          {verdict}: {escape(reason)}", soft_wrap=True)
    serving = summary["serving"]
    if serving:
        title = "serves   " if serving["model"] else "[yellow]serves[/]   "
        console.print(f"{title} {escape(in_words(serving))}", soft_wrap=True)
    if summary["endpoint"]:
        console.print(f"endpoint  {summary['endpoint']}", soft_wrap=True)
    if summary["report"]:
        console.print(f"report    {relative(Path(summary['report']))}", soft_wrap=True)
    _print_open(console, report)


def _print_open(console: Console, report: "Report") -> None:
    """Print what is left out, what failed, and what a user must do."""
    from radix_assets.pipeline.status import left_out

    missed = left_out(report.statuses)
    for status in report.statuses:
        if status.step.name in missed and status.error:
            reason = f"{status.reason} ({status.error['code']}); {status.error['hint']}"
            console.print(f"[yellow]left out[/]  {status.step.key}: {escape(reason)}", soft_wrap=True)
    for status in report.failed:
        code = status.error["code"] if status.error else ""
        console.print(f"[red]failed[/]    {status.step.key}: {code} {escape(status.reason)}", soft_wrap=True)
    for wish in report.wishes:
        first = "fix the failed step first; then " if report.failed else ""
        console.print(f"{first}[yellow]you are needed:[/] {escape(wish)}", soft_wrap=True)


def _is_current(report: "Report", name: str) -> bool:
    """Return whether a step was built in this run or is up to date."""
    return any(
        status.step.key in report.made or status.state == "fresh"
        for status in report.statuses
        if status.step.name == name
    )
