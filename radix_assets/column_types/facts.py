"""The facts of a column from its profile."""

from collections.abc import Sequence

from radix_assets.column_types.model import ColumnFacts
from radix_assets.profiles.model import ColumnProfile


def facts_of(column: ColumnProfile, samples: Sequence[str]) -> ColumnFacts:
    """What the profile knows of a column, with some of its values as text, in the order in which they first appear."""
    numeric = column.dtype in {"integer", "float", "boolean"}
    return ColumnFacts(
        name=column.name,
        rows=column.rows,
        nulls=column.nulls,
        distinct=column.distinct,
        numeric=numeric,
        mean=column.mean if numeric else None,
        std=column.std if numeric else None,
        minimum=float(column.minimum) if numeric and column.minimum is not None else None,
        maximum=float(column.maximum) if numeric and column.maximum is not None else None,
        samples=tuple(samples),
    )
