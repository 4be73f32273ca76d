"""Masked names of private values and of targets that are private."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from radix_assets.tags.schema import Tags, Target

MASK = "•••"
"""Shown instead of a private value."""


def is_private(tags: "Tags", table: str, *columns: str) -> bool:
    """Return whether any of these columns is tagged private."""
    return table in tags.tables and not tags.tables[table].private.isdisjoint(columns)


def target_is_private(tags: "Tags") -> bool:
    """Return whether the target column is private."""
    return is_private(tags, tags.target.table, tags.target.column)


def target_name(tags: "Tags") -> str:
    """Return the target as a user writes it; a private value that it is compared with is masked."""
    return masked_name(tags.target) if target_is_private(tags) else tags.target.name


def masked_name(target: "Target") -> str:
    """Return the target with the value it is compared with masked."""
    name = f"{target.table}.{target.column}"
    return name if target.operator is None else f"{name} {target.operator} {MASK}"


def masked(classes: Sequence[str]) -> list[str]:
    """Return `class 1`, `class 2` … for private classes, which are given in the order of their names."""
    return [f"class {number + 1}" for number in range(len(classes))]
