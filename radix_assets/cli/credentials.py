"""List, check, set and remove the credentials that projects require."""

import difflib
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from radix_assets.cli.common import FAILED, MARKS, OK, PERSON, err, out, place, say_json
from radix_assets.cli.credentials_checks import check_and_record, places_searched, print_checks, row_of, uses
from radix_assets.cli.credentials_input import missing_credentials, set_credential
from radix_resources.credentials.base import Store
from radix_resources.credentials.lookup import credentials
from radix_resources.errors import ConfigError

Json = Annotated[bool, typer.Option("--json", help="Print JSON on the last line, for scripts.")]


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


def show(
    name: Annotated[str | None, typer.Argument(help="A project; all if omitted.")] = None,
    as_json: Json = False,  # noqa: FBT002 typer's options
) -> None:
    """List the credentials that projects require: where each is stored and whether it works. Shows no value.

    Example: radix credentials shop
    """
    from radix_assets.project.load import load_projects

    here = place()
    projects = [here.project(name)] if name else load_projects(here.home.projects)[0]
    checks = check_and_record(here, projects)
    if as_json:
        say_json({"credentials": [row_of(check) for check in checks], "places": places_searched(here)})
    else:
        print_checks(here, checks)
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
    from radix_assets.project.load import load_projects

    here = place()
    projects = load_projects(here.home.projects)[0]
    names = [name] if name else missing_credentials(here, projects)
    if not names:
        out.print("no credential is missing")
        return
    if stdin and len(names) > 1:
        raise ConfigError(
            "RDX-CFG-013", "standard input holds one value", hint=f"name it: radix credentials set {names[0]} --stdin"
        )
    for credential in names:
        set_credential(here, credential, stdin=stdin, store=store)
    users = [project for project in projects if uses(project, set(names))]
    checks = [credential for credential in check_and_record(here, users) if set(credential.need.names) & set(names)]
    print_checks(here, checks)
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
