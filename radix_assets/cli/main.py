"""`radix`: the same things as in the UI, for the terminal and for scripts.

Exit codes: 0 done, 1 failed, 2 a person is needed.
"""

import gc
import os
import sys
import warnings

import typer

from radix_assets.cli.common import FAILED, PERSON
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import CredentialError, RadixError

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register_commands() -> typer.Typer:
    """Add every command to `app`, once for each process, and return it."""
    from radix_assets.cli import credentials, data, destroying, history, look, machines, plans, projects, serve, suggest

    if not app.registered_commands:
        for module in (projects, plans, destroying, credentials, data, look, history, serve, machines, suggest):
            module.register(app)
    return app


def main() -> None:
    """The command's entry point: coded errors in plain words, no traceback unless RADIX_DEBUG is set."""
    from radix_assets.cli import credentials
    from radix_resources.home import Home
    from radix_resources.metadata.db_errors import coded

    gc.set_threshold(
        100_000, 20, 50
    )  # a command makes many objects that stay; looking through them costs a tenth of it
    if not os.environ.get("RADIX_DEBUG"):
        warnings.simplefilter("ignore")
    register_commands()
    credentials.ask_at_terminal()
    try:
        with coded():
            if sys.argv[1:2] != ["suggest"]:  # it leaves nothing behind, not even an empty state directory
                Home.from_environment().prepare()
            app()
    except RadixError as error:
        typer.secho(str(scrub(error)), err=True, fg=typer.colors.RED)
        raise SystemExit(PERSON if isinstance(error, CredentialError) else FAILED) from None
