"""Words that say that a value is missing, such as `unknown` or `keine Angabe`, among numbers, dates or times.

They may mean something else (`none` of zero children), so they are never null by themselves: the other values decide
the type, and cells with such words are set aside, counted and shown.
"""

from collections.abc import Mapping
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


def is_absent(value: str) -> bool:
    """Return whether a text is a word of absence."""
    return value.lower() in ABSENT


def without_absent(
    rows: Rows, counts: Mapping[str, Counts], samples: Mapping[str, list[str]]
) -> tuple[Rows, dict[str, int]]:
    """Return the rows with null for words of absence, in columns of which the samples say that the rest has digits.

    Also return how many cells of each such column those are: at most half of its values. Columns without any are left
    out, and without such columns the rows are those that were given.
    """
    likely = [
        column
        for column, values in samples.items()
        if any(map(is_absent, values))
        and all(any(mark.isdigit() for mark in value) for value in values if not is_absent(value))
    ]
    if not likely:
        return rows, {}
    words = sorted(ABSENT)
    absent = {column: present_in(column).str.to_lowercase().is_in(words) for column in likely}
    numbers = rows.one(absent[column].sum().alias(column) for column in likely)
    cells = {
        column: number
        for column, number in zip(likely, numbers, strict=True)
        if 0 < 2 * number <= counts[column].present
    }
    if not cells:
        return rows, {}
    return rows.replace(*(pl.when(~absent[column]).then(pl.col(column)).alias(column) for column in cells)), cells
