"""radix doctor."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

import typer
from rich.table import Table

from radix_assets.cli.common import FAILED, MARKS, OK, Json, Place, out, place, say_json
from radix_assets.common.plural import counted
from radix_assets.pipeline.credentials import needs_of
from radix_assets.pipeline.engine import cluster_of
from radix_assets.project.load import load_projects
from radix_assets.project.settings import Project
from radix_assets.sources.kinds.base import SourceContext
from radix_resources.credentials.lookup import credentials
from radix_resources.errors import RadixError

DISK_BYTES = 2 * 1024**3
MEMORY_BYTES = 4 * 1024**3
PORTS = {3000: "the Dagster UI", 3001: "reports and pages"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(as_json: Json = False) -> None:  # noqa: FBT002 typer's options
    """Check this machine and the projects, and print the command that fixes each problem.

    Example: radix doctor
    """
    findings = examine(place())
    if as_json:
        say_json([{**vars(finding), "mend": finding.fix} for finding in findings])
    else:
        table = Table("", "check", "found", "fix")
        for finding in findings:
            mark = MARKS["made"] if finding.fine else MARKS["failed"]
            table.add_row(mark, finding.check, finding.found, "" if finding.fine else finding.fix)
        out.print(table)
    raise typer.Exit(OK if all(finding.fine for finding in findings) else FAILED)


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    check: str
    fine: bool
    found: str
    fix: str = ""
    """The command or the step that fixes it."""


def examine(here: Place) -> list[Finding]:
    """Run all checks, in the order in which a user would fix them. Nothing is changed."""
    return [*_machine(here), *_libraries(), *_ports(), *_projects(here)]


def _machine(here: Place) -> Iterator[Finding]:
    import psutil

    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", (3, 11) <= sys.version_info < (3, 14), python, "install Python 3.11, 3.12 or 3.13")
    state = here.home.state
    writable = os.access(state, os.W_OK)
    yield Finding("state directory", writable, str(state), f"make it writable: chmod u+w {state}")
    private = (state.stat().st_mode & 0o077) == 0
    yield Finding("state is private", private, oct(state.stat().st_mode & 0o777), f"chmod 700 {state}")
    kind = _file_system(str(state))
    yield Finding(
        "file system",
        kind not in {"nfs", "nfs4", "cifs", "smbfs"},
        kind,
        "set RADIX_HOME to a folder on a local disk, which SQLite requires",
    )
    free = shutil.disk_usage(state).free
    yield Finding("disk", free > DISK_BYTES, f"{free / 1024**3:.1f} GiB free", "free at least 2 GiB")
    memory = psutil.virtual_memory().available
    yield Finding(
        "memory",
        memory > MEMORY_BYTES,
        f"{memory / 1024**3:.1f} GiB available",
        "close other programs: at least 4 GiB are needed",
    )


def _file_system(path: str) -> str:
    import psutil

    mounts = [part for part in psutil.disk_partitions(all=True) if path.startswith(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else "unknown"


def _libraries() -> Iterator[Finding]:
    for name, below in {"pandas": 3, "setuptools": 81}.items():
        installed = version(name)
        fine = int(installed.split(".")[0]) < below
        yield Finding(name, fine, installed, f"pip install '{name}<{below}': libraries that Radix uses need it")
    yield Finding("Dagster", True, version("dagster"))


def _ports() -> Iterator[Finding]:
    for port, purpose in PORTS.items():
        with socket.socket() as probe:
            in_use = probe.connect_ex(("127.0.0.1", port)) == 0
        state = "in use (by a running `radix up`?)" if in_use else "free"
        yield Finding(f"port {port}", True, f"{state}, for {purpose}")


def _projects(here: Place) -> Iterator[Finding]:
    projects, broken = load_projects(here.home.projects)
    for name, error in broken.items():
        yield Finding(f"project {name}", False, error.found, error.hint or "fix its project file")
    for project in projects:
        needed = sorted({name for need in needs_of(project) for name in need.names})
        missing = [name for name in needed if credentials(here.home.state).where(name) is None]
        summary = counted(len(project.tables), "table") + (f", credentials {', '.join(needed)}" if needed else "")
        fix = "; ".join(f"radix credentials set {name}" for name in missing)
        yield Finding(f"project {project.name}", not missing, summary + (" (not set)" if missing else ""), fix)
        yield from _sources(here, project)
        yield from _cluster(project, here)


def _cluster(project: Project, here: Place) -> Iterator[Finding]:
    """Check whether the project's cluster can be reached. No work is submitted to it."""
    if project.compute.spark is None or project.compute.engine == "polars":
        return
    cluster = cluster_of(project, here.home)
    try:
        cluster.ready()
    except RadixError as error:
        yield Finding(f"cluster of {project.name}", False, f"{error.code}: {error.found}", error.hint)
    else:
        yield Finding(f"cluster of {project.name}", True, f"{cluster.shown} answers")


def _sources(here: Place, project: Project) -> Iterator[Finding]:
    """Yield the sources that cannot be found, of those that can be asked at little cost."""
    context = SourceContext(project.folder, credentials(here.home.state))
    for source in project.sources:
        for table in source.list_tables() if source.version_is_cheap else []:
            try:
                source.read_version(table, context)
            except RadixError as error:
                yield Finding(f"source {project.name}/{table}", False, error.found, error.hint)
