"""Words in column names, and words that mean known in advance or say nothing."""

import re

KNOWN_BEFORE = frozenset(
    [
        "advance",
        "agreed",
        "booked",
        "budget",
        "budgeted",
        "due",
        "eta",
        "expected",
        "expires",
        "expiry",
        "expiration",
        "forecast",
        "forecasted",
        "hist",
        "historic",
        "historical",
        "lag",
        "lagged",
        "last",
        "lead",
        "maturity",
        "planned",
        "prev",
        "previous",
        "previously",
        "prior",
        "promised",
        "renewal",
        "required",
        "requested",
        "sched",
        "scheduled",
        "target",
        "valid",
        "validity",
        "yesterday",
    ]
)
"""A time or an amount with such a word is often fixed before the outcome: it may be later and still be known."""

GENERIC = frozenset(
    [
        "a",
        "active",
        "amount",
        "amt",
        "avg",
        "class",
        "code",
        "count",
        "ct",
        "date",
        "datetime",
        "day",
        "desc",
        "description",
        "dt",
        "final",
        "flag",
        "flg",
        "group",
        "has",
        "id",
        "ids",
        "identifier",
        "ind",
        "indicator",
        "index",
        "is",
        "key",
        "kind",
        "label",
        "level",
        "max",
        "mean",
        "min",
        "month",
        "name",
        "nb",
        "no",
        "num",
        "number",
        "of",
        "outcome",
        "pct",
        "percent",
        "price",
        "qty",
        "quantity",
        "rate",
        "ratio",
        "result",
        "score",
        "state",
        "status",
        "sum",
        "target",
        "the",
        "time",
        "timestamp",
        "total",
        "type",
        "unit",
        "value",
        "was",
        "week",
        "year",
    ]
)
"""Words that do not say what is measured."""


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: `InvoiceLine_ID2` gives invoice, line, id."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    return [word.lower() for word in re.findall(r"[^\W\d_]+", spaced)]


def stem(word: str) -> str:
    """Return a word without its ending, so that churn, churned, churns and churning are equal."""
    for ending in ("ments", "ment", "ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004
            return word[: -len(ending)]
    return word


def specific_stems(name: str) -> set[str]:
    """Return the stems of the words that say what is measured."""
    return {stem(word) for word in words(name) if word not in GENERIC and len(word) > 2}  # noqa: PLR2004


def known_before(name: str) -> bool:
    """Return whether a name says that the value was fixed in advance."""
    return not KNOWN_BEFORE.isdisjoint(words(name))


def same_name(a: str, b: str) -> bool:
    """Return whether two names are equal apart from case, spaces and underscores; `x1` and `x2` are not."""
    plain = [re.sub(r"[\W_]+", "", name).casefold() for name in (a, b)]
    return plain[0] == plain[1] != "" or a.casefold() == b.casefold()
