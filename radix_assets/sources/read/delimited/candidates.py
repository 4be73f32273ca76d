"""The separators and quotation marks that a text file may use."""

import re

from radix_assets.sources.read.delimited.grammar import Grammar

COMMON = (",", ";", "\t", "|")
RARE = (
    "\x1f",
    "\x1e",
    "\x01",
    "\x02",
    "\x07",
    "~",
    "^",
    "§",
    "¦",
    "¬",
    "@",
    "#",
    "!",
    "*",
    "&",
    "$",
    "%",
    ":",
    "=",
    "/",
)
_SEVERAL = ("||", "::", ";;", "~~", "|~|", "~|~", "^|^", "##", "@@", "\t\t", "<>", "->", "$$", "&&", "%%", "^^", "¦¦")
_CLOCK = re.compile(r"^\W?\d{2,4}[-/.]\d\d[-/.]\d{2,4}[T ,]+\d\d:\d\d:\d\d")
ROWS = 400
"""Lines that are looked at."""


def candidates(text: str, newline: str, delimiter: str | None, quote: str | None) -> list[Grammar]:
    """Return the grammars that a file may have, from its text. What is given is not guessed (see `choose`)."""
    lines = [line for line in text.split(newline)[:ROWS] if line.strip()]
    marks: list[str] = (
        [delimiter]
        if delimiter is not None
        else [
            mark
            for mark in (*COMMON, *_SEVERAL, *RARE)
            if sum(mark in line for line in lines) * 2 >= len(lines) or mark in COMMON
        ]
    )
    # Lines that begin with a moment, as those of a log, are not divided inside it.
    timed = sum(bool(_CLOCK.search(line)) for line in lines) * 2 > len(lines)
    grammars = []
    for mark in marks:
        if delimiter is None and (mark not in text or (mark == ":" and timed)):
            continue
        for quotation in [quote] if quote is not None else _quotes(text, mark):
            escapes = ["", "\\"] if quotation and f"\\{quotation}" in text else [""]
            grammars += [
                Grammar(mark, quotation, escape, trimmed=bool(quotation) and _spaced(text, mark, quotation))
                for escape in escapes
            ]
    if delimiter is None or delimiter == " ":
        grammars += [
            Grammar(" ", quotation, runs=True) for quotation in ([quote] if quote is not None else _quotes(text, " "))
        ]
        grammars = [grammar for grammar in grammars if grammar.runs or grammar.delimiter != " "]
    return grammars


def _quotes(text: str, delimiter: str) -> list[str]:
    """Return the quotation marks that a file may use: single ones only where they enclose whole cells."""
    edge = re.escape(delimiter)
    enclosed = (
        len(re.findall(rf"(?:^|{edge})[ ]*'(?:[^'\n]|''|\\')*'[ ]*(?={edge}|\r|$)", text, re.MULTILINE))
        if delimiter
        else 0
    )
    begun = len(re.findall(rf"(?:^|{edge})[ ]*'", text, re.MULTILINE)) if delimiter else 0
    if enclosed >= 1 and enclosed >= 0.9 * begun and text.count('"') < enclosed:
        return ["'", '"']
    return ['"']


def _spaced(text: str, delimiter: str, quote: str) -> bool:
    return delimiter != " " and bool(re.search(rf"{re.escape(delimiter)} +{re.escape(quote)}", text))
