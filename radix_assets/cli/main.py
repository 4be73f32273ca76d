"""`radix`: the same things as in the UI, for the terminal and for scripts.

Exit codes: 0 done, 1 failed, 2 a person is needed.
"""

import os
import sys
import warnings

import typer

from radix_resources.errors import RadixError

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The command's entry point: coded errors in plain words, no traceback unless RADIX_DEBUG is set."""
    from radix_assets.cli import data, history, look, projects, serve, suggest
    from radix_resources.home import Home

    if not os.environ.get("RADIX_DEBUG"):
        warnings.simplefilter("ignore")
    if sys.argv[1:2] != ["suggest"]:  # it leaves nothing behind, not even an empty state directory
        Home.from_environment().prepare()
    for module in (projects, data, look, history, serve, suggest):
        module.register(app)
    try:
        app()
    except RadixError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None
