"""Consistency of the stored files with the commit records and the log, and cleanup after a crash."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from toy import Toy

from radix_assets.budget.hold import asset_statuses
from radix_assets.budget.plan import make_plan
from radix_assets.operations.reconcile import reconcile
from radix_assets.operations.verify import Difference, verify
from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.status import unbudgeted_statuses
from radix_resources.action_log.log import logged_action, process_name, record
from radix_resources.action_log.reading import Filter, entries, open_intents, read
from radix_resources.action_log.reconcile import PID, STARTED, process_tags
from radix_resources.action_log.schema import Action
from radix_resources.home import Home
from radix_resources.processes import started_at


@pytest.fixture
def toy(home: Home) -> Toy:
    return Toy(home)


def check(toy: Toy, instance: dg.DagsterInstance, *, everything: bool = True) -> list[Difference]:
    return verify(instance, toy.home, [toy.project], toy.stages, everything=everything)


def tidy(toy: Toy, instance: dg.DagsterInstance) -> list[str]:
    return [f"{one.subject} {one.found}: {one.done}" for one in reconcile(instance, toy.home)]


def snapshot(toy: Toy, name: str) -> Path:
    commit = toy.tools.storage.latest(f"toy/{name}")
    assert commit
    return toy.tools.storage.path(commit)


def shown(instance: dg.DagsterInstance) -> dict[str, int]:
    found = entries(instance, Filter(project="toy"), ascending=True)
    return {one.action.subject: one.action.after["version"] for one in found if "version" in one.action.after}


def test_an_intact_store_has_no_findings(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    assert check(toy, instance) == []
    assert tidy(toy, instance) == []


def test_a_lost_database_is_rebuilt_from_the_commit_records(
    toy: Toy, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    toy.materialize(instance)
    toy.source["a"] = "7"
    toy.materialize(instance)
    tagged = [entry.action for entry in read(instance, kind="tag")]
    before = shown(instance)
    for folder in ("history", "schedules"):
        shutil.rmtree(toy.home.state / folder)
    with dg.DagsterInstance.get() as restored:
        found = tidy(toy, restored)
        assert sum("was not in the log" in one for one in found) == len(before) + sum(v - 1 for v in before.values())
        assert shown(restored) == before
        key = dg.AssetKey(["toy", "raw", "a"])
        newest = restored.get_latest_materialization_event(key)
        assert newest
        assert newest.asset_materialization
        assert newest.asset_materialization.metadata["radix/version"].value == 2
        assert {flaw.fixed for flaw in check(toy, restored)} == {True}, "the tags are restored too"
        assert [entry.action for entry in read(restored, kind="tag")] == tagged
        assert check(toy, restored) == []


def test_pruned_events_are_restored_and_the_newest_stays_the_newest(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance, "toy/raw/a")
    toy.source["a"] = "7"
    toy.materialize(instance, "toy/raw/a")
    with sqlite3.connect(toy.home.state / "history" / "runs" / "index.db") as database:
        database.execute(
            "delete from event_logs where id = (select min(id) from event_logs "
            "where dagster_event_type = 'ASSET_MATERIALIZATION' and asset_key like '%toy%')"
        )
    database.close()
    (finding,) = check(toy, instance)
    assert (finding.found, finding.fixed) == ("version 1 was not in the log", True)
    assert shown(instance) == {"toy/raw/a": 2}
    assert check(toy, instance) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("missing", "is missing"),
        ("file missing", "data.json is missing"),
        ("more", "other.json is not part of it"),
        ("longer", "bytes and should have"),
        ("flipped", "the content of data.json is not what was written"),
    ],
)
def test_each_damage_to_a_snapshot_is_named_with_its_fix(
    toy: Toy, instance: dg.DagsterInstance, damage: str, message: str
):
    toy.materialize(instance)
    path = snapshot(toy, "sum")
    file = path / "data.json"
    if damage == "missing":
        shutil.rmtree(path)
    elif damage == "file missing":
        file.unlink()
    elif damage == "more":
        (path / "other.json").touch()
    elif damage == "longer":
        file.write_text(file.read_text() + " ")
    else:
        file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    (finding,) = check(toy, instance)
    assert finding.subject == "toy/sum"
    assert message in finding.found
    assert "radix run toy --again sum" in finding.fix
    assert not finding.fixed
    report = run(toy.project, toy.tools, instance, lambda *_: None, toy.stages, again=["sum"])
    assert (report.state, set(report.made)) == ("done", {"toy/sum"})
    assert check(toy, instance) == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_truncated_parquet_file_is_reported_before_its_content_is_read(
    toy: Toy, instance: dg.DagsterInstance, share: float
):
    toy.during = lambda work: pl.DataFrame({"x": range(5000)}).write_parquet(work.out / "data.parquet")
    toy.materialize(instance, "toy/raw/a")
    file = snapshot(toy, "raw/a") / "data.parquet"
    content = file.read_bytes()
    kept = content[: int(len(content) * share)]
    file.write_bytes(kept)
    (finding,) = check(toy, instance, everything=False)
    assert "bytes and should have" in finding.found
    file.write_bytes(kept + bytes(len(content) - len(kept)))
    (finding,) = check(toy, instance, everything=False)
    assert finding.found == "version 1: data.parquet is not a complete Parquet file"


def test_an_unreadable_commit_record_is_reported_and_the_rest_is_checked(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    (toy.home.store / "commits" / "toy" / "sum" / "00000001.json").write_text('{"asset": ')
    (finding,) = check(toy, instance)
    assert finding.found == "the commit record 00000001.json of sum cannot be read"


def test_a_killed_run_is_reported_with_the_asset_it_was_computing(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance, "toy/raw/a")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        tags = {**process_tags(), PID: str(process.pid), STARTED: started_at(process.pid) or ""}
        process.kill()
    job = dg.define_asset_job("job").resolve(asset_graph=dg.Definitions([raw]).resolve_asset_graph())
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=tags)
    instance.report_engine_event("step", run, step_key="toy__raw__a")
    (finding,) = check(toy, instance)
    assert (finding.subject, finding.fix) == (f"run {run.run_id[:8]}", "radix reconcile")
    found = tidy(toy, instance)
    assert len(found) == 1
    assert "marked as failed" in found[0]
    assert check(toy, instance) == []
    assert tidy(toy, instance) == []


@dg.asset(key=["toy", "raw", "a"])
def raw() -> None: ...


def dead() -> str:
    host, boot, _, started = process_name().split(" ")
    return f"{host} {boot} 999999999 {started}"


def test_an_intent_interrupted_by_a_kill_is_looked_up_and_closed(toy: Toy, instance: dg.DagsterInstance, home: Home):
    toy.materialize(instance)
    commit = toy.tools.storage.latest("toy/gate")
    assert commit
    common = {"project": "toy", "actor": "ada", "phase": "intent", "process": dead()}
    actions = [
        Action(kind="tag", subject="toy/gate", input_hash=commit.fingerprint, **common),
        Action(kind="promote", subject="toy/gate", input_hash="never published", **common),
        Action(kind="approve", subject="toy/end", input_hash="no such model", **common),
        Action(kind="collect", subject="toy/sum", before={"version": 9}, **common),
        Action(kind="provision", subject="toy/endpoint", **common),
        Action(kind="provision", subject="infra/aws/bucket", **common),
        Action(kind="promote", subject="toy/gate", **{**common, "process": process_name()}),
    ]
    for action in actions:
        record(instance, home, action)
    tidy(toy, instance)
    outcomes = {entry.action.id: entry.action.outcome for entry in read(instance) if entry.action.phase == "outcome"}
    assert [outcomes.get(action.id) for action in actions] == [
        "ok", "failed", "failed", "ok", "unknown", "unknown", None,
    ]  # fmt: skip
    (left,) = open_intents(read(instance))
    assert left.action.id == actions[-1].id, "its process is alive"
    assert tidy(toy, instance) == []


def test_an_intent_of_another_machine_is_closed_once_it_can_no_longer_be_in_progress(
    toy: Toy, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, home: Home
):
    boot = process_name().split(" ")[1]
    begun = {"yesterday": (-86500, f"elsewhere {boot} 1 1"), "now": (0, f"elsewhere {boot} 1 1"),
             "restarted": (0, "elsewhere another-boot 1 1")}  # fmt: skip
    clock = time.time
    for name, (skew, process) in begun.items():
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda skew=skew: clock() + skew)
            intent = Action(kind="release", subject="toy/end", project="toy", actor="ada", phase="intent")
            record(instance, home, intent.model_copy(update={"process": process, "id": name}))
    tidy(toy, instance)
    closed = {entry.action.id: entry.action.outcome for entry in read(instance) if entry.action.phase == "outcome"}
    assert closed == {"yesterday": "unknown", "restarted": "unknown"}
    assert [entry.action.id for entry in open_intents(read(instance))] == ["now"]


def test_work_in_progress_in_this_process_is_left_alone(toy: Toy, instance: dg.DagsterInstance, home: Home):
    with logged_action(instance, home, Action(kind="promote", subject="toy/end", project="toy", actor="ada")):
        assert tidy(toy, instance) == []


def test_unreferenced_snapshots_are_removed_after_their_retention(
    toy: Toy, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    toy.materialize(instance)
    orphan = toy.home.store / "snapshots" / "toy" / "sum" / "orphan"
    orphan.mkdir()
    (orphan / ".snapshot").touch()
    (logs,) = toy.home.state.glob("*-*-*-*-*/compute_logs")
    month = 31 * 86400
    for path in (orphan, logs, *logs.rglob("*")):
        os.utime(path, (path.stat().st_atime - month, path.stat().st_mtime - month))
    monkeypatch.setenv("RADIX_RETENTION_DAYS", "32")
    assert reconcile(instance, Home.from_environment()) == []
    monkeypatch.setenv("RADIX_RETENTION_DAYS", "a month")
    assert Home.from_environment() == toy.home
    assert [one.partition(" ")[2].rpartition(": ")[2] for one in tidy(toy, instance)] == ["removed", "removed"]
    assert not orphan.exists()
    assert not logs.exists()
    assert [entry.action.kind for entry in read(instance, kind="collect")] == ["collect"]
    assert check(toy, instance) == []


def test_a_missing_snapshot_is_rebuilt_by_the_next_run_and_hides_nothing(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    shutil.rmtree(snapshot(toy, "raw/a"))
    states = {one.step.name: one.state for one in asset_statuses(toy.project, toy.stages, toy.tools)}
    assert states == {"raw/a": "stale", "raw/b": "fresh", "sum": "stale", "gate": "stale", "end": "stale"}
    make_plan(toy.project, unbudgeted_statuses(toy.project, toy.stages, toy.tools), toy.tools)
    report = run(toy.project, toy.tools, instance, lambda *_: None, toy.stages)
    assert report.state == "done"
    assert "toy/raw/a" in report.made
    assert check(toy, instance) == []


def test_a_rebuilt_asset_does_not_read_its_own_damaged_output(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance, "toy/raw/a")
    seen: list[bool] = []
    toy.during = lambda work: seen.append(work.previous is not None)
    run(toy.project, toy.tools, instance, lambda *_: None, toy.stages[:1], again=["toy/raw/a"])
    (snapshot(toy, "raw/a") / "data.json").write_text("x")
    run(toy.project, toy.tools, instance, lambda *_: None, toy.stages[:1], again=["raw/a"])
    assert seen[0], "intact output may be continued"
    assert not seen[-1]
