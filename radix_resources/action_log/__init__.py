"""Action log: what was done, by whom, and what came of it."""

from radix_resources.action_log.events import Event, events
from radix_resources.action_log.fence import RunFence
from radix_resources.action_log.log import Doing, Entry, doing, open_intents, read, record
from radix_resources.action_log.model import Action, Kind, Outcome, Phase
from radix_resources.action_log.reconcile import process_tags, reconcile_runs
from radix_resources.action_log.redaction import redact, referenced_names, secrets

__all__ = [
    "Action",
    "Doing",
    "Entry",
    "Event",
    "Kind",
    "Outcome",
    "Phase",
    "RunFence",
    "doing",
    "events",
    "open_intents",
    "process_tags",
    "read",
    "reconcile_runs",
    "record",
    "redact",
    "referenced_names",
    "secrets",
]
