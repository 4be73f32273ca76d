"""The feature type of each column: proven by the profile, else predicted by the column type model."""

from collections.abc import Collection, Mapping, Sequence

from radix_assets.column_types.classify import classify
from radix_assets.column_types.schema import TypeGuess
from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.suggestions.column_facts import facts_of


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
        result[table][column.name] = guess
    return result


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
