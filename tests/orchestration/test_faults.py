"""Real faults of the system: full disks, a locked database, two writers, a file edited meanwhile."""

import contextlib
import os
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from toy import Toy

from radix_assets.budget.hold import asset_statuses
from radix_assets.operations.verify import verify
from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.local_run import run
from radix_assets.orchestration.run_tags import LAUNCHED_WITH, PROJECT_TAG, STARTED_WITH
from radix_assets.orchestration.sensors import requests
from radix_assets.pipeline.stage import Work
from radix_assets.project.load import load_project
from radix_resources.action_log.reconcile import tags_of_process
from radix_resources.errors import MetadataError
from radix_resources.home import Home

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def small_disk(path: Path, size: str) -> Iterator[Path]:
    """Mount a file system of that size."""
    path.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system needs root and the right to mount")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def filled(path: Path) -> Path:
    """Write a file that takes all the space that is left."""
    filler = path / "filler"
    with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(65536))
    with filler.open("ab", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(512))
    return filler


def go(toy: Toy, instance: dg.DagsterInstance) -> str:
    return run(toy.project, toy.tools, instance, lambda *_: None, toy.stages).state


def test_a_full_data_disk_keeps_existing_data_and_is_reported(home: Home, instance: dg.DagsterInstance):
    toy = Toy(home)
    with small_disk(home.store, "6m") as disk:
        assert go(toy, instance) == "done"
        toy.source["a"] = "a value that is longer than before " * 200
        filler = filled(disk)
        assert go(toy, instance) == "failed"
        states = {one.step.name: one for one in asset_statuses(toy.project, toy.stages, toy.tools)}
        assert toy.read("raw/a") == "1"
        assert toy.read("end") == "1+2!"
        error = states["raw/a"].error
        assert error is None or error["code"] == "RDX-STO-004"
        filler.unlink()
        assert go(toy, instance) == "done"
        assert str(toy.read("end")).startswith("a value")
        assert verify(instance, toy.home, [toy.project], toy.stages, everything=True) == []


def test_a_full_log_disk_is_reported_and_the_next_run_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with small_disk(tmp_path / "home", "8m") as disk:
        for name in ("RADIX_HOME", "DAGSTER_HOME"):
            monkeypatch.setenv(name, str(disk))
        monkeypatch.setenv("RADIX_PROJECTS", str(tmp_path / "projects"))
        home = Home.from_environment()
        home.prepare()
        toy = Toy(home)
        with dg.DagsterInstance.get() as instance:
            assert go(toy, instance) == "done"
            filler = filled(disk)
            toy.source["a"] = "7"
            with pytest.raises(Exception, match=r"(?i)full|disk|space"):
                go(toy, instance)
            filler.unlink()
        with dg.DagsterInstance.get() as instance:
            assert go(toy, instance) == "done"
            assert toy.read("end") == "7+2!"
            left = verify(instance, toy.home, [toy.project], toy.stages, everything=True)
            assert [one for one in left if not one.fixed] == []


