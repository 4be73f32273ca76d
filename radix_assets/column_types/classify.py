"""Types of columns."""

import re
from collections.abc import Sequence

from radix_assets.column_types.model import ColumnFacts, ColumnType, TypeGuess

_URL = re.compile(r"(https?|ftp)://\S+|www\.\S+\.\S+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\d{1,2}:\d{2}(:\d{2})?.*")
FEW = 3
_EMBEDDED = re.compile(r"[$€£<>~]?\s?-?[\d,]*\.?\d+\s?([kKmM%]|[a-zA-Z]{1,5})?")


def classify(columns: Sequence[ColumnFacts]) -> list[TypeGuess]:
    """The type of each column."""
    return [TypeGuess(type_, 0.6, None, "its counts and the shape of its values") for type_ in map(_simple, columns)]


def _simple(column: ColumnFacts) -> ColumnType:  # noqa: PLR0911 one for each class
    samples = list(column.samples)
    present = max(1, column.rows - column.nulls)
    if column.distinct <= 1 or column.nulls > 0.99 * column.rows:
        return "not-generalizable"
    if column.numeric:
        return "categorical" if column.distinct <= FEW else "numeric"
    if samples and all(_URL.match(value) for value in samples):
        return "url"
    if samples and all(_DATE.fullmatch(value) for value in samples):
        return "datetime"
    if samples and all(_EMBEDDED.fullmatch(value) for value in samples):
        return "embedded-number"
    if sum(len(value.split()) for value in samples) > 6 * len(samples):
        return "sentence"
    return "categorical" if column.distinct < 0.5 * present else "context-specific"
