"""Infer words: pairs that are booleans, and words that mean null in a column of text."""

from collections.abc import Mapping, Sequence

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading
from radix_assets.sources.types.counts import Counts, Finding, known_of, present_in, required
from radix_assets.sources.types.readings import INFINITE, NULL_TOKENS

_LOCAL = [
    *(("wahr", "falsch"), ("vrai", "faux"), ("vero", "falso"), ("verdadero", "falso"), ("verdadeiro", "falso")),
    *(("waar", "onwaar"), ("prawda", "fałsz"), ("pravda", "nepravda"), ("истина", "ложь")),
]
"""How spreadsheets write truth values in other languages."""
_PAIRS = [("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), *_LOCAL]
_MOSTLY = 0.9
_UNKNOWN = "?"


def infer_booleans(rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, list[str]]) -> dict[str, Finding]:
    """Find columns that hold only the two words of a pair. `true` or `false` alone suffices; `Y` alone does not."""
    likely = {}
    for column, values in samples.items():
        words = {value.lower() for value in values[:8]}
        pair = next((pair for pair in _PAIRS if words and words <= set(pair)), None)
        if pair:
            likely[column] = pair
    if not likely:
        return {}
    known_words = {column: known.words for column in likely if (known := known_of(rows, column)) and known.words}
    queries = []
    for column, pair in likely.items():
        if known_words.get(column, {}).keys() == set(pair):
            continue
        word = present_in(column).str.to_lowercase()
        queries += [(word == spelled).sum().alias(f"{column}.{spelled}") for spelled in pair]
    answers = iter(rows.one(queries) if queries else ())
    findings = {}
    for column, (true, false) in likely.items():
        if known_words.get(column, {}).keys() == {true, false}:
            yes, no = known_words[column][true], known_words[column][false]
        else:
            yes, no = next(answers), next(answers)
        present = counts[column].present
        if yes + no >= required(present) and (true == "true" or (yes and no)):
            spelling = [
                next((value for value in samples[column] if value.lower() == spelled), spelled)
                for spelled in (true, false)
            ]
            reading = Reading(dtype="boolean", true=[true], false=[false], spelling=spelling)
            findings[column] = Finding(reading, f"{true}/{false}", present - yes - no)
    return findings


def nulls_of(rows: Rows, counts: Mapping[str, Counts], findings: Mapping[str, Finding]) -> dict[str, list[str]]:
    """Return the texts that mean null in each column.

    In a column of numbers, dates or booleans every null token is one, except that infinite numbers are set aside. In a
    column of text a token is null only where the same file uses it so in a column that is not text, or where it is `?`
    and the only value without a letter or a digit. A token of the same form as the column's other values stays: NA is
    Namibia among country codes.
    """
    columns = [column for column, count in counts.items() if count.tokens]
    if not columns:
        return {column: [] for column in counts}
    nulls: dict[str, list[str]] = {column: [] for column in counts}
    tokens_of = {column: list(known.tokens) for column in columns if (known := known_of(rows, column)) and known.counts}
    unknown = [column for column in columns if column not in tokens_of]
    queries = [pl.col(column).filter(pl.col(column).is_in(NULL_TOKENS)).unique() for column in unknown]
    tokens_of |= {
        column: sorted(answer.to_series().to_list())
        for column, answer in zip(unknown, rows.select_each(queries) if queries else [], strict=True)
    }
    typed = [column for column in columns if column in findings and findings[column].reading.dtype != "string"]
    nulls.update({column: [token for token in tokens_of[column] if token not in INFINITE] for column in typed})
    habits = {token for column in typed for token in tokens_of[column]}
    for column in columns:
        present = counts[column].present
        if column in typed:
            continue
        tokens = [token for token in tokens_of[column] if token in habits or token == _UNKNOWN]
        if not present:
            nulls[column] = tokens
            continue
        nulls[column] = [
            token for token in tokens if not _is_ordinary_value(rows, column, token, present, token in habits)
        ]
    return nulls


def _is_ordinary_value(rows: Rows, column: str, token: str, present: int, habit: bool) -> bool:  # noqa: FBT001
    """Return whether a token is an ordinary value of a column of text."""
    text = present_in(column)
    if any(mark.isalnum() for mark in token):
        alike = (text.str.len_chars() == len(token)) & (text.str.to_uppercase() == text)
        return _count(rows, alike) >= _MOSTLY * present if token == token.upper() else False
    return False if habit else _count(rows, text.str.contains(r"^[^\pL\pN]+$")) > 0


def _count(rows: Rows, condition: pl.Expr) -> int:
    return int(rows.select(condition.sum()).item() or 0)


def joined(words: Sequence[str]) -> str:
    """Return words in quotation marks, joined for display."""
    return ", ".join(f'"{word}"' for word in words)
