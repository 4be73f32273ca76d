"""The action log: actions as observations in Dagster's event log."""

import contextlib
import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import dagster as dg

from radix_resources.action_log.chain import CHAINED, Chains, Link
from radix_resources.action_log.redaction import redact, secrets
from radix_resources.action_log.schema import CHAIN, ENTRY, Action, Outcome
from radix_resources.action_log.stream import OBSERVED, rows
from radix_resources.errors import RadixError
from radix_resources.home import Home
from radix_resources.processes import boot_id, host_id, is_running, started_at

_LONGEST_SECONDS = 86400.0
"""The longest duration of anything; that of runs is in `dagster.yaml`."""
_LOOKED_AT = 100
"""Number of newest events of an asset in which the last link is searched."""


@dataclass
class OpenAction:
    """An action in progress; its fields are written into the outcome."""

    intent: Action
    after: dict[str, Any] = field(default_factory=dict)
    cost_dollars: float | None = None
    outcome: Outcome = "ok"
    """Set it to `unknown` if the result cannot be determined."""


def record(instance: dg.DagsterInstance, home: Home, action: Action, *, secret_names: Collection[str] = ()) -> None:
    """Write an action into the log, without passwords; approvals and tags also into the chains of the installation.

    Values of the named environment variables, and of all that are named like secrets, are taken out.
    """
    safe = action.model_copy(
        update=redact(
            {name: getattr(action, name) for name in ("reason", "before", "after", "actor")}, secrets(secret_names)
        )
    )
    if safe.kind in CHAINED:
        _finish_last(instance, home, safe.project)
        write(instance, safe, chains(instance, home).append(safe))
    else:
        write(instance, safe)


def process_name() -> str:
    """Return a name of this process that no other process ever has, on any machine."""
    pid = os.getpid()
    return " ".join([host_id(), boot_id(), str(pid), started_at(pid) or ""])


def has_ended(process: str, since: float, *, sole: bool) -> bool:
    """Return whether the process of that name, which wrote something at the time `since`, has ended.

    With `sole` no other machine shares the log, so that another boot id is that of this machine before a restart.
    A process of another machine cannot be inspected; after a day it counts as ended, as a run does.
    """
    host, boot, pid, started = [*process.split(" "), "", "", ""][:4]
    if host == host_id() and pid.isdigit():
        return boot != boot_id() or not is_running(int(pid), started)
    restarted = sole and boot not in {"", boot_id()}
    return restarted or time.time() - since > _LONGEST_SECONDS


def write(instance: dg.DagsterInstance, action: Action, link: Link | None = None) -> None:
    """Write an event as it is; `link` is its place in its project's chain."""
    metadata = _metadata(action)
    if link is not None:
        metadata[CHAIN] = dg.MetadataValue.json(link.mark)
        metadata[ENTRY] = dg.MetadataValue.json(link.action)
    instance.report_runless_asset_event(
        dg.AssetObservation(asset_key=action.subject.split("/"), description=_sentence(action), metadata=metadata)
    )


def _finish_last(instance: dg.DagsterInstance, home: Home, project: str) -> None:
    """Write the event of the last link if a crash prevented it, so that a later one does not hide the gap."""
    last = chains(instance, home).last(project)
    if last is None:
        return
    subject = str(last.action["subject"])
    for row in islice(rows(instance, types=(OBSERVED,), subject=subject), _LOOKED_AT):
        mark = row.metadata().get(CHAIN)
        if mark and mark["sequence"] == last.sequence:
            return
    write(instance, Action.model_validate(last.action), last)


def chains(instance: dg.DagsterInstance, home: Home) -> Chains:
    """Return the chains of approvals and tags, in the folder that machines share or beside the instance's settings."""
    return Chains((home.storage or Path(instance.root_directory)) / "chains")


@contextlib.contextmanager
def logged_action(
    instance: dg.DagsterInstance, home: Home, action: Action, *, secret_names: Collection[str] = ()
) -> Iterator[OpenAction]:
    """Write the intent, run the body, write the outcome. An exception is logged as failed and propagates.

    A crash inside leaves the intent without an outcome, which `open_intents` finds.
    """
    intent = action.model_copy(update={"phase": "intent", "outcome": None, "process": process_name()})
    record(instance, home, intent, secret_names=secret_names)
    state = OpenAction(intent, after=dict(action.after))
    began = time.monotonic()
    code: str | None = None
    try:
        yield state
    except BaseException as error:
        state.outcome = "unknown" if state.outcome == "unknown" else "failed"
        code = error.code if isinstance(error, RadixError) else type(error).__name__
        raise
    finally:
        outcome = intent.model_copy(
            update={
                "phase": "outcome",
                "process": "",
                "outcome": state.outcome,
                "error_code": code,
                "seconds": round(time.monotonic() - began, 3),
                "cost_dollars": state.cost_dollars,
                "after": state.after,
            }
        )
        record(instance, home, outcome, secret_names=secret_names)


def _metadata(action: Action) -> dict[str, dg.MetadataValue[Any]]:
    shown: dict[str, dg.MetadataValue[Any]] = {
        "action": dg.MetadataValue.text(action.kind),
        "state": dg.MetadataValue.text(action.outcome or "begun"),
        "actor": dg.MetadataValue.text(action.actor),
    }
    if action.reason:
        shown["reason"] = dg.MetadataValue.text(action.reason)
    if action.error_code:
        shown["error code"] = dg.MetadataValue.text(action.error_code)
    if action.seconds is not None:
        shown["seconds"] = dg.MetadataValue.float(action.seconds)
    if action.cost_dollars is not None:
        shown["dollars"] = dg.MetadataValue.float(action.cost_dollars)
    shown[ENTRY] = dg.MetadataValue.json(action.model_dump(mode="json"))
    return shown


def _sentence(action: Action) -> str:
    state = action.outcome or "begun"
    return f"{action.kind} {action.subject}: {state}" + (f" ({action.reason})" if action.reason else "")
