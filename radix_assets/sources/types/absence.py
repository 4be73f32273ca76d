"""Words that say that a value is missing, such as `unknown` or `keine Angabe`, among numbers, dates or times.

They may mean something else (`none` of zero children), so they are never null by themselves: the other values decide
the type, and cells with such words are set aside, counted and shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from radix_assets.sources.rows import Rows
from radix_assets.sources.types.counts import Counts, present_in
from radix_assets.sources.types.readings import INFINITE, NULL_TOKENS

_WORDS: Final = """
    unknown|unkn|unk|undefined|undef|missing|not available|not applicable|not known|not recorded|not reported
    |not specified|not stated|not given|not provided|not measured|not tested|not determined|not found|no data|nodata
    |no value|no answer|no response|no record|no info|no information|unspecified|unavailable|tbd|tba|tbc
    |to be determined|to be announced|to be confirmed|to be defined|pending|n.a.|n.a|n/k|n/d|n.d.|n.k.|blank|empty
    |nd|bdl|b.d.l.|lod|loq|<lod|<loq|< lod|< loq|not detected|none detected|below detection|trace|traces|n.n.
    |refused|withheld|redacted|suppressed|confidential|error|invalid|invalid date|n/av|n/ap|not avail|no reading
    |unbekannt|k.a.|k. a.|k.a|keine angabe|keine angaben|nicht bekannt|nicht verfügbar|nicht vorhanden|fehlt|fehlend
    |leer|ohne angabe|o.a.|o. a.|n.v.|n.b.|entfällt
    |inconnu|inconnue|non renseigné|non renseignée|non disponible|non communiqué|non connu|n.c.|s.o.|sans objet
    |manquant|manquante|vide|néant
    |desconocido|desconocida|sin dato|sin datos|s/d|no disponible|no aplica|no consta|n/c|ns/nc|vacío
    |sconosciuto|sconosciuta|non disponibile|n.p.|mancante|vuoto|non noto
    |desconhecido|desconhecida|não disponível|não informado|não se aplica|sem dados|sem informação|ignorado
    |onbekend|niet beschikbaar|n.v.t.|nvt|geen|leeg|niet van toepassing
    |okänd|okänt|saknas|uppgift saknas|ukjent|ukendt|mangler|ikke oplyst
    |nieznany|nieznana|brak|brak danych|nie dotyczy|b.d.|neznámý|neuvedeno|bilinmiyor|yok
    |неизвестно|нет данных|н/д|нет|не указано|未知|无|缺失|不详|暂无|不明|未定|なし|該当なし|미상|없음
    |..|...|…|---|----|*|**|***|#|##|###|####|??|???|:
"""
_BRACKETS: Final = (("(", ")"), ("[", "]"), ("<", ">"))


def _all_words() -> frozenset[str]:
    words = {" ".join(word.split()) for word in _WORDS.split("|")}
    words |= {token.lower() for token in NULL_TOKENS if token not in INFINITE}
    return frozenset(words | {before + word + behind for word in words for before, behind in _BRACKETS})


ABSENT: Final = _all_words()
"""Such words in lower case; other spellings of null tokens, such as `None` or `N/a`, are among them."""


NO_WORD: Final = r"^[^\pL\pN]+$"
"""Marks only, such as `$ -` in a column of amounts, or `/  /` where a date would be."""
NO_DATE: Final = r"^0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[ T].*)?$|^0{4}[-/.]\d\d[-/.]\d\d(?:[ T].*)?$|^0{8}$"
"""Dates in the year or month zero, by which programs say that there is none."""
_NUMBER: Final = r"[-+\x{2212}]?(?:\d[\d.,' \x{a0}\x{2009}\x{202f}]*\d|\d)"
LIMIT: Final = (
    r"^(?i:[<>\x{2264}\x{2265}]\s*=?|=\s*[<>]|(?:less|more|greater|lower|higher|fewer) than|below|above|under|over|"
    rf"at (?:least|most)|up to|unter|über|mehr als|weniger als|kleiner|größer)\s*{_NUMBER}"
    r"\s*(?:[%°/\x{b2}\x{b3}]|\pL){0,6}$"
    rf"|^{_NUMBER}\s*\+$"
)
"""Limits in place of values, such as `<0.5` and `85+`: what is measured is beyond them."""
_LIMIT: Final = re.compile(
    re.sub(r"\\x\{([0-9a-f]+)\}", lambda hit: f"\\u{int(hit[1], 16):04x}", LIMIT).replace(r"\pL", r"[^\W\d_]")
)
_MOST: Final = 0.8
"""The share of limits and words of absence up to which the rest are the values of a column."""
_DAY: Final = re.compile(r"(?:19|20|99)\d{6}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


@dataclass(frozen=True)
class Absent:
    """Cells of a column that are no values."""

    words: int
    limits: int

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.words + self.limits


def is_absent(value: str) -> bool:
    """Return whether a text is a word of absence, or marks only."""
    return value.lower() in ABSENT or not any(mark.isalnum() for mark in value)


def is_limit(value: str) -> bool:
    """Return whether a text is a limit in place of a value."""
    return bool(_LIMIT.match(value))


def absent_in(column: str, *, dates: bool = False) -> pl.Expr:
    """Return whether the values of a column are words of absence or marks only; of `dates`, those that are none not."""
    text = present_in(column)
    absent = text.str.to_lowercase().is_in(sorted(ABSENT)) | text.str.contains(NO_WORD)
    return absent & ~text.str.contains(NO_DATE) if dates else absent


def without_absent(
    rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, list[str]]
) -> tuple[Rows, dict[str, Absent]]:
    """Return the rows with null for words of absence and limits, in columns whose other values have digits.

    Also return how many cells of each such column those are: at most half of its values are words of absence. Columns
    without any are left out, and without such columns the rows are those that were given.
    """
    likely: dict[str, pl.Expr] = {}
    dates: set[str] = set()
    for column, values in samples.items():
        rest = [value for value in values if not is_absent(value) and not is_limit(value)]
        days = [value for value in rest if not re.match(NO_DATE, value)]
        if 0 < len(days) < len(rest) and all(map(_DAY.fullmatch, days)):
            rest = days
            dates.add(column)
        if 0 < len(rest) < len(values) and all(any(mark.isdigit() for mark in value) for value in rest):
            likely[column] = absent_in(column, dates=column in dates)
    if not likely:
        return rows, {}
    limit = {column: present_in(column).str.contains(LIMIT) for column in likely}
    none = {column: present_in(column).str.contains(NO_DATE) for column in dates if column in likely}
    numbers = rows.one(
        count.alias(f"{column}.{place}")
        for column, absent in likely.items()
        for place, count in enumerate((absent.sum(), limit[column].sum()))
    )
    cells = {}
    for column, words, limits in zip(likely, numbers[::2], numbers[1::2], strict=True):
        absent = Absent(int(words or 0), int(limits or 0))
        present = counts[column].present
        if (absent.cells or column in none) and 2 * absent.words <= present and absent.cells <= _MOST * present:
            cells[column] = absent
    if not cells:
        return rows, {}
    null = {column: likely[column] | limit[column] | none.get(column, pl.lit(value=False)) for column in cells}
    return rows.replace(*(pl.when(~null[column]).then(pl.col(column)).alias(column) for column in cells)), cells
