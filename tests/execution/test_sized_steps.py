"""A step records its usage, is limited to its requested memory, and is retried once if that was not enough."""

import dagster as dg
import pytest
from toy import Toy

from radix_assets.execution.estimate import ledger
from radix_assets.pipeline.stage import Work
from radix_resources.action_log.reading import read
from radix_resources.home import Home


@pytest.fixture
def toy(home: Home) -> Toy:
    return Toy(home)


def code_of(result: dg.ExecuteInProcessResult) -> str:
    (failed,) = (event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE)
    return str(failed.step_failure_data.user_failure_data.metadata["code"].value)


def test_the_need_and_use_of_a_step_are_in_its_commit_and_in_the_ledger(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    commit = toy.tools.storage.latest("toy/sum")
    assert commit.used["need"]["stage"] == "sum"
    assert commit.used["usage"]["peak_bytes"] > 10**7
    assert commit.used["usage"]["output_bytes"] > 0
    assert "toy/sum" in {used.step for used in ledger(toy.home).read()}


def test_a_lost_ledger_is_rebuilt_from_the_commits(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    before = ledger(toy.home).read()
    (toy.home.state / "usage.jsonl").unlink()
    assert {used.step for used in ledger(toy.home).read(toy.tools.storage)} == {used.step for used in before}


def test_out_of_memory_is_retried_once_and_the_measured_need_is_stored(toy: Toy, instance: dg.DagsterInstance):
    tries = []

    def during(work: Work) -> None:
        if work.step.name == "sum":
            tries.append(list(work.out.iterdir()))
            if len(tries) == 1:
                raise MemoryError

    toy.during = during
    assert toy.materialize(instance).success
    assert toy.read("end") == "1+2!"
    assert len(tries) == 2
    (resized,) = (one.action for one in read(instance, project="toy") if one.action.kind == "resize")
    assert resized.after["memory_bytes"] > resized.before["memory_bytes"]
    assert [used.usage.out_of_memory for used in ledger(toy.home).read() if used.step == "toy/sum"] == [True, False]


def test_out_of_memory_twice_is_a_coded_failure(toy: Toy, instance: dg.DagsterInstance):
    def during(_work: Work) -> None:
        raise MemoryError

    toy.during = during
    assert code_of(toy.materialize(instance, "toy/raw/a")) == "RDX-STO-005"
    assert toy.computed == ["raw/a", "raw/a"]


def test_a_step_that_cannot_fit_is_not_started(toy: Toy, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RADIX_MEMORY", "1MB")
    assert code_of(toy.materialize(instance, "toy/raw/a")) == "RDX-CMP-007"
    assert toy.computed == []
