"""Action log: what was done, by whom, and what came of it."""

from radix_resources.action_log.chain import Chains, Link
from radix_resources.action_log.fence import RunFence
from radix_resources.action_log.log import Doing, chains, doing, record
from radix_resources.action_log.model import Action, Kind, Outcome, Phase, Severity
from radix_resources.action_log.reading import Entry, Filter, entries, follow, open_intents, read
from radix_resources.action_log.reconcile import process_tags, reconcile_runs
from radix_resources.action_log.redaction import redact, secrets

__all__ = [
    "Action",
    "Chains",
    "Doing",
    "Entry",
    "Filter",
    "Kind",
    "Link",
    "Outcome",
    "Phase",
    "RunFence",
    "Severity",
    "chains",
    "doing",
    "entries",
    "follow",
    "open_intents",
    "process_tags",
    "read",
    "reconcile_runs",
    "record",
    "redact",
    "secrets",
]
