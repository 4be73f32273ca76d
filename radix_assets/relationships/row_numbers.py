"""Columns that only number the rows, recognized by what all tables have in common if names do not show it."""

from collections.abc import Mapping, Sequence

from radix_assets.relationships.candidates import STRONG
from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.facts import Fact

Place = tuple[str, str]


def row_numbers(facts: Mapping[str, list[Fact]], verdicts: Sequence[Verdict]) -> frozenset[Place]:
    """Return first columns that count from 1 in every table, if most references go to other columns.

    An export with row numbers looks like that. Surrogate keys are referenced.
    """
    tables = [columns for columns in facts.values() if columns and columns[0].column.rows > 1]
    first = {columns[0].at for columns in tables if _runs(columns[0])}
    if len(tables) < 2 or len(first) < len(tables):  # noqa: PLR2004 one table alone has nothing in common
        return frozenset()
    likely = [verdict for verdict in verdicts if not verdict.refused]
    if any(verdict.pair.name >= STRONG and verdict.pair.parent.at in first for verdict in likely):
        return frozenset()  # another table names it
    at_first = sum(verdict.probability for verdict in likely if verdict.pair.parent.at in first)
    elsewhere = sum(verdict.probability for verdict in likely if verdict.pair.parent.at not in first)
    return frozenset(first) if elsewhere > at_first else frozenset()


def _runs(fact: Fact) -> bool:
    column = fact.column
    runs = column.dtype == "integer" and column.unique and column.monotonic
    return bool(runs and column.minimum in {0, 1} and column.maximum - column.minimum + 1 == column.rows)
