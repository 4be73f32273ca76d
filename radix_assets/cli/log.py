"""radix log: the actions of users and machines, and their outcomes."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from radix_assets.cli.common import AnyName, demand_known, out, place, say_json
from radix_resources.errors import ConfigError

if TYPE_CHECKING:
    from radix_resources.action_log.reading import Entry, Filter

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(min|[smhdw])")
_WORDS = {"begun": "started", "made": "materialized"}
"""Words of the table for outcomes; `--json` keeps the recorded ones."""
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(log)


def log(
    name: AnyName = None,
    kind: Annotated[
        str | None, typer.Option(help="Only this kind, such as promote, tag, approve or materialize.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Only this asset or component, such as shop/champion.")] = None,
    actor: Annotated[
        str | None, typer.Option(help="Only actions of this user, or of sensor, schedule or command line.")
    ] = None,
    severity: Annotated[str, typer.Option(help="Minimum severity: info, warning or error.")] = "info",
    since: Annotated[
        str | None, typer.Option(help="Start: 30m, 2h or 7d ago, or a UTC time such as 2030-01-31T12:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="End; same format as --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of actions, newest first.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", help="Print new actions as they happen.")] = False,  # noqa: FBT002 typer's options
    as_json: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--json", help="Print a JSON list (with --follow: one object per line).")
    ] = False,
) -> None:
    """Show the action log: what was done, by whom, and with what result. Times are UTC.

    Example: radix log shop --since 2h --severity warning
    """
    from radix_resources.action_log.reading import entries
    from radix_resources.action_log.reading import follow as following

    here = place()
    if name:
        demand_known(here, name)
    selected = _filter(
        project=name, kind=kind, subject=subject, actor=actor, severity=severity, since=since, until=until
    )
    with here.log() as tables:
        if follow:
            _print_entries(following(tables, selected, after=0 if since else None), as_json=as_json)
            return
        logged = list(islice(entries(tables, selected), limit))
    if as_json:
        say_json([entry_fields(entry) for entry in logged])
    elif logged:
        _print_entries(logged, as_json=False)
    else:
        out.print("no actions yet" if selected == _filter(project=name) else "no matching actions")


def entry_fields(entry: "Entry") -> dict[str, Any]:
    """Return the fields of an action that are printed."""
    action = entry.action
    result = "unchanged" if action.after.get("unchanged") else "made"
    went = result if action.kind == "materialize" and action.outcome == "ok" else action.outcome or "begun"
    return {
        "id": entry.storage_id,
        "when": datetime.fromtimestamp(entry.timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "what": action.kind,
        "project": action.project,
        "subject": action.subject,
        "who": action.actor,
        "outcome": f"{went} {action.error_code or ''}".strip(),
        "severity": action.severity,
        "reason": action.reason,
    }


def moment(text: str, now: datetime | None = None) -> float:
    """Parse `2h` (ago) or a UTC time into seconds since 1970. Raise ConfigError RDX-LOG-002 if it is neither."""
    now = now or datetime.now(UTC)
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now.timestamp() - float(ago[1]) * _SECONDS[ago[2]]
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(
            "RDX-LOG-002",
            f"{text!r} is not a time",
            expected="30m, 2h, 7d, or a date and time in UTC such as 2030-01-31T12:00",
            hint="radix log --since 2h",
        ) from None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _filter(
    project: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    severity: str = "info",
    since: str | None = None,
    until: str | None = None,
) -> "Filter":
    from radix_resources.action_log.reading import Filter
    from radix_resources.action_log.schema import Kind, Severity

    return Filter(
        project=project,
        kind=_one_of("kind", kind, get_args(Kind)) if kind else None,
        subject=subject,
        actor=actor,
        severity=_one_of("severity", severity, get_args(Severity)),
        since=moment(since) if since else None,
        until=moment(until) if until else None,
    )


def _one_of(option: str, text: str, choices: Iterable[str]) -> Any:
    if text not in choices:
        raise ConfigError(
            "RDX-LOG-002",
            f"{text!r} is not a known {option}",
            expected=", ".join(choices),
            hint=f"radix log --{option} {next(iter(choices))}",
        )
    return text


def _print_entries(log_entries: Iterable["Entry"] | Iterator["Entry"], *, as_json: bool) -> None:
    for entry in log_entries:
        row = entry_fields(entry)
        if as_json:
            say_json(row)
            continue
        outcome = _WORDS.get(row["outcome"], row["outcome"])
        line = f"{row['when']} UTC  {row['what']:12} {row['subject']:32} {outcome:12} {row['who']}"
        out.print(f"{line}  {row['reason']}".rstrip(), soft_wrap=True, markup=False)
