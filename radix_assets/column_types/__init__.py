"""The feature type of a column: nine classes, from its name, its statistics and a few of its values."""

from radix_assets.column_types.classify import classify
from radix_assets.column_types.facts import facts_of
from radix_assets.column_types.model import TYPES, ColumnFacts, ColumnType, TypeGuess

__all__ = ["TYPES", "ColumnFacts", "ColumnType", "TypeGuess", "classify", "facts_of"]
