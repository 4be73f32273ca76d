"""Leak suspects of questions about the future: columns that hold the present state of an entity, not the past one.

A table of accounts with `churn_flag`, `cancelled_on` or `total_orders` describes today. The question is asked at times
in the past, when this was not yet known, and no column says since when its value holds. What an entity has from the
start (a country, a first channel) is the same at all times, so only columns that look like an outcome are suspected.
"""

from pathlib import Path

from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.leaks.entities import entities_of
from radix_assets.exploration.leaks.name_words import specific_stems
from radix_assets.exploration.leaks.outcomes import by_date, by_outcome
from radix_assets.exploration.leaks.row_counts import by_row_count, row_counts
from radix_assets.exploration.leaks.state_words import by_name, common_stems, stems_in
from radix_assets.exploration.sample import Question
from radix_assets.exploration.schema import Suspect

_WHY = "the table says what is so now, not what was so when the question was asked"


def as_of_now(question: Question, tables: dict[str, Path]) -> list[Suspect]:
    """Return the suspects of the table of entities; none if the target is a column of the data."""
    future = question.tags.target.future
    link = next((item for item in question.tags.relationships if item.child == question.table), None)
    if future is None or link is None or link.parent not in tables:
        return []
    frame, names = entities_of(question, link, tables[link.parent])
    tags = question.tags.tables[link.parent]
    left_out = {*tags.with_role("primary_key", "foreign_key", "time_index"), *tags.primary_key, *tags.time_index}
    counts = row_counts(question, link, frame, tables)
    target_stems = stems_in(future.predict) - specific_stems(future.for_each) - common_stems(names)
    suspects = []
    for position, name in enumerate(names):
        if name in left_out or f"c{position}" not in frame.columns:
            continue
        column = frame[f"c{position}"]
        finding = by_name(name, target_stems) or by_date(name, column, frame) or by_outcome(column, frame, question)
        finding = finding or by_row_count(column, counts)
        if finding:
            severity, value, reason = finding
            text = f"{reason}; {_WHY}"
            suspects.append(
                Suspect(table=link.parent, column=name, code="as_of_now", score=value, severity=severity, reason=text)
            )
    return suspects


AS_OF_NOW = Signal(
    "as_of_now",
    {"as_of_now": "for a question about the future: shows the entity's present state, or how it ended"},
    lambda data: Findings(as_of_now(data.question, data.tables)),
)