def test_a_briefly_locked_database_is_waited_for(home: Home, instance: dg.DagsterInstance):
    toy = Toy(home)
    assert go(toy, instance) == "done"
    holder = sqlite3.connect(home.state / "history" / "runs" / "index.db", check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    released = threading.Event()

    def release() -> None:
        released.set()
        holder.rollback()
        holder.close()

    timer = threading.Timer(3, release)
    timer.start()
    toy.source["a"] = "7"
    assert go(toy, instance) == "done"
    assert released.is_set()
    timer.join()
    assert toy.read("end") == "7+2!"


@pytest.mark.parametrize(
    ("held_from", "patience"),
    [("raw/a", 1), *(pytest.param(name, 30, marks=pytest.mark.extended) for name in ("before", "raw/a", "end"))],
)
def test_a_database_locked_for_longer_is_a_coded_error_and_the_next_run_succeeds(
    held_from: str, patience: int, home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite_event_log, "SQLITE_BUSY_TIMEOUT_SECONDS", patience)
    toy = Toy(home)
    assert go(toy, instance) == "done"
    with contextlib.closing(sqlite3.connect(home.state / "history" / "runs" / "index.db")) as holder:

        def hold(work: Work) -> None:
            if work.step.name == held_from:
                holder.execute("BEGIN IMMEDIATE")

        toy.source["a"], toy.during = "7", hold
        if held_from == "before":
            holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(MetadataError, match="RDX-MET-005") as caught:
            go(toy, instance)
        assert caught.value.transient
        assert "INSERT" not in str(caught.value), "no SQL statement, which contains values"
    toy.during = lambda _work: None
    assert go(toy, instance) == "done"
    assert toy.read("end") == "7+2!"
    assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
    assert Counter(toy.computed) == {"raw/a": 2, "raw/b": 1, "sum": 2, "gate": 2, "end": 2}, "the snapshot was stored"
    left = verify(instance, toy.home, [toy.project], toy.stages, everything=True)
    assert [one for one in left if not one.fixed] == []
    assert verify(instance, toy.home, [toy.project], toy.stages, everything=True) == []


def test_a_run_whose_end_could_not_be_recorded_does_not_block_its_project(home: Home, instance: dg.DagsterInstance):
    toy = Toy(home)
    with subprocess.Popen(["sleep", "60"]) as process:
        tags = {PROJECT_TAG: "toy", **tags_of_process(process.pid)}
        job = dg.Definitions(assets=build_assets(toy.project, toy.stages, toy.tools), resources=toy.tools.backends)
        run = instance.create_run_for_job(job.resolve_implicit_global_asset_job_def(), tags=tags)
        instance.report_engine_event("at work", run)
        turn = {stage.name for stage in toy.stages}
        assert list(requests(instance, home, turn, {}, toy.stages)) == []
        process.kill()
    assert len(list(requests(instance, home, turn, {}, toy.stages))) == 1


def test_a_project_edited_while_its_run_is_queued_is_built_as_edited_and_the_run_reports_both_versions(
    home: Home, instance: dg.DagsterInstance
):
    toy = Toy(home)
    path = toy.project.folder / "project.yaml"
    stages = tuple(replace(stage, settings=lambda project, _: project.description) for stage in toy.stages)
    turn = {stage.name for stage in stages}
    launched = toy.project
    (request,) = requests(instance, home, turn, {}, stages)
    assert request.tags[LAUNCHED_WITH] == launched.mark

    def carry_out() -> dg.ExecuteInProcessResult:
        """Execute the run like a worker, which loads the project again."""
        definitions = dg.Definitions(
            assets=build_assets(load_project(path), stages, toy.tools),
            resources=toy.tools.backends,
            executor=dg.in_process_executor,
        )
        return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            asset_selection=request.asset_selection,
            tags=request.tags,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )

    unedited = instance.get_run_by_id(carry_out().run_id)
    assert unedited is not None
    assert STARTED_WITH not in unedited.tags
    path.write_text(path.read_text() + "description: edited meanwhile\n# a remark\n")
    edited = load_project(path)
    done = carry_out()
    found = instance.get_run_by_id(done.run_id)
    assert found is not None
    assert (found.tags[LAUNCHED_WITH], found.tags[STARTED_WITH]) == (launched.mark, edited.mark)
    assert launched.mark != edited.mark
    messages = [record.event_log_entry.user_message for record in instance.get_records_for_run(done.run_id).records]
    assert any("was edited after this run was requested" in text for text in messages)
    assert {one.state for one in asset_statuses(edited, stages, toy.tools)} == {"fresh"}
    assert list(requests(instance, home, turn, {}, stages)) == [], "nothing is left to be computed"


def test_a_project_edited_after_its_run_began_does_not_affect_that_run(home: Home, instance: dg.DagsterInstance):
    toy = Toy(home)
    path = toy.project.folder / "project.yaml"
    stages = tuple(replace(stage, settings=lambda project, _: project.description) for stage in toy.stages)
    launched = load_project(path)
    definitions = dg.Definitions(
        assets=build_assets(launched, stages, toy.tools),
        resources=toy.tools.backends,
        executor=dg.in_process_executor,
    )
    job = definitions.resolve_implicit_global_asset_job_def()
    path.write_text(path.read_text() + "description: edited meanwhile\n")
    done = job.execute_in_process(
        instance=instance, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    )
    assert done.success
    assert {one.state for one in asset_statuses(launched, stages, toy.tools)} == {"fresh"}
    edited = load_project(path)
    assert [one.state for one in asset_statuses(edited, stages, toy.tools)] == ["stale"] * 5, (
        "it is recomputed as edited"
    )
