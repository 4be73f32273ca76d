"""How private values and their columns are named where they must not appear."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from radix_assets.tags.schema import Tags, Target

MASK = "•••"
"""Stands where a value would."""


def is_private(tags: "Tags", table: str, *columns: str) -> bool:
    """Whether any of these columns is tagged private."""
    return table in tags.tables and not tags.tables[table].private.isdisjoint(columns)


def target_is_private(tags: "Tags") -> bool:
    """Whether what is predicted is a private column."""
    return is_private(tags, tags.target.table, tags.target.column)


def target_name(tags: "Tags") -> str:
    """The target as a person writes it; a private value that it is compared with is masked."""
    return masked_name(tags.target) if target_is_private(tags) else tags.target.name


def masked_name(target: "Target") -> str:
    """The target without the value it is compared with."""
    name = f"{target.table}.{target.column}"
    return name if target.operator is None else f"{name} {target.operator} {MASK}"


def masked(classes: Sequence[str]) -> list[str]:
    """What private classes are called instead: `class 1`, `class 2` …; they are in the order of their names."""
    return [f"class {number + 1}" for number in range(len(classes))]
