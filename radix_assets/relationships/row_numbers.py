"""Columns that merely number the rows, told by what all tables have in common where names do not say so."""

from collections.abc import Mapping, Sequence

from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.facts import Fact

Place = tuple[str, str]


def row_numbers(facts: Mapping[str, list[Fact]], verdicts: Sequence[Verdict]) -> frozenset[Place]:
    """First columns that run from 1 in every table, where what tables point to is mostly something else.

    An export that wrote the number of each row before it looks like that. Surrogate keys are pointed to.
    """
    tables = [columns for columns in facts.values() if columns and columns[0].column.rows > 1]
    first = {columns[0].at for columns in tables if _runs(columns[0])}
    if len(tables) < 2 or len(first) < len(tables):  # noqa: PLR2004 one table alone has nothing in common
        return frozenset()
    likely = [verdict for verdict in verdicts if not verdict.refused]
    at_first = sum(verdict.probability for verdict in likely if verdict.pair.parent.at in first)
    elsewhere = sum(verdict.probability for verdict in likely if verdict.pair.parent.at not in first)
    return frozenset(first) if elsewhere > at_first else frozenset()


def _runs(fact: Fact) -> bool:
    column = fact.column
    runs = column.dtype == "integer" and column.unique and column.monotonic
    return bool(runs and column.minimum in {0, 1} and column.maximum - column.minimum + 1 == column.rows)
