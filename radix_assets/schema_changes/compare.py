"""Find what changed between the columns of two snapshots."""

from collections.abc import Collection, Iterator, Mapping

from radix_assets.schema_changes.columns import Columns
from radix_assets.schema_changes.schema import Change, Kind

_WIDER: dict[str, set[str]] = {"integer": {"decimal", "float"}, "decimal": {"float"}, "float": {"decimal"}}
"""By type, the types that hold all of its values, as later stages see them."""


def compare(before: Columns, after: Columns, empty: Collection[tuple[str, str]] = ()) -> list[Change]:
    """Return the changes, by table in the order of the columns. Tables of which one side is unknown are left out.

    `empty` are the columns, as (table, column), without any value now.
    """
    return [
        change for table in before if table in after for change in _in_table(table, before[table], after[table], empty)
    ]


def _in_table(
    table: str, before: Mapping[str, str], after: Mapping[str, str], empty: Collection[tuple[str, str]]
) -> Iterator[Change]:
    for column, dtype in before.items():
        if column not in after:
            yield Change("removed", table, column, dtype)
        elif dtype and after[column] != dtype:
            yield Change(
                _kind(dtype, after[column], empty=(table, column) in empty), table, column, dtype, after[column]
            )
    for column, dtype in after.items():
        if column not in before:
            yield Change("added", table, column, "", dtype)


def _kind(before: str, after: str, *, empty: bool) -> Kind:
    if empty:
        return "emptied"
    return "widened" if after in _WIDER.get(before, set()) else "retyped"
