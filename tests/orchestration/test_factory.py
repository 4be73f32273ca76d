"""Behaviour of all assets: publishing, staying fresh, failing, waiting."""

import dagster as dg
import pytest
from toy import Toy

from radix_assets.orchestration.run_tags import WAITING_FOR
from radix_resources.home import Home


@pytest.fixture
def toy(home: Home) -> Toy:
    return Toy(home)


def metadata(instance: dg.DagsterInstance, *key: str) -> dict[str, object]:
    event = instance.get_latest_materialization_event(dg.AssetKey(key))
    assert event is not None
    assert event.asset_materialization is not None
    return {name: entry.value for name, entry in event.asset_materialization.metadata.items()}


def failures(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    found = {}
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data.user_failure_data
            assert data is not None
            found[str(event.step_key)] = str(data.metadata["code"].value)
    return found


def test_materializing_all_computes_and_shows_all(toy: Toy, instance: dg.DagsterInstance):
    assert toy.materialize(instance).success
    assert toy.read("end") == "1+2!"
    shown = metadata(instance, "toy", "raw", "a")
    assert shown["value"] == "**1**"
    table = shown["table"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data for record in table.records] == [{"x": "1", "y": 1.5}]
    assert [(column.name, column.type) for column in table.schema.columns] == [("x", "string"), ("y", "float")]
    assert shown["dagster/row_count"] == 1
    assert shown["radix/version"] == 1


def test_unchanged_input_computes_nothing(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    toy.computed.clear()
    assert toy.materialize(instance).success
    assert toy.computed == []
    assert metadata(instance, "toy", "end")["radix/unchanged"] is True


def test_a_change_recomputes_only_its_dependents(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    toy.computed.clear()
    toy.source["b"] = "3"
    toy.materialize(instance)
    assert toy.computed == ["raw/b", "sum", "gate", "end"]
    assert toy.read("end") == "1+3!"


def test_an_unchanged_result_stops_the_propagation(toy: Toy, instance: dg.DagsterInstance):
    toy.materialize(instance)
    toy.computed.clear()
    toy.source["a"], toy.source["b"] = "1+2", ""
    toy.materialize(instance)
    toy.computed.clear()
    toy.source["a"] = "1+2"
    toy.materialize(instance)
    assert toy.computed == []


def test_a_failed_check_is_shown_and_the_rest_continues(toy: Toy, instance: dg.DagsterInstance):
    toy.source["a"] = "odd"
    result = toy.materialize(instance)
    verdicts = {
        (evaluation.asset_key.path[-1], evaluation.check_name): evaluation.passed
        for evaluation in result.get_asset_check_evaluations()
    }
    assert verdicts["a", "fine"] is False
    assert verdicts["b", "fine"] is True
    assert toy.read("end") == "odd+2!"


def test_a_failure_has_a_code_at_its_asset_and_is_remembered(toy: Toy, instance: dg.DagsterInstance):
    project = toy.project
    del toy.source["a"]
    result = toy.materialize(instance)
    assert failures(result) == {"toy__raw__a": "RDX-SRC-001"}
    assert toy.read("raw/b") == "2"
    assert toy.read("sum") is None
    remembered = toy.tools.storage.failure(project.key("raw", "a"))
    assert remembered is not None
    assert remembered.error["hint"] == "bring it back"


def test_an_unexpected_error_shows_no_value(toy: Toy, instance: dg.DagsterInstance):
    toy.source["a"] = "bug"
    result = toy.materialize(instance)
    assert failures(result) == {"toy__raw__a": "RDX-INT-001"}
    log = " ".join(str(record.event_log_entry) for record in instance.get_records_for_run(result.run_id).records)
    assert "ValueError" in log
    assert "4711" not in log


def test_a_closed_gate_publishes_nothing_and_downstream_assets_are_skipped(toy: Toy, instance: dg.DagsterInstance):
    toy.open = False
    result = toy.materialize(instance)
    assert result.success
    assert toy.read("sum") == "1+2"
    assert toy.read("gate") is None
    assert toy.read("end") is None
    (observation,) = instance.fetch_observations(dg.AssetKey(["toy", "gate"]), limit=10).records
    assert "open the gate" in str(observation.event_log_entry)
    ready = next(one for one in result.get_asset_check_evaluations() if one.check_name == "ready")
    assert not ready.passed
    assert ready.description == "open the gate"
    assert instance.get_run_by_id(result.run_id).tags[WAITING_FOR] == "open the gate"


def test_the_launchpad_opens_the_gate(toy: Toy, instance: dg.DagsterInstance):
    toy.open = False
    toy.materialize(instance)
    toy.materialize(instance, ops={"toy__gate": {"config": {"open": True}}})
    assert toy.read("end") == "1+2!"


def test_an_asset_run_alone_without_its_inputs_reports_it(toy: Toy, instance: dg.DagsterInstance):
    result = toy.materialize(instance, "toy/end")
    assert failures(result) == {"toy__end": "RDX-CFG-004"}


def test_an_abandoned_run_publishes_nothing(toy: Toy, instance: dg.DagsterInstance):
    def give_up(work: object) -> None:
        (run,) = instance.get_runs(limit=1)
        if run.status == dg.DagsterRunStatus.STARTED:
            instance.report_run_failed(run)

    toy.during = give_up
    result = toy.materialize(instance, "toy/raw/a")
    assert failures(result) == {"toy__raw__a": "RDX-STO-003"}
    assert toy.read("raw/a") is None


def test_side_effects_are_recorded_in_the_action_log(toy: Toy, instance: dg.DagsterInstance):
    from radix_resources.action_log.reading import read

    toy.materialize(instance)
    actions = [(entry.action.phase, entry.action.outcome) for entry in read(instance, project="toy", kind="tag")]
    assert actions == [("outcome", "ok"), ("intent", None)]
