"""Action log: what was done, by whom, and what came of it."""

from typing import TYPE_CHECKING

from radix_resources.lazy import lazily

if TYPE_CHECKING:
    from radix_resources.action_log.audit import Flaw
    from radix_resources.action_log.chain import HEAD, Chains, Link
    from radix_resources.action_log.fence import RunFence
    from radix_resources.action_log.fold import Failures, State, folded
    from radix_resources.action_log.log import Doing, chains, doing, record
    from radix_resources.action_log.model import Action, Kind, Outcome, Phase, Severity
    from radix_resources.action_log.reading import Entry, Filter, entries, follow, open_intents, read
    from radix_resources.action_log.reconcile import end_own_runs, process_tags, reconcile_runs
    from radix_resources.action_log.redaction import redact, secrets

__all__ = [
    "HEAD",
    "Action",
    "Chains",
    "Doing",
    "Entry",
    "Failures",
    "Filter",
    "Flaw",
    "Kind",
    "Link",
    "Outcome",
    "Phase",
    "RunFence",
    "Severity",
    "State",
    "chains",
    "doing",
    "end_own_runs",
    "entries",
    "folded",
    "follow",
    "open_intents",
    "process_tags",
    "read",
    "reconcile_runs",
    "record",
    "redact",
    "secrets",
]

__getattr__ = lazily(
    __name__,
    audit="Flaw",
    chain="HEAD Chains Link",
    fence="RunFence",
    fold="Failures State folded",
    log="Doing chains doing record",
    model="Action Kind Outcome Phase Severity",
    reading="Entry Filter entries follow open_intents read",
    reconcile="end_own_runs process_tags reconcile_runs",
    redaction="redact secrets",
)
