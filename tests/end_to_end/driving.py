"""Drive Radix as a user would: the real command in a separate process, in a separate installation."""

import contextlib
import hashlib
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import forks
import pytest
import yaml

from radix_assets.pipeline.tools import tools_of
from radix_assets.project.load import load_project
from radix_resources.home import Home
from radix_resources.storage.local import PAGES

DONE, FAILED, PERSON = 0, 1, 2
KILLED = -9
PATIENCE = 1200
"""Seconds after which a test stops waiting for a command."""
FOLLOWING_RUN_ID = {"registration.json", "champion.json", "endpoint.json"}
KILLER = Path(__file__).with_name("killed.py")


@dataclass(frozen=True)
class Result:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the last line of --json, parsed."""
        return json.loads(self.out.splitlines()[-1])


@dataclass(frozen=True)
class Installation:
    """A separate RADIX_HOME and RADIX_PROJECTS."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    forks: bool = True
    """Whether a command is a fork of a process with the imports done, or a new interpreter: see forks.py."""

    @property
    def home(self) -> Home:
        return Home(self.folder / "home", self.folder / "projects")

    @property
    def data(self) -> Path:
        """Return the folder for source files."""
        path = self.folder / "data"
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of every command: a wide terminal, and no Radix settings of the test session."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RADIX_", "DAGSTER_"))}
        return {**kept, **self.home.environment(), **self.secrets, "COLUMNS": "200"}

    def radix(self, *arguments: str, expect: int | None = DONE, **environment: str) -> Result:
        """Run a command to its end; assert its exit code (None: any)."""
        return self._run(["-m", "radix_assets.cli", *arguments], expect, environment)

    def killed(self, where: str, *arguments: str) -> Result:
        """Run a command that kills itself (SIGKILL) at a given call: see killed.py."""
        return self._run([str(KILLER), *arguments], KILLED, {"KILL_AT": where})

    def stopped(self, number: signal.Signals, where: str, *arguments: str) -> Result:
        """Run a command that gets a signal at a given call; assert the exit code that a shell expects."""
        return self._run([str(KILLER), *arguments], 128 + number, {"KILL_AT": where, "KILL_SIGNAL": number.name})

    def _run(self, command: list[str], expect: int | None, environment: dict[str, str]) -> Result:
        run = forks.run if self.forks else forks.run_python
        done = run(command, env={**self.environment, **environment}, cwd=self.folder, timeout=PATIENCE)
        assert expect is None or done.returncode == expect, (
            f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def new(self, name: str, *arguments: str, trials: int = 2) -> Result:
        """Create a project with a small search."""
        result = self.radix("new", name, *arguments)
        self.rewrite(name, search={"trials": trials})
        return result

    def rewrite(self, name: str, **settings: Any) -> None:
        """Change settings in the project file, as a user would."""
        path = self.project_file(name)
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump({**content, **settings}, allow_unicode=True), encoding="utf-8")

    def project_file(self, name: str) -> Path:
        return self.home.projects / name / "project.yaml"

    def tags_file(self, name: str) -> Path:
        return self.home.projects / name / "tags.yaml"

    @contextlib.contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """Open the Dagster instance; its settings refer to the environment."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.home.environment().items():
                patch.setenv(name, value)
            with dg.DagsterInstance.get() as instance:
                yield instance

    def runs(self) -> int:
        with self.instance() as instance:
            return instance.get_runs_count()

    def content(self, project: str) -> dict[str, dict[str, str]]:
        """Return the hash of each data file of every visible asset, by its key without the project.

        Files that depend on the tracking server's random run id are left out.
        """
        storage = tools_of(load_project(self.project_file(project)), self.home).storage
        names = [name.partition("/")[2] for name in storage.assets() if name.startswith(f"{project}/")]
        found = {name: storage.latest(f"{project}/{name}") for name in sorted(names)}
        return {
            name: {
                file: sha
                for file, sha in commit.files.items()
                if Path(file).suffix not in PAGES and file not in FOLLOWING_RUN_ID
            }
            for name, commit in found.items()
            if commit
        }

    def verify(self) -> int:
        """Assert that each committed snapshot has exactly the files of its record; return the number of snapshots."""
        records = sorted((self.home.store / "commits").rglob("*.json"))
        for record in records:
            commit = json.loads(record.read_text())
            directory = self.home.store / commit["directory"]
            found = {
                str(file.relative_to(directory)): hashlib.sha256(file.read_bytes()).hexdigest()
                for file in directory.rglob("*")
                if file.is_file() and file.name != ".snapshot"
            }
            assert found == commit["files"], f"{record} does not match {directory}"
        return len(records)

    def close(self) -> None:
        """Stop its endpoints."""
        if self.home.endpoints.is_dir():
            self.radix("down")


def states(summary: dict[str, Any]) -> dict[str, str]:
    """Return the state of each asset of `radix run --json`, by its key without the project."""
    return {asset["key"].partition("/")[2]: asset["state"] for asset in summary["assets"]}


def errors(summary: dict[str, Any]) -> dict[str, str]:
    """Return the error code of each asset that failed or is left out, by its key without the project."""
    return {
        asset["key"].partition("/")[2]: asset["error"]["code"]
        for asset in summary["assets"]
        if asset["state"] in {"failed", "left_out"} and isinstance(asset["error"], dict)
    }
