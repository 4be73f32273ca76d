"""Find runs that are marked as running although their process has ended: after a crash, a kill or a power cut."""

import os
import re
from collections.abc import Mapping

import dagster as dg
import psutil

from radix_resources.processes import boot_id, host_id, is_running, started_at

PID, STARTED, BOOT, HOST = (f".dagster/radix_{name}" for name in ("pid", "pid_started", "boot", "host"))
"""Tags that identify the process of a run. The UI hides tags below `.dagster/`."""
_EARLIER = {name: name.replace(".dagster/radix_", "radix/") for name in (PID, STARTED, BOOT, HOST)}
"""The names of these tags in runs that an earlier version of Radix started."""

_SAID = re.compile(r"\(pid: (\d+)\)")
_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_MESSAGE = (
    "The process of this run has ended: it was killed, or the machine was restarted. What was published stays, nothing "
    "half-written is visible; run the project again to continue."
)


def process_tags() -> dict[str, str]:
    """Return the tags that identify this process as the one that executes a run."""
    return tags_of_process(os.getpid())


def tags_of_process(pid: int) -> dict[str, str]:
    """Return the tags that identify a process of this machine as the one that executes a run."""
    return {PID: str(pid), STARTED: started_at(pid) or "", BOOT: boot_id(), HOST: host_id()}


def dead_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Return the runs that are marked as active although their process has ended. Nothing is changed.

    The process is known by `process_tags`, or by what Dagster's own launcher wrote into the run's log. What cannot be
    known from here, such as a process of another machine or container, is left out (`max_runtime_seconds` ends it).
    """
    sole = "sqlite" in type(instance.run_storage).__name__.lower()  # such a database belongs to one machine
    dead = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED)):
        # A run that was started again from another one carries that one's tags.
        tags = _process_of(run)
        own = PID in tags and run.parent_run_id is None
        if not (_tagged_gone(tags, sole=sole) if own else sole and _logged_gone(instance, run.run_id)):
            continue
        now = instance.get_run_by_id(run.run_id)
        if now is not None and not now.is_finished:  # it may have ended well between the two looks
            dead.append(run)
    return dead


def reconcile_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark every run whose process has ended as failed, and return their ids."""
    dead = dead_runs(instance)
    for run in dead:
        instance.report_run_failed(run, _MESSAGE)
    return [run.run_id for run in dead]


def end_own_runs(instance: dg.DagsterInstance) -> None:
    """Mark earlier runs of this process as failed whose end the database did not accept.

    Call it only while no run of this process is active.
    """
    own = {name: value for name, value in process_tags().items() if value}
    for run in instance.get_runs(dg.RunsFilter(tags=own, statuses=_UNFINISHED)):
        instance.report_run_failed(run, "The database did not take the end of this run. What was published stays.")


def _process_of(run: dg.DagsterRun) -> dict[str, str]:
    tags = {name: run.tags.get(name, run.tags.get(earlier)) for name, earlier in _EARLIER.items()}
    return {name: value for name, value in tags.items() if value is not None}


def _tagged_gone(tags: Mapping[str, str], *, sole: bool) -> bool:
    here = tags.get(HOST) == host_id()
    if tags.get(BOOT) != boot_id():
        return here or sole
    return here and not is_running(int(tags[PID]), tags.get(STARTED))


def _logged_gone(instance: dg.DagsterInstance, run_id: str) -> bool:
    for log_record in instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records:
        event = log_record.event_log_entry.dagster_event
        match = _SAID.search(event.message or "") if event else None
        if match:
            return _ended_since(int(match[1]), log_record.timestamp)
    return False


def _ended_since(pid: int, moment: float) -> bool:
    """Return whether the process that had this pid at a time has ended; the pid may have been reused since."""
    if started_at(pid) is None:
        return True
    try:
        return bool(psutil.Process(pid).create_time() > moment + 5)
    except psutil.Error:
        return False
