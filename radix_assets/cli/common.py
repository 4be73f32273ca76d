"""Helpers shared by the commands: exit codes, options, the installation, output."""

import difflib
import getpass
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from radix_assets.project.load import load_project
from radix_assets.project.settings import PROJECT_FILE, Project
from radix_resources.credentials.redaction import scrub
from radix_resources.errors import ConfigError, RadixError
from radix_resources.home import Home

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import dagster as dg

    from radix_assets.pipeline.stage import Tools
    from radix_resources.metadata.base import Tables

OK, FAILED, PERSON = 0, 1, 2
"""Exit codes."""

Name = Annotated[str, typer.Argument(help="Project name.")]
AnyName = Annotated[str | None, typer.Argument(help="Project name; all projects if omitted.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on the last line, for scripts.")]
By = Annotated[str | None, typer.Option(help="Your name in the log (default: login).")]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

MARKS = {
    "made": "[green]✓[/]",
    "fresh": "[dim]·[/]",
    "failed": "[red]✗[/]",
    "waiting": "[yellow]?[/]",
    "blocked": "[yellow]–[/]",
    "left_out": "[yellow]–[/]",
    "stale": "[cyan]○[/]",
    "start": "[cyan]…[/]",
    "sampled": "[cyan]…[/]",
}


@dataclass(frozen=True)
class Place:
    """The installation that a command acts on."""

    home: Home

    def tools(self, project: Project) -> "Tools":
        """Return the provider of a project and its backends."""
        from radix_assets.pipeline.tools import tools_of

        return tools_of(project, self.home)

    def tools_in_reach(self) -> "list[Tools]":
        """Return the tools of every provider at which a project may have something."""
        from radix_assets.pipeline.tools import tools_in_reach
        from radix_assets.project.load import load_projects

        return list(tools_in_reach(self.home, load_projects(self.home.projects)[0]).values())

    @property
    def instance(self) -> "dg.DagsterInstance":
        """The Dagster instance, whose event log holds the action log."""
        import dagster as dg

        return dg.DagsterInstance.get()

    def log(self) -> "AbstractContextManager[Tables]":
        """Open the action log for reading."""
        return self.home.metadata.tables()

    def project(self, name: str, *, create: str = "") -> Project:
        """Load a project by name. Raise ConfigError RDX-CFG-005, with the nearest name, if there is none.

        `create` is the hint if no name is near, where creating a project is likely the next step.
        """
        path = self.home.projects / name / PROJECT_FILE
        if not path.exists():
            names = sorted(file.parent.name for file in self.home.projects.glob(f"*/{PROJECT_FILE}"))
            near = difflib.get_close_matches(name, names, n=1)
            raise ConfigError(
                "RDX-CFG-005",
                f"there is no project {name!r}",
                expected=", ".join(names) or "an existing project (none exists yet)",
                hint=f"did you mean {near[0]}?" if near else create or "radix status lists the projects",
                folder=self.home.projects,
            )
        return load_project(path)


def demand_known(here: Place, name: str) -> None:
    """Raise ConfigError RDX-CFG-005 if neither a project nor the log has that name."""
    from radix_resources.action_log.reading import Filter, entries

    try:
        here.project(name)
    except ConfigError as error:
        if error.code != "RDX-CFG-005":
            return  # the project exists, but its file is broken; its log can still be read
        with here.log() as log:
            if next(iter(entries(log, Filter(project=name))), None) is None:
                raise


def place() -> Place:
    """Return the installation that the environment names."""
    return Place(Home.from_environment())


def say_json(content: Any) -> None:
    """Print one line of JSON."""
    typer.echo(json.dumps(content, ensure_ascii=False, default=str))


def error_as_json(error: RadixError) -> dict[str, str]:
    """Return an error as commands with --json print it, without secrets."""
    error = scrub(error)
    return {"code": error.code, "message": str(error), "hint": error.hint or ""}


def relative(path: Path) -> str:
    """Return a path relative to the working directory if it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def login() -> str:
    """Return the login name of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown user"
