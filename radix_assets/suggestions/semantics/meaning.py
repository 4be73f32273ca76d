"""The semantic type of a column, from its header and its values."""

from collections.abc import Sequence
from dataclasses import dataclass

from radix_assets.personal_data.forms import is_street
from radix_assets.personal_data.ip_addresses import are_ip_addresses
from radix_assets.personal_data.lexicon import joined
from radix_assets.personal_data.names import name_share
from radix_assets.personal_data.phones import phone_share
from radix_assets.personal_data.values import cleaned, share, words_each
from radix_assets.suggestions.semantics.forms import FORMS, is_number
from radix_assets.suggestions.semantics.headers import HEADINGS
from radix_assets.suggestions.semantics.references import (
    BOOLEANS,
    GENDERS,
    MONTHS,
    WEEKDAYS,
    countries,
    currencies,
    plain,
    states,
)

_MOST = 0.8
"""Share of the values that must agree with the header."""
_LOOK_AT = 100
_NAMING = frozenset(
    {"code", "id", "type", "category", "class", "status", "flag", "group", "level", "key", "plan", "count"}
)
"""Last words that change the meaning of a header: `area_code` is not an area."""


@dataclass(frozen=True)
class Meaning:
    """The meaning of a column: the quantity or entity that it holds."""

    kind: str
    confidence: float
    """The share of such inferences that are correct, 0 to 1."""
    evidence: str
    """Words only, never a value."""


def semantic_type(name: str, sample: Sequence[str | None] = ()) -> str:
    """Return what a column names or measures, in a word or two; empty if unknown."""
    meaning = meaning_of(name, sample)
    return meaning.kind if meaning else ""


def meaning_of(name: str, sample: Sequence[str | None] = ()) -> Meaning | None:
    """Return what a column names or measures, how certain, and why; None if unknown.

    Values with a distinctive form (a URL, a check digit) decide; else the header, if the values agree with it; else
    closed lists (countries, weekdays). Without values the header alone decides.
    """
    values = cleaned(sample)[:_LOOK_AT]
    by_header = _by_header(name, values)
    if not values:
        return by_header
    by_value = _by_form(name, values)
    # A code that also reads as a date or another kind of number keeps the meaning of the header.
    if by_value and not (by_header and by_header.confidence >= by_value.confidence):
        return by_value
    return by_header if by_header and by_header.confidence > 0.6 else _by_list(values) or by_header  # noqa: PLR2004 more than a guess


def _by_header(name: str, values: list[str]) -> Meaning | None:
    header = joined(name)
    for heading in HEADINGS:
        match = heading.header.search(header)
        if match is None or (header.rpartition("_")[2] in _NAMING and match.end() < len(header)):
            continue
        if not values:
            return Meaning(heading.kind, round(heading.confidence - 0.15, 2), f"the header says {heading.kind}")
        if share(values, heading.test) >= _MOST:
            # A header of only these words is more certain than one of several words.
            whole = match.end() - match.start() >= len(header) - 1
            sure = min(0.98, heading.confidence + (0.03 if whole else 0.0))
            return Meaning(heading.kind, round(sure, 2), f"the header says {heading.kind}, and the values can be it")
    return None


def _by_form(name: str, values: list[str]) -> Meaning | None:
    for kind, test, least_share, least, confidence in FORMS:
        if not test(values[0]) and not any(test(value) for value in values[1:5]):
            continue
        hits = sum(1 for value in values if test(value))
        if kind == "ip address" and not are_ip_addresses(name, values, least=1):
            continue
        if hits >= least and hits >= least_share * len(values):
            return Meaning(kind, confidence, f"{hits} of {len(values)} values sampled have the form: {kind}")
    return None


def _by_list(values: list[str]) -> Meaning | None:  # noqa: PLR0911 one for each list
    if share(values, is_number) > 0.5:  # noqa: PLR2004 half
        return None
    texts, distinct = [plain(value) for value in values], len(set(values))
    for kind, names, least, confidence in (
        ("weekday", WEEKDAYS, 2, 0.93),
        ("month", MONTHS, 3, 0.93),
        ("boolean", BOOLEANS, 1, 0.9),
        ("gender", GENDERS, 2, 0.88),
    ):
        if distinct >= least and share(texts, names.__contains__) >= 0.95:  # noqa: PLR2004
            return Meaning(kind, confidence, f"the values are words for {kind}")
    names, two, three = countries()
    if distinct >= 2 and share(texts, names.__contains__) >= _MOST:  # noqa: PLR2004
        return Meaning("country", 0.92, "the values are names of countries")
    if distinct >= 4 and share(values, three.__contains__) >= 0.95:  # noqa: PLR2004
        return Meaning("country", 0.85, "the values are three-letter codes of countries")
    if distinct >= 3 and share(values, currencies().__contains__) >= 0.95:  # noqa: PLR2004
        return Meaning("currency", 0.9, "the values are codes of currencies")
    if distinct >= 4 and share(texts, states().__contains__) >= _MOST:  # noqa: PLR2004
        return Meaning("state or region", 0.85, "the values are names of states")
    if distinct >= 8 and share(values, two.__contains__) >= 0.98:  # noqa: PLR2004
        return Meaning("country", 0.65, "the values are two-letter codes of countries, or may be")
    return _person_meaning(values, distinct)


def _person_meaning(values: list[str], distinct: int) -> Meaning | None:
    if words_each(values) > 8 or distinct < 3:  # noqa: PLR2004 a text
        return None
    if phone_share(values) >= 0.6:  # noqa: PLR2004
        return Meaning("phone", 0.9, "most values sampled are valid phone numbers")
    if share(values, is_street) >= 0.6:  # noqa: PLR2004
        return Meaning("street address", 0.8, "most values sampled are a house in a street")
    if name_share(values) >= 0.7:  # noqa: PLR2004
        return Meaning("person name", 0.75, "most values sampled read as names of persons")
    return None
