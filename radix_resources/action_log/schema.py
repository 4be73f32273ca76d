"""One action, as data."""

import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "provision",
    "inspect",
    "resize",
    "release",
    "credential-check",
    "suggest",
    "tag",
    "approve",
    "reject",
    "promote",
    "roll-back",
    "retrain",
    "refuse",
    "collect",
    "materialize",
]
"""`materialize`: an asset failed. A success is Dagster's own event, which `read` returns as an action too."""
Phase = Literal["intent", "outcome"]
Outcome = Literal["ok", "failed", "unknown"]
"""`unknown`: the response was lost; inspect the state before anything is tried again."""

Severity = Literal["info", "warning", "error"]

ENTRY = "radix/action"
"""The metadata entry with the whole action as JSON; the others repeat it for people."""
CHAIN = "radix/chain"
"""The metadata entry of an approval or a tag with its position in the chain of its project."""
SCHEMA = 1
"""Increased when a field changes its meaning, not when one is added: readers ignore unknown fields."""


class Action(BaseModel):
    """Something that a machine or a user did, or is about to do."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    subject: str
    """Asset key or component, joined by slashes: `shop/champion`, `infra/local/endpoint`."""
    project: str
    actor: str
    """A person's name, `command line`, `schedule`, `sensor`, …"""
    reason: str = ""
    """One sentence."""
    phase: Phase = "outcome"
    outcome: Outcome | None = None
    """None in an intent."""
    error_code: str | None = None
    """The `RDX-…` code of the error, or the exception's name if it has no code."""
    seconds: float | None = None
    cost_dollars: float | None = None
    input_hash: str | None = None
    """Hash of what the decision is about: a plan, a model, a tags file."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    """The change, as JSON. No secret and no value of a private column."""
    run_id: str | None = None
    """The Dagster run it was part of."""
    process: str = ""
    """For an intent: the process that was about to act; see `log.process_name`."""
    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    """An identifier that an intent shares with its outcome."""
    schema_version: int = SCHEMA

    @property
    def severity(self) -> Severity:
        """Return the severity: `error` if it failed; `warning` if it was refused, rejected, or its end is unknown."""
        if self.outcome == "failed":
            return "error"
        return "warning" if self.outcome == "unknown" or self.kind in {"refuse", "reject"} else "info"
