"""Whether a column holds sentences, which identify no row even if no two are alike."""

from radix_assets.profiles.schema import ColumnProfile
from radix_assets.relationships.names import is_attribute, is_key_like

LEAST = 20.0
"""Mean characters of sentences."""
WORDS, MANY = 3, 6
"""Words of a sentence: with fewer than the second, most must begin with a small letter, unlike those of a name."""
LONG = "…"
"""The pattern of every text of more than 40 characters."""


def is_prose(column: ColumnProfile) -> bool:
    """Return whether most texts of a column are sentences, by their patterns.

    Long texts have no pattern of their own: they are sentences if the shorter ones are, or if all are long, differ in
    length, and the name is not that of a key or an address.
    """
    if column.dtype != "string" or column.length_min == column.length_max or (column.length_mean or 0) < LEAST:
        return False
    short = [(pattern, count) for pattern, count in column.patterns if pattern != LONG]
    if not short:
        return bool(column.patterns) and not is_key_like(column.name) and not is_attribute(column.name)
    spoken = sum(count for pattern, count in short if _is_sentence(pattern))
    return spoken > sum(count for _, count in short) / 2


def _is_sentence(pattern: str) -> bool:
    parts = pattern.split()
    small = sum(part[0] == "a" for part in parts)
    return len(parts) >= WORDS and (small > len(parts) / 2 or len(parts) >= MANY)
