import os
import signal
import subprocess
import sys

import dagster as dg
import pytest

from radix_resources.action_log.fence import RunFence
from radix_resources.action_log.reconcile import BOOT, HOST, PID, STARTED, process_tags, reconcile_runs
from radix_resources.processes import boot_id, started_at

Status = dg.DagsterRunStatus


@pytest.fixture
def instance():
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def other_process():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def run(instance, status=Status.STARTED, **tags):
    job = dg.define_asset_job("job").resolve(asset_graph=dg.Definitions([orders]).resolve_asset_graph())
    return instance.create_run_for_job(job, status=status, tags=tags).run_id


@dg.asset(key=["shop", "raw", "orders"])
def orders():
    return dg.MaterializeResult(metadata={"rows": 3, "preview": dg.MetadataValue.md("|a|")})


@dg.asset(key=["shop", "model"], deps=[orders])
def model():
    raise dg.Failure("RDX-MOD-001: too few rows", metadata={"code": "RDX-MOD-001"})


@pytest.mark.parametrize(
    ("status", "holds"),
    [(Status.STARTED, True), (Status.STARTING, True), (Status.FAILURE, False), (Status.CANCELED, False),
     (Status.SUCCESS, False)],
)  # fmt: skip
def test_a_fence_is_valid_until_its_run_ends(instance, status, holds):
    assert RunFence(instance, run(instance, status)).holds() is holds


def test_a_fence_is_lost_when_the_run_is_reported_failed_and_never_valid_without_a_run(instance):
    run_id = run(instance)
    fence = RunFence(instance, run_id)
    assert fence.holds()
    instance.report_run_failed(instance.get_run_by_id(run_id))
    assert not fence.holds()
    assert not RunFence(instance, "00000000-0000-0000-0000-000000000000").holds()


def test_only_runs_with_a_dead_process_are_reported(instance, other_process):
    pid = str(other_process.pid)
    tags = {**process_tags(), PID: pid, STARTED: started_at(other_process.pid)}
    mine, theirs = run(instance, **process_tags()), run(instance, **tags)
    finished = run(instance, Status.SUCCESS, **{**tags, PID: "999999999"})
    assert reconcile_runs(instance) == []
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert reconcile_runs(instance) == [theirs]
    assert instance.get_run_by_id(theirs).status == Status.FAILURE
    assert instance.get_run_by_id(mine).status == Status.STARTED
    assert instance.get_run_by_id(finished).status == Status.SUCCESS
    assert reconcile_runs(instance) == [], "once is enough"
    messages = [entry.event_log_entry.message for entry in instance.get_records_for_run(theirs).records]
    assert any("killed" in message and "run the project again" in message for message in messages)


def test_a_recycled_pid_and_an_earlier_boot_are_dead(instance):
    recycled = run(instance, **{**process_tags(), STARTED: "1"})
    rebooted = run(instance, **{**process_tags(), BOOT: "an earlier one"})
    assert set(reconcile_runs(instance)) == {recycled, rebooted}


def test_a_run_of_another_machine_or_container_is_left_alone(instance):
    run(instance, **{**process_tags(), HOST: "elsewhere", PID: "999999999"})
    assert reconcile_runs(instance) == []


def test_a_run_without_a_known_process_is_left_alone(instance):
    run(instance)
    assert reconcile_runs(instance) == []


@pytest.mark.parametrize("alive", [True, False])
def test_the_process_of_dagsters_own_launcher_is_known_from_the_log(instance, other_process, alive):
    if not alive:
        other_process.kill()
        other_process.wait()
    run_id = run(instance)
    message = f"Started process for run (pid: {other_process.pid})."
    instance.report_engine_event(message, instance.get_run_by_id(run_id))
    assert reconcile_runs(instance) == ([] if alive else [run_id])


def test_tags_copied_from_an_earlier_run_prove_nothing(instance):
    job = dg.define_asset_job("job").resolve(asset_graph=dg.Definitions([orders]).resolve_asset_graph())
    first = run(instance, Status.FAILURE)
    dead = {**process_tags(), PID: "999999999"}
    instance.create_run_for_job(job, status=Status.STARTED, tags=dead, parent_run_id=first, root_run_id=first)
    assert reconcile_runs(instance) == []


def test_the_tags_name_this_process():
    tags = process_tags()
    assert tags[PID] == str(os.getpid())
    assert tags[BOOT] == boot_id()
    assert all(isinstance(value, str) for value in tags.values())
