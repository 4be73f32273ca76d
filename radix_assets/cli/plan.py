"""radix plan, and the approval of a plan by its hash."""

import re
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from radix_assets.cli.common import OK, PERSON, Json, Name, Place, out, place, say_json
from radix_assets.project.settings import PROJECT_FILE, Project

if TYPE_CHECKING:
    from radix_assets.budget.plan import Plan

_HASH = re.compile(r"[0-9a-f]{12}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(plan)


def plan(
    name: Name,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Estimate time, memory and cost of the next run, step by step. Nothing is started.

    Example: radix plan shop
    """
    from radix_assets.budget.approvals import approved_plan

    here = place()
    project = here.project(name)
    estimate = _plan(here, project)
    by = approved_plan(project.folder, estimate) if estimate.beyond else None
    if as_json:
        say_json({**estimate.model_dump(), "budget": project.budget.model_dump(), "approved_by": by})
    else:
        _print(project, estimate, by)
    raise typer.Exit(PERSON if estimate.beyond and by is None else OK)


def is_plan(here: Place, name: str) -> bool:
    """Return whether a name is the hash of a plan and not a project."""
    return bool(_HASH.fullmatch(name)) and not (here.home.projects / name / PROJECT_FILE).exists()


def approve_plan_of(here: Place, plan_hash: str, *, by: str, why: str) -> None:
    """Approve the plan with this hash. Raise BudgetError RDX-BUD-002 if no project has this plan now."""
    from radix_assets.orchestration.approve_plan import approve_by_hash
    from radix_assets.project.load import load_projects

    projects = load_projects(here.home.projects)[0]
    project = approve_by_hash(projects, here.home, here.instance, plan_hash, by=by, why=why)
    out.print(f"[green]✓[/] approved plan {plan_hash}; next: radix run {project.name}")


def _plan(here: Place, project: Project) -> "Plan":
    from radix_assets.budget.plan import make_plan
    from radix_assets.pipeline.status import unbudgeted_statuses
    from radix_assets.stages import STAGES

    tools = here.tools(project)
    return make_plan(project, unbudgeted_statuses(project, STAGES, tools), tools)


def _print(project: Project, estimate: "Plan", by: str | None) -> None:
    if not estimate.steps:
        out.print("nothing to do: everything is up to date")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("step")
    for title in ("rows", "data", "memory", "seconds (expected)", "seconds (at most)", "dollars"):
        table.add_column(title, justify="right")
    for step in estimate.steps:
        table.add_row(
            step.key.partition("/")[2],
            f"{step.need.rows:,}" if step.need.rows else "",
            _size(step.need.bytes),
            _size(step.use.peak_bytes.high),
            f"{step.use.seconds.middle:,.1f}",
            f"{step.use.seconds.high:,.1f}",
            f"{step.dollars.middle:,.2f}",
        )
    out.print(table)
    for change in estimate.changes:
        monthly = f", ${change.rate.dollars_month:,.2f} a month" if change.rate.dollars_month else ""
        hourly = f", ${change.rate.dollars_hour:,.2f} an hour" if change.rate.dollars_hour else ""
        out.print(f"will provision      {change.component}: {change.what}{hourly}{monthly}", soft_wrap=True)
    if estimate.endpoint:
        out.print(f"endpoint            {estimate.endpoint:,.2f} dollars, if it runs until the end of the month")
    limits = project.budget
    rows = (
        (
            "dollars this month",
            estimate.expected.dollars,
            estimate.most.dollars,
            estimate.spent.dollars,
            limits.dollars_per_month,
        ),
        ("search minutes", estimate.expected.search_minutes, estimate.most.search_minutes, 0.0, limits.search_minutes),
        (
            "gigabytes stored",
            estimate.expected.gigabytes,
            estimate.most.gigabytes,
            estimate.spent.gigabytes,
            limits.gigabytes,
        ),
    )
    out.print()
    for quantity, expected, most, before, limit in rows:
        of = "no limit" if limit is None else f"budget {limit:g}"
        amounts = f"{expected:.3g} expected, at most {most:.3g}; {before:.3g} used so far"
        out.print(f"{quantity:20}{amounts}; {of}", soft_wrap=True)
    out.print(f"plan                {estimate.hash}")
    if by:
        out.print(f"[green]✓[/] exceeds the budget; approved by {escape(by)}")
    elif estimate.beyond:
        out.print(
            f"[yellow]approval needed:[/] exceeds the budget for {', '.join(estimate.beyond)}; "
            f"next: radix approve {estimate.hash} --why …",
            soft_wrap=True,
        )


def _size(number: float) -> str:
    for unit in ("B", "kB", "MB"):
        if number < 1000:  # noqa: PLR2004
            return f"{number:,.0f} {unit}"
        number /= 1000
    return f"{number:,.1f} GB"
