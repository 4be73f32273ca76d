"""What the commands share."""

import contextlib
import difflib
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from radix_assets.project.settings import PROJECT_FILE, Project, load_project
from radix_resources.errors import ConfigError
from radix_resources.home import Home

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import dagster as dg

    from radix_assets.pipeline.stage import Tools
    from radix_resources.metadata.base import Tables

OK, FAILED, PERSON, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

MARKS = {
    "made": "[green]✓[/]",
    "fresh": "[dim]·[/]",
    "failed": "[red]✗[/]",
    "waiting": "[yellow]?[/]",
    "blocked": "[yellow]–[/]",
    "stale": "[cyan]○[/]",
    "start": "[cyan]…[/]",
}


@dataclass(frozen=True)
class Place:
    """The installation that a command works on."""

    home: Home

    def tools(self, project: Project) -> "Tools":
        """Return the provider of a project and its backends."""
        from radix_assets.pipeline.tools import tools_of

        return tools_of(project, self.home)

    def tools_in_reach(self) -> "list[Tools]":
        """Return the tools of every provider at which a project may have something."""
        from radix_assets.pipeline.tools import tools_in_reach
        from radix_assets.project.settings import load_projects

        return list(tools_in_reach(self.home, load_projects(self.home.projects)[0]).values())

    @property
    def instance(self) -> "dg.DagsterInstance":
        """Its Dagster instance, into which the action log is written."""
        import dagster as dg

        return dg.DagsterInstance.get()

    def log(self) -> "AbstractContextManager[Tables]":
        """The action log, to be read inside the context."""
        return self.home.metadata.tables()

    def project(self, name: str) -> Project:
        """A project by name. Raises ConfigError RDX-CFG-005 with the nearest name where there is none."""
        path = self.home.projects / name / PROJECT_FILE
        if not path.exists():
            known = sorted(found.parent.name for found in self.home.projects.glob(f"*/{PROJECT_FILE}"))
            near = difflib.get_close_matches(name, known, n=1)
            raise ConfigError(
                "RDX-CFG-005",
                f"there is no project {name!r}",
                expected=", ".join(known) or "a project; there is none yet",
                hint=f"did you mean {near[0]}?" if near else f"radix new {name} SOURCE…",
                folder=self.home.projects,
            )
        return load_project(path)


def demand_known(here: Place, name: str) -> None:
    """Raises ConfigError RDX-CFG-005 where neither a project nor the log has that name."""
    from radix_resources.action_log.reading import Filter, entries

    try:
        here.project(name)
    except ConfigError as error:
        if error.code != "RDX-CFG-005":
            return  # it is there, and its file is broken; the log can be read all the same
        with here.log() as log:
            if next(iter(entries(log, Filter(project=name))), None) is None:
                raise


def place() -> Place:
    """From the environment."""
    return Place(Home.from_environment())


def say_json(content: Any) -> None:
    """One line, for scripts."""
    typer.echo(json.dumps(content, ensure_ascii=False, default=str))


def relative(path: Path) -> str:
    """A path as a person would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@contextlib.contextmanager
def interruptible(here: Place, words: str, console: Console) -> Iterator[None]:
    """Ctrl-C ends the process at once, with these words, its run marked as cancelled.

    Dagster holds an interrupt back until a step gives way, and libraries take it for an error of their own. A process
    may be killed at any moment without harm, so nothing needs to be waited for. The signal is blocked, for child
    processes too, and one thread waits for it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def watch() -> None:
        signal.sigwait({signal.SIGINT})
        console.print(f"\n{words}", soft_wrap=True)
        cancel_own_runs(here.instance)
        os._exit(INTERRUPTED)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cancel_own_runs(instance: "dg.DagsterInstance") -> None:
    """Mark the unfinished runs of this process as cancelled, so that no other machine waits for them."""
    import dagster as dg

    from radix_resources.action_log.reconcile import PID

    unfinished = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    for run in instance.get_runs(dg.RunsFilter(tags={PID: str(os.getpid())}, statuses=unfinished)):
        instance.report_run_canceled(run)
