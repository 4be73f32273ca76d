"""List, check, set and remove the credentials that projects require."""

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, Place, out, place, say_json
from radix_resources.credentials.base import Store
from radix_resources.credentials.cloud import SCHEME
from radix_resources.credentials.file import EncryptedFile
from radix_resources.credentials.lookup import credentials, let_ask, vault
from radix_resources.credentials.redaction import remember
from radix_resources.errors import ConfigError, CredentialError

if TYPE_CHECKING:
    from radix_assets.operations.check_credentials import Checked

Json = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")]
STORES = {"keyring": "keyring", "file": "encrypted file"}


class _Listing(TyperGroup):
    """`radix credentials shop` is `radix credentials list shop`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(cls=_Listing, help=__doc__, no_args_is_help=False)
    group.command("list")(show)
    group.command("set")(give)
    group.command("remove")(remove)
    group.command("try")(attempt)
    app.add_typer(group, name="credentials")


def ask_at_terminal() -> None:
    """Ask for the encrypted file's pass phrase when it is needed, if there is a terminal."""
    if sys.stdin.isatty():
        let_ask(lambda: _hidden("pass phrase of the encrypted file of credentials"))


def unlock(here: Place) -> None:
    """Make the key of the encrypted file available to the processes about to start, which cannot ask for it.

    If a credential is missing that could only be stored in a file which does not exist yet, ask for its pass phrase
    now, so that these processes can read what is set while they run. Raise CredentialError RDX-CRD-004 if the key is
    wrong.
    """
    from radix_assets.project.settings import load_projects

    file = vault(here.home.state)
    try:
        if file.path.exists():
            file.unlock()
            return
        can_ask = sys.stdin.isatty() and isinstance(_store(here, None), EncryptedFile)
        names = _missing(here, load_projects(here.home.projects)[0]) if can_ask else []
        if names:
            missing = f"not set yet: {', '.join(names)}; once Radix runs: radix credentials set"
            out.print(f"[yellow]![/] {missing}", soft_wrap=True)
            file.ask = _new_phrase
            file.unlock(make=True)
    except CredentialError as error:
        if error.code == "RDX-CRD-004":
            raise
        out.print(f"[yellow]![/] {escape(error.found)}; {escape(error.hint)}", soft_wrap=True)


