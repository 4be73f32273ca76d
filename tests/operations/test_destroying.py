"""`radix destroy` asks before it removes data, and removes everything of the project."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
import typer
import yaml
from toy import Toy
from typer.testing import CliRunner

from radix_assets.cli import destroy as destroy_command
from radix_assets.cli import errors, log
from radix_assets.operations.destroy import destroy, inventory
from radix_assets.operations.verify import verify
from radix_assets.orchestration.run_tags import PROJECT_TAG
from radix_assets.orchestration.sensors import requests
from radix_resources.errors import ConfigError
from radix_resources.home import Home


@pytest.fixture
def toy(home: Home, instance: dg.DagsterInstance) -> Toy:
    made = Toy(home)
    made.materialize(instance)
    return made


def radix(*arguments: str) -> int:
    app = typer.Typer()
    destroy_command.register(app)
    return CliRunner().invoke(app, list(arguments)).exit_code


def records(toy: Toy) -> list[Path]:
    return list((toy.home.store / "commits").rglob("*.json"))


def test_without_confirmation_nothing_is_removed(toy: Toy):
    assert radix("toy") == 2
    assert records(toy)
    assert radix("toy", "--yes-delete-data") == 0
    assert records(toy) == []
    assert inventory(toy.project, toy.home) == {}
    assert radix("toy", "--yes-delete-data") == 0


def test_a_flag_does_not_suffice_if_the_project_requires_a_person(toy: Toy):
    path = toy.project.folder / "project.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"policy": {"delete": "human"}}))
    assert radix("toy", "--yes-delete-data") == 2
    assert records(toy)


def test_the_sensors_leave_a_destroyed_project_alone(toy: Toy, instance: dg.DagsterInstance):
    assert radix("toy", "--yes-delete-data") == 0
    assert list(requests(instance, toy.home, {"raw"}, {}, toy.stages)) == []


def test_a_running_project_is_not_destroyed(toy: Toy, instance: dg.DagsterInstance):
    instance.create_run_for_job(_nothing, status=dg.DagsterRunStatus.STARTED, tags={PROJECT_TAG: "toy"})
    with pytest.raises(ConfigError, match="RDX-CFG-016"):
        destroy(toy.project, toy.home, instance, by="ada")
    assert records(toy)


@dg.job
def _nothing() -> None:
    """Do nothing, as a run in progress."""


def test_killed_or_damaged_work_leaves_no_data_behind(toy: Toy, instance: dg.DagsterInstance):
    with toy.tools.storage.attempt("toy/raw/a") as attempt:
        shutil.copytree(attempt.path, attempt.path.with_name("killed"))
        (attempt.path.with_name("killed") / "rows.txt").write_text("private")
    destroy(toy.project, toy.home, instance, by="ada")
    assert [path for path in toy.home.store.rglob("*") if path.is_file()] == []


def test_a_project_rebuilt_after_it_was_destroyed_matches_the_log(toy: Toy, instance: dg.DagsterInstance):
    toy.source["a"] = "3"
    toy.materialize(instance)  # a second version
    destroy(toy.project, toy.home, instance, by="ada")
    toy.materialize(instance)
    assert verify(instance, toy.home, [toy.project], toy.stages, everything=True) == []


def test_a_project_with_a_missing_folder_is_destroyed_and_the_log_records_it(toy: Toy):
    shutil.rmtree(toy.project.folder)
    assert radix("toy", "--yes-delete-data") == 0
    assert records(toy) == []
    assert radix("toy", "--yes-delete-data") == 0, "there is nothing to remove"
    assert radix("never", "--yes-delete-data") != 0
    app = typer.Typer()
    for module in (log, errors):
        module.register(app)
    result = CliRunner().invoke(app, ["log", "toy"])
    assert result.exit_code == 0
    assert "release" in result.output
    assert CliRunner().invoke(app, ["log", "toy", "--limit", "0"]).exit_code == 2
