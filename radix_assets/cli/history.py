"""radix log, errors: what was done, by machine or person, and what came of it."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from radix_assets.cli.common import demand_known, out, place, say_json
from radix_resources.errors import ConfigError

if TYPE_CHECKING:
    from radix_resources.action_log.reading import Entry, Filter

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

DOCS = "docs/errors.md"

Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (log, errors):
        app.command()(command)


def log(
    name: Annotated[str | None, typer.Argument(help="A project; all where none is given.")] = None,
    kind: Annotated[str | None, typer.Option(help="Such as promote, tag, approve, materialize.")] = None,
    subject: Annotated[str | None, typer.Option(help="Asset or component: shop/champion.")] = None,
    actor: Annotated[str | None, typer.Option(help="Who did it: a person's name, sensor, schedule …")] = None,
    severity: Annotated[str, typer.Option(help="At least: info, warning or error.")] = "info",
    since: Annotated[str | None, typer.Option(help="30m, 2h, 7d, or a moment in UTC: 2030-01-31T12:00.")] = None,
    until: Annotated[str | None, typer.Option(help="As --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is done from now, oldest first.")] = False,  # noqa: FBT002 typer's options
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """What was done, by whom, and what came of it.

    Example: radix log shop --since 2h --severity warning
    """
    from radix_resources.action_log.reading import entries
    from radix_resources.action_log.reading import follow as following

    here = place()
    if name:
        demand_known(here, name)
    wanted = _wanted(project=name, kind=kind, subject=subject, actor=actor, severity=severity, since=since, until=until)
    with here.log() as tables:
        if follow:
            _say(following(tables, wanted, after=0 if since else None), as_json=as_json)
            return
        found = list(islice(entries(tables, wanted), limit))
    if as_json:
        say_json([told(entry) for entry in found])
    elif found:
        _say(found, as_json=False)
    else:
        out.print("nothing was done yet" if wanted == _wanted(project=name) else "nothing of that kind was done")


def errors(
    name: Annotated[str | None, typer.Argument(help="A project; all where none is given.")] = None,
    since: Annotated[str, typer.Option(help="24h, 7d, or a moment in UTC; at most 90 days back.")] = "7d",
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """What failed, by code and project, with its trend: the most frequent first.

    Example: radix errors --since 24h
    """
    from radix_assets.operations.error_trends import grouped
    from radix_resources.action_log.fold import folded

    here = place()
    if name:
        demand_known(here, name)
    now = datetime.now(UTC).timestamp()
    with here.log() as tables:
        found = grouped(folded(tables, here.home.folded_log), name, moment(since), now)
    if as_json:
        say_json([one.to_json() for one in found])
        return
    for one in found:
        last = datetime.fromtimestamp(one.last, UTC).strftime("%Y-%m-%d %H:%M")
        head = f"{one.code}  {one.project:16} {one.count:5}  {one.sparkline}  last {last}  {one.subject}"
        out.print(head, soft_wrap=True, markup=False)
        for text in (one.found, one.hint and f"next: {one.hint}"):
            if text:
                out.print(f"  {text}", soft_wrap=True, markup=False)
    out.print(f"what each code means: {DOCS}" if found else f"nothing failed since {since}", soft_wrap=True)


def told(entry: "Entry") -> dict[str, Any]:
    """An action as a person or a script wants it."""
    action = entry.action
    kept = "unchanged" if action.after.get("unchanged") else "made"
    went = kept if action.kind == "materialize" and action.outcome == "ok" else action.outcome or "begun"
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
    """`2h` ago, or a moment in UTC, as seconds since 1970. Raises ConfigError RDX-LOG-002 where it is neither."""
    now = now or datetime.now(UTC)
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now.timestamp() - float(ago[1]) * _SECONDS[ago[2]]
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(
            "RDX-LOG-002",
            f"{text!r} is no moment",
            expected="30m, 2h, 7d, or a date and time in UTC such as 2030-01-31T12:00",
            hint="radix log --since 2h",
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _wanted(
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


def _one_of(option: str, text: str, known: Iterable[str]) -> Any:
    if text not in known:
        raise ConfigError(
            "RDX-LOG-002",
            f"{text!r} is no {option}",
            expected=", ".join(known),
            hint=f"radix log --{option} {next(iter(known))}",
        )
    return text


def _say(found: Iterable["Entry"] | Iterator["Entry"], *, as_json: bool) -> None:
    for entry in found:
        one = told(entry)
        if as_json:
            say_json(one)
            continue
        line = f"{one['when']}  {one['what']:12} {one['subject']:32} {one['outcome']:12} {one['who']}"
        out.print(f"{line}  {one['reason']}".rstrip(), soft_wrap=True, markup=False)
