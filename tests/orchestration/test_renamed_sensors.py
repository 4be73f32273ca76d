"""The state that a user set for the old name of a sensor applies to the new name."""

import logging
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.sensor import execute_sensor_iteration

NEW, OLD = "materialize_stale", "carry_onward"


@pytest.fixture
def location(instance: dg.DagsterInstance) -> Iterator[WorkspaceProcessContext]:
    """Yield the code location of Radix, as the daemon sees it."""
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="radix_assets.definitions"), location_name="radix"
    )
    with WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(origin)) as found:
        yield found


def store(location: WorkspaceProcessContext, name: str, status: InstigatorStatus, cursor: str | None = None) -> None:
    """Store the state of a sensor, as Dagster does."""
    with location.create_request_context() as request:
        (repository,) = request.get_code_location("radix").get_repositories().values()
        origin = repository.get_remote_origin().get_instigator_origin(name)
    data = SensorInstigatorData(cursor=cursor)
    location.instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status, data))


def turn(location: WorkspaceProcessContext) -> dict[str, InstigatorState]:
    """Let the daemon evaluate every sensor that is due; return all states by name."""
    for error in execute_sensor_iteration(location, logging.getLogger("test"), None, None):
        assert error is None or not hasattr(error, "message"), error
    states = location.instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    return {state.instigator_name: state for state in states}


def cursor_of(state: InstigatorState) -> str | None:
    assert isinstance(state.instigator_data, SensorInstigatorData)
    return state.instigator_data.cursor


def test_a_sensor_that_was_stopped_stays_stopped_under_its_new_name(location: WorkspaceProcessContext):
    store(location, OLD, InstigatorStatus.STOPPED, '{"shop": ["abc", 3]}')
    states = turn(location)
    assert states[NEW].status == InstigatorStatus.STOPPED
    assert cursor_of(states[NEW]) == '{"shop": ["abc", 3]}'
    assert OLD not in states
    assert states["source_data"].is_running
    assert turn(location)[NEW].status == InstigatorStatus.STOPPED


@pytest.mark.parametrize("status", [InstigatorStatus.RUNNING, InstigatorStatus.DECLARED_IN_CODE])
def test_a_sensor_that_was_running_continues_from_its_cursor(
    location: WorkspaceProcessContext, status: InstigatorStatus
):
    store(location, OLD, status, '{"shop": ["abc", 3]}')
    states = turn(location)
    assert states[NEW].is_running
    assert cursor_of(states[NEW]) == '{"shop": ["abc", 3]}'
    assert OLD not in states


def test_a_sensor_that_a_user_started_under_its_new_name_is_not_stopped(location: WorkspaceProcessContext):
    store(location, OLD, InstigatorStatus.STOPPED)
    store(location, NEW, InstigatorStatus.RUNNING)
    assert turn(location)[NEW].status == InstigatorStatus.RUNNING
