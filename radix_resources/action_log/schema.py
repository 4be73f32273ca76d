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
"""`materialize`: an asset could not be made. That it was made is Dagster's own event, which `read` shows as one too."""
Phase = Literal["intent", "outcome"]
Outcome = Literal["ok", "failed", "unknown"]
"""`unknown`: the answer was lost; what is there must be looked at before anything is tried again."""

Severity = Literal["info", "warning", "error"]

ENTRY = "radix/action"
"""The metadata entry that holds the whole action as JSON; the others repeat it for people."""
CHAIN = "radix/chain"
"""The metadata entry of an approval or a tag that holds its place in its project's chain."""
SCHEMA = 1
"""Raised when a field changes its meaning. Fields may be added without; readers ignore what they do not know."""


class Action(BaseModel):
    """Something that a machine or a person did, or is about to do."""

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
    """`RDX-…` of what made it fail; the exception's name where it had no code."""
    seconds: float | None = None
    cost_dollars: float | None = None
    input_hash: str | None = None
    """Of what it was decided on: a plan, a model, a tags file."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    """What changed, as JSON. No secret and no value of a private column."""
    run_id: str | None = None
    """The Dagster run it was part of."""
    process: str = ""
    """Of an intent: the process that was about to do it; see `log.process_name`."""
    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    """The same in an intent and in its outcome."""
    schema_version: int = SCHEMA

    @property
    def severity(self) -> Severity:
        """How much a person should care: `error` failed; `warning` is refused, rejected, or not known to have ended."""
        if self.outcome == "failed":
            return "error"
        return "warning" if self.outcome == "unknown" or self.kind in {"refuse", "reject"} else "info"
