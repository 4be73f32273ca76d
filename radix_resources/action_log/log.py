"""The action log: actions as observations in Dagster's event log."""

import contextlib
import heapq
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from pydantic import ValidationError

from radix_resources.action_log.model import Action, Kind, Outcome
from radix_resources.action_log.redaction import redact, secrets
from radix_resources.errors import RadixError

ENTRY = "radix/action"
"""The metadata entry that holds the whole action as JSON; the others repeat it for people."""

_PAGE = 100


@dataclass
class Doing:
    """An action under way; what is set here goes into its outcome."""

    intent: Action
    after: dict[str, Any] = field(default_factory=dict)
    cost_dollars: float | None = None
    outcome: Outcome = "ok"
    """Set to `unknown` where it cannot be told whether it happened."""


@dataclass(frozen=True)
class Entry:
    """An action as it is found in the log."""

    storage_id: int
    """Orders the log; clocks do not."""
    timestamp: float
    """UTC, seconds since 1970."""
    action: Action


def record(instance: dg.DagsterInstance, action: Action, *, secret_names: Collection[str] = ()) -> None:
    """Write an action down, without passwords.

    Values of the named environment variables, and of all that are named like secrets, are taken out.
    """
    safe = action.model_copy(
        update=redact(
            {name: getattr(action, name) for name in ("reason", "before", "after", "actor")}, secrets(secret_names)
        )
    )
    instance.report_runless_asset_event(
        dg.AssetObservation(asset_key=safe.subject.split("/"), description=_sentence(safe), metadata=_metadata(safe))
    )


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


def read(
    instance: dg.DagsterInstance,
    *,
    keys: Iterable[str] | None = None,
    project: str | None = None,
    kind: Kind | None = None,
    subject: str | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Actions, newest first, at most `limit`.

    `keys` are the asset keys to look at; by default all, or all of the project and of the infrastructure.
    """
    if keys is None:
        prefixes = [[project], ["infra"]] if project else [None]
        known = ["/".join(key.path) for prefix in prefixes for key in instance.get_asset_keys(prefix=prefix)]
        keys = [subject] if subject else known

    def fits(action: Action) -> bool:
        return (
            (project is None or action.project == project)
            and (kind is None or action.kind == kind)
            and (subject is None or action.subject == subject)
        )

    found = [(entry for entry in _entries(instance, key) if fits(entry.action)) for key in keys]
    merged = heapq.merge(*found, key=lambda entry: -entry.storage_id)
    return [entry for entry, _ in zip(merged, range(limit), strict=False)]


def open_intents(entries: Iterable[Entry]) -> list[Entry]:
    """Intents without an outcome among these: still under way, or cut off by a crash."""
    entries = list(entries)
    ended = {entry.action.id for entry in entries if entry.action.phase == "outcome"}
    return [entry for entry in entries if entry.action.phase == "intent" and entry.action.id not in ended]


def _entries(instance: dg.DagsterInstance, key: str) -> Iterator[Entry]:
    cursor: str | None = None
    while True:
        page = instance.fetch_observations(dg.AssetKey(key.split("/")), limit=_PAGE, cursor=cursor)
        for found in page.records:
            observation = found.asset_observation
            held = observation.metadata.get(ENTRY) if observation else None
            with contextlib.suppress(ValidationError):  # of a newer Radix, with kinds that this one does not know
                if held is not None:
                    yield Entry(found.storage_id, found.timestamp, Action.model_validate(held.value))
        if not page.has_more:
            return
        cursor = page.cursor


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
