"""Check credentials, record the results, and print them."""

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from radix_assets.cli.common import MARKS, Place, out
from radix_resources.credentials.lookup import credentials

if TYPE_CHECKING:
    from radix_assets.operations.check_credentials import Checked


def uses(project: Any, names: set[str]) -> bool:
    """Return whether a project requires any of these credentials."""
    from radix_assets.pipeline.credentials import needs_of

    return any(names.intersection(need.names) for need in needs_of(project))


def check_and_record(here: Place, projects: list[Any]) -> "list[Checked]":
    """Check the credentials, and record the results in the action log."""
    from radix_assets.cli.common import login
    from radix_assets.operations.check_credentials import check
    from radix_resources.action_log.log import record
    from radix_resources.action_log.schema import Action

    checks, actor = check(projects, here.home), login()
    with here.instance as instance:
        for result in checks:
            for name in result.need.names:
                checked = Action(
                    kind="credential-check",
                    subject=f"infra/credentials/{name}",
                    project=result.need.project,
                    actor=actor,
                    reason=f"for {result.need.use}: {result.found}",
                    outcome="unknown"
                    if result.state == "unreachable"
                    else "ok"
                    if result.state == "works"
                    else "failed",
                    error_code=result.code,
                    after={"state": result.state, "where": result.where[name], "warnings": list(result.warnings)},
                )
                record(instance, here.home, checked)
    return checks


def row_of(check: "Checked") -> dict[str, Any]:
    """Return a check as JSON; the address is without its secret."""
    from radix_assets.sources.addresses import without_secret

    return {
        "project": check.need.project,
        "use": check.need.use,
        "address": without_secret(check.need.address),
        "credentials": check.where,
        "state": check.state,
        "code": check.code,
        "found": check.found,
        "warnings": check.warnings,
        "next": check.next,
    }


def places_searched(here: Place) -> list[dict[str, str | None]]:
    """Return where credentials are searched, in this order, each with the reason if it is unavailable."""
    return [
        {"place": backend.kind, "unavailable": backend.unavailable()}
        for backend in credentials(here.home.state).backends
    ]


def print_checks(here: Place, checks: "list[Checked]") -> None:
    """Print the checks, each with the next step, and where credentials were searched."""
    for check in checks:
        row = row_of(check)
        mark = MARKS["made"] if check.state == "works" else MARKS["waiting" if check.needs_person else "failed"]
        references = (
            ", ".join(f"{name} ({where or 'not given'})" for name, where in check.where.items()) or "no credential"
        )
        out.print(f"{mark} [bold]{check.need.project}[/]  {escape(row['address'])}", soft_wrap=True)
        out.print(f"    {escape(references)}, for {escape(check.need.use)}", soft_wrap=True)
        out.print(f"    {check.state}: {escape(check.found)}", soft_wrap=True)
        for warning in check.warnings:
            out.print(f"    [yellow]![/] {escape(warning)}", soft_wrap=True)
        if check.next:
            out.print(f"    next: {escape(check.next)}", soft_wrap=True)
    if not checks:
        out.print("no project requires a credential")
    searched = [
        f"{check['place']}{' (' + check['unavailable'] + ')' if check['unavailable'] else ''}"
        for check in places_searched(here)
    ]
    out.print(f"[dim]searched in this order: {escape(', '.join(searched))}[/]", soft_wrap=True)
