"""After downtime, a bounded number of runs catches up."""

import contextlib
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.run_tags import PROJECT_TAG
from radix_assets.orchestration.sensors import build_sensors
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.project.settings import Project
from radix_assets.stages import STAGES
from radix_resources.home import Home

ROWS = 5


@pytest.fixture
def dropped(home: Home) -> Project:
    """Return a project whose one table is all files of a folder, which contains one file so far."""
    path = home.projects / "shop" / "project.yaml"
    drop(path.parent / "orders", 0)
    path.write_text(yaml.safe_dump({"name": "shop", "sources": [{"table": "orders", "path": "orders/*.csv"}]}))
    return load_project(path)


def drop(folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{number * ROWS + row},{row / 2}" for row in range(ROWS)]
    file = folder / f"{number:04d}.csv"
    file.write_text("\n".join(["id,total", *rows]) + "\n")
    settle(file)


def settle(file: Path) -> None:
    """Make the files old enough to count as complete."""
    os.utime(file, (time.time() - 60,) * 2)


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> tuple[list[dg.RunRequest], str | None]:
    """Return what the sensor of new data requests, and its next cursor."""
    (sensor,) = (sensor for sensor in build_sensors() if sensor.name == "source_data")
    found = sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
    return list(found.run_requests or []), found.cursor


def raw_of(requests: list[dg.RunRequest]) -> list[dg.AssetKey]:
    """Return the raw tables of the requests."""
    return [key for request in requests for key in request.asset_selection or [] if key.path[1] == "raw"]


def carry_out(project: Project, request: dg.RunRequest, home: Home, instance: dg.DagsterInstance) -> None:
    """Materialize the raw tables of the requests."""
    definitions = dg.Definitions(
        assets=build_assets(project, STAGES, tools(home)),
        resources=tools(home).backends,
        executor=dg.in_process_executor,
    )
    raw = raw_of([request])
    console = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    job = definitions.resolve_implicit_global_asset_job_def()
    assert job.execute_in_process(instance=instance, asset_selection=raw, run_config=console).success


@pytest.mark.parametrize("files", [100, pytest.param(1000, marks=pytest.mark.extended)])
def test_many_new_files_are_one_run_and_all_are_read(
    files: int, dropped: Project, home: Home, instance: dg.DagsterInstance
):
    storage = tools(home).storage
    (first,), cursor = tick(instance)
    carry_out(dropped, first, home, instance)
    for number in range(1, files + 1):
        drop(dropped.folder / "orders", number)
    requests, cursor = tick(instance, cursor)
    assert len(requests) == 1
    carry_out(dropped, requests[0], home, instance)
    read = storage.latest("shop/raw/orders")
    assert read is not None
    assert (read.sequence, read.rows) == (2, (files + 1) * ROWS)
    again, _ = tick(instance, cursor)
    assert raw_of(again) == []
    assert sum(len(instance.get_records_for_run(run.run_id).records) for run in instance.get_runs()) < files, (
        "the log does not grow with the number of files"
    )


@contextlib.contextmanager
def location(instance: dg.DagsterInstance) -> Iterator[WorkspaceProcessContext]:
    """Yield the code location of Radix, as the daemon sees it."""
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="radix_assets.definitions"), location_name="radix"
    )
    with WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(origin)) as found:
        yield found


def daemon(found: WorkspaceProcessContext, now: datetime) -> None:
    """Run one turn of the Dagster scheduler and of its sensor daemon, at that time."""
    logger = logging.getLogger("test")
    with freeze_time(now):
        for error in [
            *launch_scheduled_runs(found, logger, now, {}),
            *execute_sensor_iteration(found, logger, None, None),
        ]:
            assert error is None or not hasattr(error, "message"), error


def test_a_file_that_is_being_copied_waits_until_its_writer_has_finished(
    dropped: Project, home: Home, instance: dg.DagsterInstance
):
    file = dropped.folder / "orders" / "0000.csv"
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    assert tick(instance)[0] == [], "not even for the first time"
    file.write_text(whole)
    settle(file)
    (first,), cursor = tick(instance)
    carry_out(dropped, first, home, instance)
    (dropped.folder / "orders" / "0001.csv").write_text("id,total\n7,")
    requests, cursor = tick(instance, cursor)
    assert raw_of(requests) == []
    drop(dropped.folder / "orders", 1)
    requests, _ = tick(instance, cursor)
    assert raw_of(requests) == [dg.AssetKey(["shop", "raw", "orders"])]


@pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning")
def test_after_a_day_without_the_daemon_one_run_per_project_catches_up(home: Home, instance: dg.DagsterInstance):
    for name, more in (("hourly", {"schedule": "0 * * * *"}), ("watched", {})):
        folder = home.projects / name
        drop(folder / "orders", 0)
        settings = {"name": name, "sources": [{"table": "orders", "path": "orders/*.csv"}], **more}
        (folder / "project.yaml").write_text(yaml.safe_dump(settings))
    start = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    with location(instance) as found:
        daemon(found, start)
        assert asked(instance) == {("hourly", "sensor"): 1, ("watched", "sensor"): 1}
        for run in instance.get_runs():
            instance.report_run_canceled(run)
        for name in ("hourly", "watched"):
            for number in range(1, 50):
                drop(home.projects / name / "orders", number)
        daemon(found, start + timedelta(hours=24))
        caught_up = {("hourly", "schedule"): 1, ("watched", "sensor"): 1}
        assert asked(instance) == caught_up
        daemon(found, start + timedelta(hours=25))
        assert asked(instance) == caught_up, "queued runs are not requested again"


def asked(instance: dg.DagsterInstance) -> Counter[tuple[str, str]]:
    """Return the number of queued runs by project and by what requested them."""
    waiting = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
    return Counter(
        (run.tags[PROJECT_TAG], "schedule" if "dagster/schedule_name" in run.tags else "sensor") for run in waiting
    )
