"""Evidence for the type of a column, in words that a user can check and that hold no value of the column."""

from collections.abc import Mapping

from radix_assets.column_types.lexicon import LEXICON
from radix_assets.column_types.schema import ColumnFacts, ColumnType
from radix_assets.common.words import singular, words

_LOOKS = (
    ("value_is_url", "web addresses"),
    ("value_is_email", "e-mail addresses"),
    ("value_is_json", "JSON"),
    ("value_is_date_iso", "dates"),
    ("value_is_date_slash", "dates"),
    ("value_is_date_words", "dates in words"),
    ("value_is_time", "times of day"),
    ("value_is_money", "amounts with a currency"),
    ("value_is_percent", "percentages"),
    ("value_is_point", "pairs of coordinates"),
    ("value_is_number_unit", "numbers with a unit"),
    ("value_is_number_range", "ranges of numbers"),
    ("value_is_thousands", "numbers with thousands separators"),
    ("value_is_list_brackets", "bracketed lists"),
    ("value_is_list_marks", "several values with separators"),
    ("value_is_list_numbers", "several numbers with separators"),
    ("value_is_hex", "hexadecimal codes"),
    ("value_is_upper_code", "short codes in capitals"),
    ("value_is_alphanumeric", "codes of letters and digits"),
)
_SAID: dict[ColumnType, tuple[str, ...]] = {
    "numeric": ("measure", "money", "count", "ratio", "statistic", "unit", "coordinate", "number_of"),
    "categorical": ("category", "flag", "place", "code", "year", "date", "person", "company"),
    "datetime": ("date", "year", "month_name"),
    "sentence": ("text",),
    "url": ("url",),
    "embedded-number": ("embedded", "measure", "money", "unit", "count"),
    "list": ("list",),
    "not-generalizable": ("key", "number_of", "other"),
    "context-specific": ("key", "code", "person", "company", "address", "contact", "coordinate", "survey"),
}
_VAGUE = frozenset(
    {"full", "first", "last", "middle", "display", "given", "on", "at", "per", "until", "since", "n", "in"}
)
"""Words that are meaningful only beside another."""
_KINDS = {
    "key": "an identifier",
    "number_of": "a number",
    "code": "a code",
    "category": "a category",
    "flag": "yes or no",
    "place": "a place",
    "coordinate": "a position",
    "person": "a person",
    "company": "an organization",
    "address": "an address",
    "contact": "a contact",
    "date": "a time",
    "month_name": "a month or weekday",
    "year": "a year",
    "text": "a text",
    "url": "a link",
    "list": "several things",
    "count": "a count",
    "money": "money",
    "ratio": "a ratio",
    "statistic": "a statistic",
    "measure": "a measurement",
    "unit": "a unit",
    "embedded": "a quantity",
    "other": "a remainder",
    "survey": "a question of a survey",
}


def evidence(column: ColumnFacts, type_: ColumnType, features: Mapping[str, float]) -> str:
    """Return the reasons for a type: name, counts and patterns of the values."""
    parts = [_counts(column), _look(column, features), _name(column, type_, features)]
    return "; ".join(part for part in parts if part)


def _counts(column: ColumnFacts) -> str:
    present = column.rows - column.nulls
    if present <= 0:
        return "no value at all"
    if column.distinct <= 1:
        return "the same in every row that holds a value"
    share = column.nulls / column.rows
    if column.distinct == present:
        text = "no two values alike"
    else:
        text = f"{column.distinct:,} different values in {present:,} rows"
    return text + (f", {share:.0%} missing" if share >= 0.005 else "")  # noqa: PLR2004 less rounds to zero


def _look(column: ColumnFacts, features: Mapping[str, float]) -> str:
    if not column.samples:
        return ""
    for name, words_ in _LOOKS:
        if features[name] >= 0.6 and not column.numeric:  # noqa: PLR2004 three of five
            return f"looks like {words_}"
    if column.numeric:
        return "whole numbers" if features["stat_whole"] == 1 else "numbers with decimals"
    if features["value_words_mean"] >= 4:  # noqa: PLR2004 a phrase at least
        return f"about {features['value_words_mean']:.0f} words each"
    if features["number_numeric"] > 0:
        return "numbers and text mixed" if features["number_numeric"] < 1 else "numbers that were not read as such"
    return "short texts"


def _name(column: ColumnFacts, type_: ColumnType, features: Mapping[str, float]) -> str:
    parts = words(column.name)
    forms = {*parts, *map(singular, parts)} - _VAGUE
    for kind in _SAID[type_]:
        if forms & LEXICON[kind]:
            return f"named like {_KINDS[kind]}"
    if type_ == "context-specific" and features["name_readable"] < 0.5:  # noqa: PLR2004 mostly abbreviations
        return "a name that only a codebook explains"
    return ""
