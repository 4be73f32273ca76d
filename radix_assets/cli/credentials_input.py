"""Ask for credentials and pass phrases, and store them."""

import re
import sys
from typing import Any

from rich.markup import escape

from radix_assets.cli.common import Place, out
from radix_resources.credentials.base import Store
from radix_resources.credentials.cloud import SCHEME
from radix_resources.credentials.file import EncryptedFile
from radix_resources.credentials.lookup import ask_with, credentials, vault
from radix_resources.credentials.redaction import remember
from radix_resources.errors import ConfigError, CredentialError

STORES = {"keyring": "keyring", "file": "encrypted file"}


def ask_at_terminal() -> None:
    """Ask for the encrypted file's pass phrase when it is needed, if there is a terminal."""
    if sys.stdin.isatty():
        ask_with(lambda: _read_without_echo("pass phrase of the encrypted file of credentials"))


def unlock(here: Place) -> None:
    """Make the key of the encrypted file available to the processes about to start, which cannot ask for it.

    If a credential is missing that could only be stored in a file which does not exist yet, ask for its pass phrase
    now, so that these processes can read what is set while they run. Raise CredentialError RDX-CRD-004 if the key is
    wrong.
    """
    from radix_assets.project.load import load_projects

    file = vault(here.home.state)
    try:
        if file.path.exists():
            file.unlock()
            return
        can_ask = sys.stdin.isatty() and isinstance(_store(here, None), EncryptedFile)
        names = missing_credentials(here, load_projects(here.home.projects)[0]) if can_ask else []
        if names:
            missing = f"not set yet: {', '.join(names)}; once Radix runs: radix credentials set"
            out.print(f"[yellow]![/] {missing}", soft_wrap=True)
            file.ask = _new_phrase
            file.unlock(make=True)
    except CredentialError as error:
        if error.code == "RDX-CRD-004":
            raise
        out.print(f"[yellow]![/] {escape(error.found)}; {escape(error.hint)}", soft_wrap=True)


def set_credential(here: Place, name: str, *, stdin: bool, store: str | None) -> None:
    """Ask for the value of a credential, or read it from standard input, and store it.

    Raise ConfigError RDX-CFG-013 if the name or the value cannot be used, CredentialError RDX-CRD-009 or -010 if the
    store or the terminal cannot.
    """
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


def missing_credentials(here: Place, projects: list[Any]) -> list[str]:
    """Return the names of the credentials that projects require and that are found nowhere."""
    from radix_assets.pipeline.credentials import needs_of

    lookup = credentials(here.home.state)
    names = [name for project in projects for need in needs_of(project) for name in need.names]
    return [name for name in dict.fromkeys(names) if lookup.where(name) is None and lookup.find(name) is None]
