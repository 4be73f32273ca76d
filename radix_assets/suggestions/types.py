"""How a column is to be read, from its profile, its name and some of its values."""

import re
from dataclasses import dataclass

from radix_assets.profiles.model import ColumnProfile
from radix_assets.relationships.names import is_key_like
from radix_assets.relationships.words import words
from radix_assets.suggestions.model import FeatureType

CODE_WORDS = frozenset(
    re.findall(
        r"\w+",
        "code type class category kind status state zone region district grade level mode method group cluster segment "
        "ward sector tier cat cd flag zip zipcode postcode plz month weekday dow season quarter channel",
    )
)
"""Words that announce a number which only names something."""
_URL = re.compile(r"(https?|ftp)://\S+|www\.\S+\.\S+", re.IGNORECASE)
_LIST = re.compile(r"[\[{(].*[\]})]|[^;|,]{1,40}(?P<by>[;|])[^;|]{0,40}((?P=by)[^;|]{0,40})*", re.DOTALL)
_COMMAS = re.compile(r"[^,.\s]+(\s[^,.\s]+)?(,\s?[^,.\s]+(\s[^,.\s]+)?){2,}")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}.*)?)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d{1,2}:\d{2}.*)?")
_CODE = re.compile(r"(?=.*\d)[\w.\-/#]{3,40}")
_FLAGS = frozenset({"yes", "no", "y", "n", "true", "false", "t", "f", "ja", "nein", "si", "oui", "non"})


@dataclass(frozen=True)
class TypeGuess:
    """A type, how sure, and why."""

    type: FeatureType
    confidence: float
    evidence: str


def guess_type(  # noqa: PLR0911 one for each kind of column
    column: ColumnProfile, sample: list[str], *, is_key: bool
) -> TypeGuess:
    """The likeliest type of a column; `sample` holds distinct values as text, `is_key` that it is part of a key."""
    if column.present == 0:
        return TypeGuess("not-generalizable", 0.95, "empty")
    if is_key and column.dtype in {"integer", "string"}:
        return TypeGuess("not-generalizable", 0.95, "part of a key")
    match column.dtype:
        case "boolean":
            return TypeGuess("categorical", 0.98, "true or false")
        case "date" | "datetime":
            return TypeGuess("datetime", 0.98, "dates")
        case "time":
            return TypeGuess("numeric", 0.7, "times of day")
        case "float":
            return TypeGuess("numeric", 0.95, "decimal numbers")
        case "integer":
            return _of_integers(column)
        case "string":
            return _of_text(column, sample)


def _of_integers(column: ColumnProfile) -> TypeGuess:
    parts, ratio = set(words(column.name)), column.distinct / column.present
    low, high = column.minimum, column.maximum
    if column.distinct == 2 and (low, high) == (0, 1):  # noqa: PLR2004 two values
        return TypeGuess("categorical", 0.9, "only 0 and 1")
    if is_key_like(column.name) and (ratio > 0.5 or column.distinct > 1000):  # noqa: PLR2004 more than categories have
        return TypeGuess("not-generalizable", 0.8, f"named as an identifier; {column.distinct:,} different values")
    if parts & CODE_WORDS and (ratio < 0.2 or column.distinct <= 50):  # noqa: PLR2004 more would not be categories
        return TypeGuess("categorical", 0.75, f"named as a code; {column.distinct:,} different values")
    if is_key_like(column.name) and column.distinct <= 1000:  # noqa: PLR2004
        return TypeGuess("categorical", 0.6, f"named as an identifier; {column.distinct:,} different values")
    if column.distinct <= 10 and column.present >= 100:  # noqa: PLR2004 may be codes as well as counts
        return TypeGuess("numeric", 0.6, f"whole numbers, only {column.distinct} different: a count, or codes")
    return TypeGuess("numeric", 0.9, "whole numbers")


def _of_text(column: ColumnProfile, sample: list[str]) -> TypeGuess:  # noqa: PLR0911 one for each kind of text
    ratio = column.distinct / column.present
    if sample and set(map(str.lower, sample)) <= _FLAGS and column.distinct <= 2:  # noqa: PLR2004
        return TypeGuess("categorical", 0.9, "two words for yes and no")
    for pattern, least, guess in (
        (_URL, 0.8, TypeGuess("url", 0.95, "web addresses")),
        (_DATE, 0.9, TypeGuess("datetime", 0.6, "dates written in several ways, or incomplete")),
        (_LIST, 0.6, TypeGuess("list", 0.8, "several values in one")),
        (_COMMAS, 0.6, TypeGuess("list", 0.6, "several values, with commas")),
    ):
        if sample and sum(1 for text in sample if pattern.fullmatch(text)) >= least * len(sample):
            return guess
    length = sum(len(text.split()) for text in sample) / max(1, len(sample))
    if length >= 4 and ratio > 0.3 and column.distinct > 20:  # noqa: PLR2004 sentences
        return TypeGuess("sentence", 0.85, f"about {length:.0f} words each, {ratio:.0%} different")
    coded = sum(1 for text in sample if _CODE.fullmatch(text)) / max(1, len(sample))
    if column.distinct > 20 and ratio > 0.5 and (coded > 0.8 or is_key_like(column.name)):  # noqa: PLR2004
        return TypeGuess("not-generalizable", 0.75, f"codes, {ratio:.0%} different")
    if ratio <= 0.2 or column.distinct <= 20:  # noqa: PLR2004
        return TypeGuess("categorical", 0.9, f"{column.distinct:,} different texts in {column.present:,} rows")
    if ratio <= 0.5:  # noqa: PLR2004
        return TypeGuess("categorical", 0.65, f"{column.distinct:,} different texts in {column.present:,} rows")
    if length >= 2.5:  # noqa: PLR2004
        return TypeGuess("sentence", 0.65, f"about {length:.0f} words each, {ratio:.0%} different")
    return TypeGuess("sentence", 0.5, f"short texts, {ratio:.0%} different: names, perhaps")