def show(
    name: Annotated[str | None, typer.Argument(help="A project; all if omitted.")] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """List the credentials that projects require: where each is stored and whether it works. Shows no value.

    Example: radix credentials shop
    """
    from radix_assets.project.settings import load_projects

    here = place()
    projects = [here.project(name)] if name else load_projects(here.home.projects)[0]
    found = _check(here, projects)
    if as_json:
        say_json({"credentials": [_row(one) for one in found], "places": _places(here)})
    else:
        _print(here, found)
    states = {one.state for one in found}
    person = any(one.needs_person for one in found)
    raise typer.Exit(PERSON if person else FAILED if states - {"works"} else OK)


def give(
    name: Annotated[
        str | None, typer.Argument(help="The name in ${NAME} references; every missing one if omitted.")
    ] = None,
    stdin: Annotated[  # noqa: FBT002 typer's options
        bool, typer.Option("--stdin", help="Read the value from standard input instead of asking at the terminal.")
    ] = False,
    store: Annotated[
        str | None, typer.Option(help="keyring or file; by default the keyring, if this machine has one.")
    ] = None,
) -> None:
    """Set a credential: enter it without echo, store it, and try it at once.

    Example: radix credentials set SHOP_PASSWORD
    """
    from radix_assets.project.settings import load_projects

    here = place()
    projects = load_projects(here.home.projects)[0]
    names = [name] if name else _missing(here, projects)
    if not names:
        out.print("no credential is missing")
        return
    if stdin and len(names) > 1:
        raise ConfigError(
            "RDX-CFG-013", "standard input holds one value", hint=f"name it: radix credentials set {names[0]} --stdin"
        )
    for one in names:
        _give(here, one, stdin=stdin, store=store)
    users = [project for project in projects if _uses(project, set(names))]
    found = [one for one in _check(here, users) if set(one.need.names) & set(names)]
    _print(here, found)
    raise typer.Exit(PERSON if any(one.needs_person for one in found) else OK)


def remove(name: Annotated[str, typer.Argument(help="The name in ${NAME} references.")]) -> None:
    """Remove a credential from Radix's stores.

    Example: radix credentials remove SHOP_PASSWORD
    """
    here = place()
    held = credentials(here.home.state)
    gone = [one.kind for one in held.backends if isinstance(one, Store) and not one.unavailable() and one.remove(name)]
    out.print(f"[green]✓[/] removed from: {', '.join(gone)}" if gone else f"no store has {name}")
    if held.where(name):
        out.print(f"[yellow]![/] {name} is also set in the environment; unset it there")


def attempt(
    address: Annotated[str, typer.Argument(help="postgresql://, s3://, https:// or sqlite:///, with ${NAME}.")],
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """Probe an address before a project uses it: connect, list, and report permissions beyond reading.

    Example: radix credentials try 'postgresql://reader:${SHOP_PASSWORD}@db/shop'
    """
    from radix_assets.sources.addresses import with_reference, without_secret
    from radix_assets.sources.probes import probe

    if with_reference(address, "X") != address:
        raise ConfigError(
            "RDX-CFG-013",
            "the address holds a password, which is now in the shell's history",
            expected="${NAME} in its place, in single quotes",
            hint="radix credentials set NAME, then try again; change that password",
            address=without_secret(address),
        )
    probed = probe(address, credentials(place().home.state))
    if as_json:
        say_json({"address": address, "found": probed.found, "warnings": probed.warnings})
        return
    out.print(f"{MARKS['made']} {escape(probed.found)}", soft_wrap=True)
    for warning in probed.warnings:
        out.print(f"[yellow]![/] {escape(warning)}", soft_wrap=True)


def _give(here: Place, name: str, *, stdin: bool, store: str | None) -> None:
    if not re.fullmatch(r"\w+", name):
        raise ConfigError(
            "RDX-CFG-013", f"{name!r} is not a valid credential name", expected="letters, digits and underscores"
        )
    backend = _store(here, store)
    value = sys.stdin.read().removesuffix("\n").removesuffix("\r") if stdin else _asked(f"value of {name}")
    if not value:
        raise ConfigError("RDX-CFG-013", f"the value of {name} is empty; nothing is changed", hint="enter it again")
    if not value.startswith(SCHEME):
        remember(value)
    if isinstance(backend, EncryptedFile) and not stdin and not backend.path.exists():
        backend.ask = _new_phrase
        out.print("[yellow]![/] restart a running `radix up`, so that it has the pass phrase")
    backend.set(name, value)
    out.print(f"[green]✓[/] {name} is in the {backend.kind}")
    if credentials(here.home.state).where(name) != backend.kind:
        out.print(f"[yellow]![/] {name} is also set in the environment, and that value takes precedence")


def _store(here: Place, wanted: str | None) -> Store:
    if wanted is not None and wanted not in STORES:
        raise ConfigError("RDX-CFG-013", f"{wanted!r} is not a store", expected=" or ".join(STORES))
    writable = {one.kind: one for one in credentials(here.home.state).backends if isinstance(one, Store)}
    if wanted:
        chosen = writable[STORES[wanted]]
        why = chosen.unavailable()
        if why:
            raise CredentialError("RDX-CRD-009", f"the {chosen.kind} cannot be used: {why}", hint="use --store file")
        return chosen
    return next(one for one in writable.values() if one.unavailable() is None)


def _asked(what: str) -> str:
    if not sys.stdin.isatty():
        raise CredentialError(
            "RDX-CRD-010",
            "there is no terminal for input",
            expected="a terminal, or --stdin with the value on standard input",
            hint="radix credentials set NAME --stdin < FILE, or pipe it from your secrets manager",
        )
    return _hidden(what)


def _hidden(what: str) -> str:
    from getpass import getpass

    return getpass(f"{what} (not shown): ", stream=sys.stderr)


def _new_phrase() -> str:
    phrase = _hidden("a new pass phrase for the encrypted file; Radix does not store it")
    if phrase != _hidden("repeat the pass phrase"):
        raise ConfigError("RDX-CFG-013", "the two pass phrases differ; nothing is changed", hint="enter them again")
    return phrase


def _missing(here: Place, projects: list[Any]) -> list[str]:
    from radix_assets.pipeline.credentials import needs_of

    held = credentials(here.home.state)
    names = [name for project in projects for need in needs_of(project) for name in need.names]
    return [name for name in dict.fromkeys(names) if held.where(name) is None and held.find(name) is None]


def _uses(project: Any, names: set[str]) -> bool:
    from radix_assets.pipeline.credentials import needs_of

    return any(names.intersection(need.names) for need in needs_of(project))


def _check(here: Place, projects: list[Any]) -> "list[Checked]":
    """Check the credentials, and record the results in the action log."""
    from radix_assets.cli.common import login
    from radix_assets.operations.check_credentials import check
    from radix_resources.action_log.log import record
    from radix_resources.action_log.schema import Action

    found, who = check(projects, here.home), login()
    with here.instance as instance:
        for one in found:
            for name in one.need.names:
                checked = Action(
                    kind="credential-check",
                    subject=f"infra/credentials/{name}",
                    project=one.need.project,
                    actor=who,
                    reason=f"for {one.need.use}: {one.found}",
                    outcome="unknown" if one.state == "unreachable" else "ok" if one.state == "works" else "failed",
                    error_code=one.code,
                    after={"state": one.state, "where": one.where[name], "warnings": list(one.warnings)},
                )
                record(instance, checked)
    return found


def _row(one: "Checked") -> dict[str, Any]:
    from radix_assets.sources.addresses import without_secret

    return {
        "project": one.need.project,
        "use": one.need.use,
        "address": without_secret(one.need.address),
        "credentials": one.where,
        "state": one.state,
        "code": one.code,
        "found": one.found,
        "warnings": one.warnings,
        "next": one.next,
    }


def _places(here: Place) -> list[dict[str, str | None]]:
    return [{"place": one.kind, "unavailable": one.unavailable()} for one in credentials(here.home.state).backends]


def _print(here: Place, found: "list[Checked]") -> None:
    for one in found:
        row = _row(one)
        mark = MARKS["made"] if one.state == "works" else MARKS["waiting" if one.needs_person else "failed"]
        named = ", ".join(f"{name} ({where or 'not given'})" for name, where in one.where.items()) or "no credential"
        out.print(f"{mark} [bold]{one.need.project}[/]  {escape(row['address'])}", soft_wrap=True)
        out.print(f"    {escape(named)}, for {escape(one.need.use)}", soft_wrap=True)
        out.print(f"    {one.state}: {escape(one.found)}", soft_wrap=True)
        for warning in one.warnings:
            out.print(f"    [yellow]![/] {escape(warning)}", soft_wrap=True)
        if one.next:
            out.print(f"    next: {escape(one.next)}", soft_wrap=True)
    if not found:
        out.print("no project requires a credential")
    asked = [f"{one['place']}{' (' + one['unavailable'] + ')' if one['unavailable'] else ''}" for one in _places(here)]
    out.print(f"[dim]searched in this order: {escape(', '.join(asked))}[/]", soft_wrap=True)
