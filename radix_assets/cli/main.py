"""Automate data science on files and databases, from raw tables to a model that serves predictions.

To begin: `radix demo`; or `radix new` with your own data, then `radix run`.
The Dagster UI, which `radix up` starts, offers the same.

Exit codes: 0 done; 1 failed; 2 a user must act (confirm, approve, set a
credential), or wrong usage; 130 interrupted; 143 ended by SIGTERM.
"""

import gc
import importlib
import os
import sys
import warnings

import typer

from radix_assets.cli.common import FAILED, PERSON
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import CredentialError, RadixError

COMMANDS = (
    *("new", "run", "status", "tags", "approve", "plan", "predict", "credentials", "read", "profile", "suggest"),
    *("up", "down", "join", "demo", "log", "errors", "doctor", "reconcile", "destroy"),
)
"""Each command is in the module of its name. `radix --help` lists them in this order, groups of commands last."""

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register_commands() -> typer.Typer:
    """Add every command to `app`, once for each process, and return it."""
    if not app.registered_commands:
        for name in COMMANDS:
            importlib.import_module(f"radix_assets.cli.{name}").register(app)
    return app


def main() -> None:
    """Run the command line. Coded errors are printed without a traceback, unless RADIX_DEBUG is set."""
    from radix_assets.cli.credentials_input import ask_at_terminal
    from radix_resources.home import Home
    from radix_resources.metadata.db_errors import coded

    gc.set_threshold(
        100_000, 20, 50
    )  # a command creates many objects that live on; collecting them took a tenth of its time
    if not os.environ.get("RADIX_DEBUG"):
        warnings.simplefilter("ignore")
    register_commands()
    ask_at_terminal()
    try:
        with coded():
            if sys.argv[1:2] not in (["read"], ["profile"], ["suggest"]):  # they need no state directory
                Home.from_environment().prepare()
            app()
    except RadixError as error:
        typer.secho(str(scrub(error)), err=True, fg=typer.colors.RED)
        raise SystemExit(PERSON if isinstance(error, CredentialError) else FAILED) from None
