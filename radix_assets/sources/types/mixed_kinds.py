"""Columns of numbers that are written in several ways: no reading converts them all, so that they stay text.

The warning says why: amounts in several currencies or units, debit and credit, `~10`, `10*`, `5K`, words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import Reading, ReadWarning
from radix_assets.sources.types.counts import Finding, present_in
from radix_assets.sources.types.hints import CODES, tells
from radix_assets.sources.types.numbers import CURRENCIES, MEASURES

_NUMBER: Final = r"[-+(]?[-+]?(?:\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{2,3})+|\d+)?(?:[.,]\d*)?\)?-?(?<=[\d).-])"
_ALTERNATIVES: Final = "|".join(map(re.escape, sorted(CURRENCIES, key=len, reverse=True)))
_UNITS: Final = "|".join(map(re.escape, sorted({*MEASURES, "g", "t", "m", "l", "h", "s"}, key=len, reverse=True)))
_KINDS: Final = {
    "number": re.compile(_NUMBER),
    "per cent": re.compile(rf"{_NUMBER}\s*%"),
    "currency": re.compile(
        rf"(?:[-(]?(?P<before>{_ALTERNATIVES})\.?\s*{_NUMBER}|{_NUMBER}\s*(?P<behind>{_ALTERNATIVES})\.?)\)?"
    ),
    "side": re.compile(rf"{_NUMBER}\s*(?:[CD]R\.?|Soll|Haben)|-?\d[\d.,]*[.,]\d\d\s*[CDSH]", re.IGNORECASE),
    "unit": re.compile(rf"{_NUMBER}\s*(?P<unit>{_UNITS})"),
    "size": re.compile(rf"\W?{_NUMBER}\s*(?:k|K|M|mn|bn|B|Mio\.?|Mrd\.?|Tsd\.?|thousand|million|billion)"),
    "estimate": re.compile(
        rf"(?:~|\u2248|\u00b1|ca\.?|circa|c\.|approx\.?|about|etwa|env\.?)\s*{_NUMBER}", re.IGNORECASE
    ),
    "flag": re.compile(r"[-+]?\d+[.,]\d+\s[a-z]{1,3}"),
    "range": re.compile(rf"{_NUMBER}\s*(?:[-\u2013]|to|bis)\s*{_NUMBER}"),
    "mark": re.compile(rf"{_NUMBER}\s*(?:[*?!^\u2020\u2021\u00b9\u00b2\u00b3]+|\([a-z*]\)|\[\w\]|[a-z]\))"),
}
_PLACES: Final = frozenset(
    """
    house haus hausnummer hausnr hnr nummer nr no number num room raum apt apartment unit flat suite floor size größe
    address adresse anschrift street straße name title model modell product produkt article artikel code id ids ref
    key position pos section chapter version grade class klasse
    """.split()  # noqa: SIM905 a list of words would be one line each
)
"""Words of names of columns whose numbers are names, with letters beside some."""
_MOSTLY, _WORDS, _FEW = 0.5, 0.6, 20
_DISTINCT, _FEWEST = 10, 5


def explain_kinds(rows: Rows, samples: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> dict[str, Finding]:
    """Return findings of text, with a warning, for columns of text of which at least half are written as numbers."""
    result = {}
    for column, values in samples.items():
        name = names.get(column, "")
        if len(values) < _FEWEST or tells(name, CODES) or not _may_be_numbers(values):
            continue
        total, kinds, details = _counted(rows, column)
        reason = _reason(total, kinds, details, named=tells(name, _PLACES))
        if reason is None:
            continue
        code, number, text = reason
        message = (
            f"{text}; the column is kept as text; `type: float` under `columns` in project.yaml reads the numbers "
        )
        message += "and sets the others aside, `type: text` confirms it"
        warning = ReadWarning(code=code, message=message, count=number)
        result[column] = Finding(Reading(), "text, because its numbers are written in several ways", warnings=[warning])
    return result


def _may_be_numbers(values: Sequence[str]) -> bool:
    few = values[:: max(1, len(values) // 200)]
    return sum(_kind(value)[0] != "" for value in few) >= _MOSTLY * len(few)


def _kind(value: str) -> tuple[str, str]:
    """Return how a number is written, and its unit or currency; empty text if it is no number."""
    if len(value) > _FEW:
        return "", ""
    for kind, pattern in _KINDS.items():
        hit = pattern.fullmatch(value)
        if hit:
            return kind, next((each for each in hit.groupdict().values() if each), "")
    return "", ""


def _counted(rows: Rows, column: str) -> tuple[int, Counter[str], dict[str, Counter[str]]]:
    """Return how many values there are, how many of each kind, and their units."""
    values = rows.derive(present_in(column).alias("text")).filter(pl.col("text").is_not_null())
    kinds, details, total = Counter[str](), dict[str, Counter[str]](), 0
    for text, number in values.frame.lazy().group_by("text").len().collect(engine="streaming").iter_rows():
        kind, detail = _kind(text)
        kind = kind or ("code" if any(mark.isdigit() for mark in text) else "word")
        kinds[kind] += number
        total += number
        if detail:
            details.setdefault(kind, Counter())[detail] += number
    kinds["distinct"] = (
        values.filter(pl.col("text").str.contains(r"^[-+]?[\d.,]+$")).select(pl.col("text").n_unique()).item()
    )
    return total, kinds, details


def _reason(  # noqa: PLR0911 one for each kind of evidence
    total: int, kinds: Counter[str], details: Mapping[str, Counter[str]], *, named: bool
) -> tuple[str, int, str] | None:
    """Return the code of the warning, how many values it is about, and what is the matter."""
    numbers = sum(kinds[kind] for kind in _KINDS)
    if numbers < _MOSTLY * total or kinds["code"] > (1 - _WORDS) / 4 * total:
        return None
    units = {**details.get("currency", {}), **details.get("unit", {})}
    if len(units) > 1 and sum(units.values()) + kinds["number"] >= _WORDS * total:
        shown = ", ".join(f"{unit} ({number:,})" for unit, number in Counter(units).most_common(5))
        return "mixed_units", sum(units.values()), f"its amounts have several units: {shown}"
    if kinds["per cent"] and kinds["number"] and numbers >= _WORDS * total:
        number = counted(kinds["per cent"], "value")
        return "mixed_units", kinds["per cent"], f"{number} with a per cent sign stand beside numbers without one"
    if kinds["side"] and kinds["side"] + kinds["number"] + kinds["currency"] >= _WORDS * total:
        text = (
            f"{counted(kinds['side'], 'amount')} marked as debit or credit, and nothing says which of them is negative"
        )
        return "debit_credit", kinds["side"], text
    odd = kinds["size"] + kinds["estimate"] + kinds["mark"] + kinds["range"] + kinds["flag"]
    plain = kinds["number"] + kinds["size"] + kinds["flag"]
    if named or plain < _MOSTLY * total or not kinds["number"] + kinds["flag"]:
        return None
    if odd:
        text = f"{counted(odd, 'value')} beside numbers such as ~10, 10*, 10-15 or 5K, which are not exact numbers"
        return "mixed_values", odd, text
    if kinds["word"] and not kinds["code"] and kinds["number"] >= _WORDS * total and kinds["distinct"] >= _DISTINCT:
        return (
            "mixed_values",
            kinds["word"],
            f"{counted(kinds['word'], 'value')} beside numbers cannot be read as numbers",
        )
    return None
