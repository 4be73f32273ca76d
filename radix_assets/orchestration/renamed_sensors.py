"""Sensors under a new name take over what Dagster stored under the old one.

Dagster stores whether a sensor is running, and its cursor, by name. Without this a sensor that a user had stopped would
start again under its new name.
"""

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorStatus, SensorInstigatorData

OLD_NAMES = {"materialize_stale": "carry_onward"}
"""New name to old name."""


def take_over(instance: dg.DagsterInstance, name: str) -> tuple[bool, str | None]:
    """Move the stored state of a renamed sensor to its new name, once.

    Return whether this stopped the sensor, and the cursor of the old name. A sensor that a user stopped under the
    old name is stopped under the new one, unless a user has switched the new one since. The old state is deleted, so
    that the UI lists no sensor that no longer exists.
    """
    old_name = OLD_NAMES.get(name)
    if old_name is None:
        return False, None
    states = instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    stopped, cursor = False, None
    for new in (state for state in states if state.instigator_name == name):
        for old in states:
            if old.instigator_name != old_name or old.repository_selector_id != new.repository_selector_id:
                continue
            if old.status == InstigatorStatus.STOPPED and new.status == InstigatorStatus.DECLARED_IN_CODE:
                instance.stop_sensor(new.instigator_origin_id, new.selector_id, None)
                stopped = True
            if isinstance(old.instigator_data, SensorInstigatorData):
                cursor = old.instigator_data.cursor
            instance.delete_instigator_state(old.instigator_origin_id, old.selector_id)
    return stopped, cursor
