"""List, check, set and remove the credentials that projects require."""

import difflib
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, Place, err, out, place, say_json
from radix_resources.credentials.base import Store
from radix_resources.credentials.cloud import SCHEME
from radix_resources.credentials.file import EncryptedFile
from radix_resources.credentials.lookup import credentials, let_ask, vault
from radix_resources.credentials.redaction import remember
from radix_resources.errors import ConfigError, CredentialError

if TYPE_CHECKING:
    from radix_assets.operations.check_credentials import Checked

Json = Annotated[bool, typer.Option("--json", help="Print JSON on the last line, for scripts.")]
STORES = {"keyring": "keyring", "file": "encrypted file"}


class _Listing(TyperGroup):
    """`radix credentials shop` is `radix credentials list shop`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            if args and not args[0].startswith("-") and not ctx.resilient_parsing:
                _demand_project(args[0], list(self.commands))
            args = ["list", *args]
        return super().parse_args(ctx, args)


def _demand_project(word: str, commands: list[str]) -> None:
    """Raise ConfigError RDX-CFG-005, with the subcommands, if the word is not a project either."""
    try:
        place().project(word)
    except ConfigError as error:
        if error.code != "RDX-CFG-005":
            return  # the project exists; its file is reported when it is read
        near = difflib.get_close_matches(word, commands, n=1)
        raise ConfigError(
            error.code,
            f"{word!r} is neither a subcommand of `radix credentials` nor a project",
            expected=f"a subcommand ({', '.join(commands)}) or a project ({error.expected})",
            hint=f"did you mean {near[0]}?" if near else error.hint,
        ) from None


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
        let_ask(lambda: _read_without_echo("pass phrase of the encrypted file of credentials"))


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
    checks = _check(here, projects)
    if as_json:
        say_json({"credentials": [_row(check) for check in checks], "places": _places(here)})
    else:
        _print(here, checks)
    states = {check.state for check in checks}
    person = any(check.needs_person for check in checks)
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
    for credential in names:
        _set_credential(here, credential, stdin=stdin, store=store)
    users = [project for project in projects if _uses(project, set(names))]
    checks = [credential for credential in _check(here, users) if set(credential.need.names) & set(names)]
    _print(here, checks)
    raise typer.Exit(PERSON if any(credential.needs_person for credential in checks) else OK)


def remove(name: Annotated[str, typer.Argument(help="The name in ${NAME} references.")]) -> None:
    """Remove a credential from Radix's stores. The exit code is 1 if no store has it.

    Example: radix credentials remove SHOP_PASSWORD
    """
    here = place()
    lookup = credentials(here.home.state)
    removed = [
        backend.kind
        for backend in lookup.backends
        if isinstance(backend, Store) and not backend.unavailable() and backend.remove(name)
    ]
    if removed:
        out.print(f"[green]✓[/] removed from: {', '.join(removed)}")
    else:
        err.print(f"{MARKS['failed']} no store of Radix has a credential named {escape(name)}", soft_wrap=True)
    if lookup.where(name):
        out.print(f"[yellow]![/] {name} is also set in the environment; unset it there")
    raise typer.Exit(OK if removed else FAILED)


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


def _set_credential(here: Place, name: str, *, stdin: bool, store: str | None) -> None:
    if not re.fullmatch(r"\w+", name):
        raise ConfigError(
            "RDX-CFG-013", f"{name!r} is not a valid credential name", expected="letters, digits and underscores"
        )
    backend = _store(here, store)
    value = sys.stdin.read().removesuffix("\n").removesuffix("\r") if stdin else _prompt_for_value(f"value of {name}")
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


def _store(here: Place, choice: str | None) -> Store:
    if choice is not None and choice not in STORES:
        raise ConfigError("RDX-CFG-013", f"{choice!r} is not a store", expected=" or ".join(STORES))
    writable = {
        backend.kind: backend for backend in credentials(here.home.state).backends if isinstance(backend, Store)
    }
    if choice:
        chosen = writable[STORES[choice]]
        why = chosen.unavailable()
        if why:
            raise CredentialError("RDX-CRD-009", f"the {chosen.kind} cannot be used: {why}", hint="use --store file")
        return chosen
    return next(backend for backend in writable.values() if backend.unavailable() is None)


def _prompt_for_value(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise CredentialError(
            "RDX-CRD-010",
            "there is no terminal for input",
            expected="a terminal, or --stdin with the value on standard input",
            hint="radix credentials set NAME --stdin < FILE, or pipe it from your secrets manager",
        )
    return _read_without_echo(prompt)


def _read_without_echo(prompt: str) -> str:
    from getpass import getpass

    return getpass(f"{prompt} (not shown): ", stream=sys.stderr)


def _new_phrase() -> str:
    phrase = _read_without_echo("a new pass phrase for the encrypted file; Radix does not store it")
    if phrase != _read_without_echo("repeat the pass phrase"):
        raise ConfigError("RDX-CFG-013", "the two pass phrases differ; nothing is changed", hint="enter them again")
    return phrase


def _missing(here: Place, projects: list[Any]) -> list[str]:
    from radix_assets.pipeline.credentials import needs_of

    lookup = credentials(here.home.state)
    names = [name for project in projects for need in needs_of(project) for name in need.names]
    return [name for name in dict.fromkeys(names) if lookup.where(name) is None and lookup.find(name) is None]


def _uses(project: Any, names: set[str]) -> bool:
    from radix_assets.pipeline.credentials import needs_of

    return any(names.intersection(need.names) for need in needs_of(project))


def _check(here: Place, projects: list[Any]) -> "list[Checked]":
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
                record(instance, checked)
    return checks


def _row(check: "Checked") -> dict[str, Any]:
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


def _places(here: Place) -> list[dict[str, str | None]]:
    return [
        {"place": backend.kind, "unavailable": backend.unavailable()}
        for backend in credentials(here.home.state).backends
    ]


def _print(here: Place, checks: "list[Checked]") -> None:
    for check in checks:
        row = _row(check)
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
        for check in _places(here)
    ]
    out.print(f"[dim]searched in this order: {escape(', '.join(searched))}[/]", soft_wrap=True)
