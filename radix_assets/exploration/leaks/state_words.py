"""Names of columns that hold the present state of an entity, or how it ended."""

import re
from collections import Counter

from radix_assets.exploration.leaks.name_words import specific_stems, stem, words
from radix_assets.exploration.leaks.names import MANY, OFTEN
from radix_assets.exploration.schema import Severity

_BORN = frozenset(
    [
        "birth",
        "born",
        "created",
        "first",
        "initial",
        "joined",
        "opened",
        "original",
        "registered",
        "signup",
        "since",
        "start",
        "started",
    ]
)
"""Words of properties that an entity has from the start and keeps."""
PLANNED = frozenset(
    [
        "agreed",
        "budget",
        "due",
        "expected",
        "expires",
        "expiry",
        "planned",
        "promised",
        "renewal",
        "scheduled",
        "valid",
        "validity",
    ]
)
_OVER = frozenset(
    stem(word)
    for word in [
        "cancelled",
        "cancellation",
        "canceled",
        "churned",
        "closed",
        "deactivated",
        "deceased",
        "died",
        "ended",
        "exit",
        "expired",
        "inactive",
        "outcome",
        "resigned",
        "returned",
        "settled",
        "terminated",
        "termination",
        "unsubscribed",
        "withdrawn",
    ]
)
"""Words for an entity that has ended."""
_NAMES = re.compile(r"[^\W\d]\w*")
_GRAMMAR = frozenset(
    ["count", "sum", "mean", "min", "max", "any", "first", "last", "where", "and", "or", "not", "true", "false"]
)

OutcomeSignal = tuple[Severity, float, str] | None


def stems_in(predict: str) -> set[str]:
    """Return the stems of the names in the expression that is predicted."""
    names = [name for name in _NAMES.findall(predict) if name not in _GRAMMAR]
    return {word for name in names for word in specific_stems(name)}


def common_stems(names: list[str]) -> set[str]:
    """Return the words in so many of the names that they belong to the table."""
    counts = Counter(word for name in names for word in specific_stems(name))
    return {word for word, count in counts.items() if count > max(MANY, OFTEN * len(names))}


def by_name(name: str, target_stems: set[str]) -> OutcomeSignal:
    """Return a finding if the name repeats words of what is predicted, or names an end."""
    name_words = words(name)
    if not _BORN.isdisjoint(name_words):
        return None
    shared = specific_stems(name) & target_stems
    if shared:
        return "strong", 1.0, "its name is that of what is asked"
    if {stem(word) for word in name_words} & _OVER:
        return ("weak" if not PLANNED.isdisjoint(name_words) else "strong"), 1.0, "its name describes an end"
    return None
