"""The feature type of each column: proven by the profile, else predicted by the column type model."""

import math
from collections.abc import Collection, Mapping, Sequence

from radix_assets.column_types.classify import classify
from radix_assets.column_types.schema import ColumnType, TypeGuess
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.relationships.names import is_key_like
from radix_assets.relationships.prose import is_prose
from radix_assets.suggestions.column_facts import facts_of

_NO_TEXT = frozenset({"numeric", "datetime"})
"""Types that a column of text does not have."""
_UNSURE = 0.5
_REPEATED = 0.2
"""Share of distinct values up to which sentences are categories, such as the answers of a questionnaire."""


def guess_types(
    profiles: Mapping[str, TableProfile],
    samples: Mapping[str, Mapping[str, Sequence[str]]],
    keys: Mapping[str, Collection[str]],
) -> dict[str, dict[str, TypeGuess]]:
    """Return the most likely type of every column.

    `samples` are distinct values as text, by table and column, in order of appearance; `keys` are the columns that are
    single-column keys or foreign keys, by table.
    """
    result: dict[str, dict[str, TypeGuess]] = {}
    unproven: list[tuple[str, ColumnProfile]] = []
    for table, profile in profiles.items():
        result[table] = {}
        for name, column in profile.columns.items():
            proven = _certain_type(column, is_key=name in keys.get(table, ()))
            if proven is None:
                unproven.append((table, column))
            else:
                result[table][name] = proven
    guesses = classify([facts_of(column, samples[table][column.name]) for table, column in unproven])
    for (table, column), guess in zip(unproven, guesses, strict=True):
        fitting = _of_text if column.dtype == "string" else _of_distinct_integers
        result[table][column.name] = fitting(column, guess)
    return result


def _of_distinct_integers(column: ColumnProfile, guess: TypeGuess) -> TypeGuess:
    """Return numeric for integers that are all different in no order, unless name or digits are those of an identifier.

    Few rows of a wide measure never repeat; that alone makes no identifier.
    """
    if guess.type != "not-generalizable" or column.dtype != "integer" or not column.unique or column.monotonic:
        return guess
    low, high = column.quantiles.get("0.05"), column.quantiles.get("0.95")
    if is_key_like(column.name) or low is None or high is None:
        return guess
    same_length = low > 0 and math.floor(math.log10(low)) == math.floor(math.log10(high))
    if same_length:
        return guess
    return TypeGuess("numeric", _UNSURE, "not-generalizable", "whole numbers, all different, in no order")


def _of_text(column: ColumnProfile, guess: TypeGuess) -> TypeGuess:
    """Return a guess that values of text can have: what looks like numbers or dates but is text will be read as text.

    Text that looks so was kept because it is doubtful, because its digits are codes, or because a person said so.
    """
    if is_prose(column) and column.distinct > _REPEATED * column.present and guess.type not in {"sentence", "list"}:
        return TypeGuess("sentence", max(_UNSURE, 1 - guess.confidence), guess.type, "sentences")
    if guess.type not in _NO_TEXT:
        return guess
    repeated = column.distinct <= column.present / 2
    likeliest: ColumnType = "categorical" if repeated else "not-generalizable"
    other = guess.second if guess.second and guess.second not in _NO_TEXT else likeliest
    things = "dates or times" if guess.type == "datetime" else "numbers"
    evidence = f"text that looks like {things}; `columns` in project.yaml says how it is to be read"
    return TypeGuess(other, min(guess.confidence, _UNSURE), None, evidence)


def _certain_type(column: ColumnProfile, *, is_key: bool) -> TypeGuess | None:  # noqa: PLR0911 a list of rules
    """Return the type that follows from the profile of all rows alone."""
    if column.present == 0:
        return TypeGuess("not-generalizable", 0.98, None, "empty")
    if column.constant:
        return TypeGuess("not-generalizable", 0.95, "categorical", "always the same")
    if column.dtype in {"date", "datetime", "time"}:
        return TypeGuess("datetime", 0.98, None, "times of day" if column.dtype == "time" else "dates")
    if is_key and column.dtype in {"integer", "string"}:
        return TypeGuess("not-generalizable", 0.95, "categorical", "a key")
    if column.dtype == "boolean":
        return TypeGuess("categorical", 0.98, None, "true or false")
    if column.dtype == "float" and _is_broken(column):
        return TypeGuess("numeric", 0.97, None, "decimal numbers")
    return None


def _is_broken(column: ColumnProfile) -> bool:
    """Return whether there are numbers with a fraction: these are measures, not codes."""
    seen = [value for value, _ in column.top] or [column.minimum, column.maximum, *column.quantiles.values()]
    return any(value is not None and value % 1 for value in seen)
