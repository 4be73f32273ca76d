"""The action log: actions as observations in Dagster's event log."""

import contextlib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from radix_resources.action_log.chain import CHAINED, Chains
from radix_resources.action_log.model import Action, Outcome
from radix_resources.action_log.redaction import redact, secrets
from radix_resources.errors import RadixError

ENTRY = "radix/action"
"""The metadata entry that holds the whole action as JSON; the others repeat it for people."""
CHAIN = "radix/chain"
"""The metadata entry of an approval or a tag that holds its place in its project's chain."""


@dataclass
class Doing:
    """An action under way; what is set here goes into its outcome."""

    intent: Action
    after: dict[str, Any] = field(default_factory=dict)
    cost_dollars: float | None = None
    outcome: Outcome = "ok"
    """Set to `unknown` where it cannot be told whether it happened."""


def record(instance: dg.DagsterInstance, action: Action, *, secret_names: Collection[str] = ()) -> None:
    """Write an action down, without passwords.

    Values of the named environment variables, and of all that are named like secrets, are taken out.
    """
    safe = action.model_copy(
        update=redact(
            {name: getattr(action, name) for name in ("reason", "before", "after", "actor")}, secrets(secret_names)
        )
    )
    write(instance, safe, chains(instance).append(safe).mark if safe.kind in CHAINED else None)


def write(instance: dg.DagsterInstance, action: Action, mark: dict[str, Any] | None = None) -> None:
    """Write an event as it is; `mark` is its place in its project's chain."""
    metadata = _metadata(action)
    if mark is not None:
        metadata[CHAIN] = dg.MetadataValue.json(mark)
    instance.report_runless_asset_event(
        dg.AssetObservation(asset_key=action.subject.split("/"), description=_sentence(action), metadata=metadata)
    )


def chains(instance: dg.DagsterInstance) -> Chains:
    """The chains of approvals and tags, beside the instance's settings."""
    return Chains(Path(instance.root_directory) / "chains")


@contextlib.contextmanager
def doing(instance: dg.DagsterInstance, action: Action, *, secret_names: Collection[str] = ()) -> Iterator[Doing]:
    """Write the intent, do the work inside, write the outcome. An exception is recorded as failed, and passes.

    A crash inside leaves the intent without an outcome, which `open_intents` finds.
    """
    intent = action.model_copy(update={"phase": "intent", "outcome": None})
    record(instance, intent, secret_names=secret_names)
    state = Doing(intent, after=dict(action.after))
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
                "outcome": state.outcome,
                "error_code": code,
                "seconds": round(time.monotonic() - began, 3),
                "cost_dollars": state.cost_dollars,
                "after": state.after,
            }
        )
        record(instance, outcome, secret_names=secret_names)


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
