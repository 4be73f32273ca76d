"""The status of a project follows from commit records alone."""

import dagster as dg
import pytest
from toy import Toy

from radix_assets.budget.hold import asset_statuses
from radix_assets.orchestration.local_run import run
from radix_assets.orchestration.sensors import requests
from radix_resources.home import Home


@pytest.fixture
def toy(home: Home) -> Toy:
    return Toy(home)


def states(toy: Toy) -> dict[str, str]:
    return {one.step.name: one.state for one in asset_statuses(toy.project, toy.stages, toy.tools)}


def go(toy: Toy, instance: dg.DagsterInstance) -> object:
    return run(toy.project, toy.tools, instance, lambda *_: None, toy.stages)


def test_everything_is_stale_at_first_and_fresh_after_a_run(toy: Toy, instance: dg.DagsterInstance):
    assert set(states(toy).values()) == {"stale"}
    report = go(toy, instance)
    assert report.state == "done"
    assert set(states(toy).values()) == {"fresh"}


def test_a_run_with_nothing_new_starts_no_run(toy: Toy, instance: dg.DagsterInstance):
    go(toy, instance)
    report = go(toy, instance)
    assert report.made == {}
    assert instance.get_runs_count() == 1


def test_a_missing_table_is_left_out_and_the_rest_continues(toy: Toy, instance: dg.DagsterInstance):
    toy.project  # noqa: B018 the file is written while both tables are there
    del toy.source["a"]
    report = go(toy, instance)
    assert report.state == "failed"
    assert states(toy) == {"raw/a": "failed", "raw/b": "fresh", "sum": "fresh", "gate": "fresh", "end": "fresh"}
    assert toy.read("end") == "2!"
    toy.source["a"] = "1"
    assert go(toy, instance).state == "done"
    assert toy.read("end") == "1+2!"


def test_a_table_that_vanishes_later_keeps_its_last_good_snapshot(toy: Toy, instance: dg.DagsterInstance):
    go(toy, instance)
    del toy.source["a"]
    toy.source["b"] = "3"
    report = go(toy, instance)
    assert report.state == "waiting"
    assert report.wishes[0].startswith("decide about the table a: no file for a (RDX-SRC-001)")
    assert toy.read("end") == "1+3!"


def test_no_table_at_all_blocks_what_follows(toy: Toy, instance: dg.DagsterInstance):
    toy.project  # noqa: B018
    toy.source.clear()
    go(toy, instance)
    assert states(toy) == {"raw/a": "failed", "raw/b": "failed", "sum": "blocked", "gate": "blocked", "end": "blocked"}


def test_a_closed_gate_waits_and_continues_once_it_is_open(toy: Toy, instance: dg.DagsterInstance):
    toy.open = False
    report = go(toy, instance)
    assert (report.state, report.wishes) == ("waiting", ["open the gate"])
    toy.open = True
    assert go(toy, instance).state == "done"


def ask(toy: Toy, instance: dg.DagsterInstance, turn: set[str], tries: dict[str, object]) -> list[list[str]]:
    expected = requests(instance, toy.home, turn, tries, toy.stages)
    return [["/".join(key.path[1:]) for key in one.asset_selection or []] for one in expected]


def test_sensors_take_turns_and_request_all_stale_assets(toy: Toy, instance: dg.DagsterInstance):
    toy.project  # noqa: B018
    everything = ["raw/a", "raw/b", "sum", "gate", "end"]
    assert ask(toy, instance, {"raw"}, {}) == [everything]
    assert ask(toy, instance, {"sum", "end"}, {}) == []
    toy.open = False
    go(toy, instance)
    assert ask(toy, instance, {"raw"}, {}) == []
    toy.open = True
    assert ask(toy, instance, {"gate"}, {}) == [["gate", "end"]]


def test_a_sensor_does_not_request_forever_what_is_never_produced(toy: Toy, instance: dg.DagsterInstance):
    toy.project  # noqa: B018
    tries: dict[str, object] = {}
    asked = [bool(ask(toy, instance, {"raw"}, tries)) for _ in range(5)]
    assert asked == [True, True, True, False, False]
    toy.source["a"] = "other"
    go(toy, instance)
    toy.source["a"] = "new"
    assert ask(toy, instance, {"raw"}, tries) == [["raw/a", "sum", "gate", "end"]]


def test_a_step_that_failed_on_the_same_input_is_not_requested_again(toy: Toy, instance: dg.DagsterInstance):
    toy.project  # noqa: B018
    del toy.source["a"]
    go(toy, instance)
    assert ask(toy, instance, {"raw"}, {}) == []
    toy.source["a"] = "back"
    assert ask(toy, instance, {"raw"}, {}) == [["raw/a", "sum", "gate", "end"]]
