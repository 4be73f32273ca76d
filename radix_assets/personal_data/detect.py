"""Detect whether a column identifies people, or could harm them if disclosed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from radix_assets.common.vocabulary import Sensitivity
from radix_assets.personal_data.by_value import found_in_values
from radix_assets.personal_data.context import Context, context_of, names_things
from radix_assets.personal_data.headers import rules_of
from radix_assets.personal_data.lexicon import Rule, joined, of_persons
from radix_assets.personal_data.people import found_names
from radix_assets.personal_data.values import are_origins, believable, cleaned, words_each

_RACES = re.compile(r"race|races|racing|result|results|circuit|heat|horse|f1|formula")
_SUMMARY = re.compile(r"(?:^|_)(?:min|max|avg|mean|median|percentile|range|starting|total|sum)(?:_|$)")
_OWN = re.compile(r"(?:^|_)(?:home|billing|bill|shipping|ship|mailing|delivery|residential|residence)(?:_|$)")
_LONG_TEXT = 8
"""Words from which a value is a free text."""


@dataclass(frozen=True)
class Finding:
    """The kind of personal data in a column, and why."""

    kind: str
    sensitivity: Sensitivity
    evidence: str
    """Words only, never a value."""
    confidence: float = 0.9
    """The share of such columns that users agree are personal, 0 to 1."""


def sensitivity_of(name: str, sample: Sequence[str | None], table: str = "") -> Sensitivity:
    """Return the sensitivity of a column: "none" (values may be shown), "personal" or "sensitive".

    `sample` holds some of its values as text (nulls and empty ones are ignored; if it is empty, the header alone
    decides). `table` helps: `name` in `customers` is a person's, in `airports` it is not. If the whole table is
    available, personal_of_table is more accurate.
    """
    finding = find_personal(name, sample, table)
    return finding.sensitivity if finding else "none"


def find_personal(name: str, sample: Sequence[str | None], table: str = "") -> Finding | None:
    """Return the kind of personal data in a column, or None, without regard to other columns."""
    return personal_of_table(table, {name: sample}).get(name)


def personal_of_table(table: str, columns: Mapping[str, Sequence[str | None]]) -> dict[str, Finding]:
    """Return the findings of a table by column name; a column without one may be shown.

    `columns` hold some values of every column as text, preferably distinct; LOOK_AT of each are used.
    A column is judged by its values if they have a distinctive form, else by its header if the values agree with it,
    and by the table: a phone in `airports` is not a person's; city, gender or age identify a person only beside a
    name and another identifier.
    """
    values = {name: cleaned(sample) for name, sample in columns.items()}
    findings: dict[str, Finding] = {}
    for _ in range(3):
        # A finding in one column is context for the others; a third pass only uses the findings of the second.
        before = len(findings)
        context = context_of(table, values, {name: finding.kind for name, finding in findings.items()})
        for name, texts in values.items():
            if name not in findings and (finding := _judge(name, texts, table, context)):
                findings[name] = finding
        if len(findings) == before:
            break
    context = context_of(table, values, {name: finding.kind for name, finding in findings.items()})
    return {
        name: findings[name]
        for name in values
        if name in findings and not (context.things and findings[name].kind == "phone" and not _is_about_a_person(name))
    }


def _judge(name: str, values: list[str], table: str, context: Context) -> Finding | None:
    by_value = found_in_values(name, values)
    if by_value and not (
        by_value.context == "unless_things" and (context.things or names_things(name)) and not _is_about_a_person(name)
    ):
        return Finding(by_value.kind, by_value.sensitivity, by_value.evidence, by_value.confidence)
    for rule in rules_of(name):
        if _in_context(rule, name, context) and _can_be(rule, values, table, name):
            return Finding(rule.kind, rule.sensitivity, _header_evidence(rule), _confidence(rule, values, context))
    by_name = found_names(name, values, context)
    return Finding("person name", "personal", by_name.evidence, by_name.confidence) if by_name else None


def _is_about_a_person(name: str) -> bool:
    """Return whether a header refers to a person: `home_phone`, `customer_address`."""
    return bool(_OWN.search(joined(name))) or of_persons(name)


def _in_context(rule: Rule, name: str, context: Context) -> bool:
    people = context.persons or of_persons(name)
    return {
        "any": True,
        "unless_things": _is_about_a_person(name) or not (context.things or names_things(name)),
        "unless_animals": not context.of_animals,
        "persons": people and not context.of_animals,
        "identified": context.identified and not context.of_things and not names_things(name),
        "address": not context.of_things and (_is_about_a_person(name) or people or "address" in context.kinds),
        "delivered": "address" in context.kinds,
    }[rule.context]


def _can_be(rule: Rule, values: list[str], table: str, name: str) -> bool:
    if rule.kind == "ethnic origin" and (
        _RACES.search(joined(table)) or ("race" in joined(name).split("_") and not are_origins(values))
    ):
        return False
    if rule.kind == "income" and _SUMMARY.search(joined(name)):
        return False
    return believable(rule.values, values) and (words_each(values) < _LONG_TEXT or rule.values == "place")


def _header_evidence(rule: Rule) -> str:
    if rule.context in {"persons", "identified", "address"}:
        return f"the header says {rule.kind}, in a table that tells who people are"
    return f"the header says {rule.kind}"


def _confidence(rule: Rule, values: list[str], context: Context) -> float:
    bonus = 0.03 if context.persons and rule.context in {"any", "unless_things", "unless_animals"} else 0.0
    return round(min(0.98, rule.confidence + bonus - (0.0 if values else 0.03)), 2)
