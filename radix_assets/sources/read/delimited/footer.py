"""Lines below the rows: totals, notes and counts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.notes import are_spaced, is_sentence
from radix_assets.sources.read.delimited.shapes import Shape, shape_of

_MOST = 12
_LONG = 60
_NEARLY = 0.8
TOTAL = re.compile(
    r"(?:grand |sub[ -]?|sum |overall |column )?totals?\b.*|sum(?:me|a|med?)?\b:?|gesamt(?:summe)?\b.*|insgesamt\b.*"
    r"|(?:zwischen|teil)summen?\b.*|sous-total.*|.{1,40}[ :_-](?:sub-?)?totals?:?|.{1,40} (?:gesamt|summe|insgesamt):?"
    r"|zusammen\b:?|totale?s?\b.*|toplam\b.*|итого\b.*|всего\b.*|razem\b:?|celkem\b:?|yhteensä\b:?|totalt\b:?"
    r"|i alt\b:?|合計|合计|总计|總計|합계",
    re.IGNORECASE,
)
_STATISTIC = re.compile(
    r"(?:average|mean|avg|minimum|maximum|min|max|median|count|mittelwert|durchschnitt|moyenne|promedio|media)\b[:.]?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:source|sources|note|notes|remark|remarks|legend|quelle|anmerkung|hinweis|stand|fuente|nota|notas|remarque|fonte"
    r"|bron|kilde|generated|created|exported|printed|copyright|©|end of (?:file|report|data)|eof|\(?c\)|last updated"
    r"|data as of|report)\b.*|\(?\d+ (?:rows?|records?|lines?|entries|results?|zeilen|lignes|filas)\b.*|[*†‡]+ ?\w.*"
    r"|-{3,}.*|={3,}.*",
    re.IGNORECASE | re.DOTALL,
)


_COUNT = re.compile(
    r"\(?\d[\d,.]* (?:rows?|records?|lines?|entries|results?|zeilen|lignes|filas)"
    r"(?: (?:selected|affected|returned|in set))?[^\d]*",
    re.IGNORECASE,
)
"""What a database says below its rows."""


@dataclass
class Body:
    """What is known of the rows above a footer."""

    width: int
    shapes: Sequence[Shape]
    records: Sequence[Record]
    """The last records of the file."""
    matches: Callable[[Record], bool]
    """Return whether the numbers of a record are the sums of those above it."""


def footer_of(body: Body) -> int:
    """Return how many of the last records of a file, blank ones between them included, are not rows of the table.

    They are totals, or records of one cell that is a note, is long, or does not fit its column behind a blank line. A
    total needs more than its label, since a company may be named Total: a blank line above it, a label in a column of
    numbers, a column of names that it leaves blank, or numbers that add up.
    """
    if body.width < 2:  # noqa: PLR2004 every text may be a value
        return 0
    records, footer = body.records, 0
    for distance, record in enumerate(reversed(records[-_MOST:]), start=1):
        if record.blank:
            continue
        behind_blank = _is_behind_blank(records, len(records) - distance)
        if not _is_footer(record, body, behind_blank=behind_blank, noted=footer > 0):
            break
        footer = distance
    return footer if footer < len(records) else 0


def _is_behind_blank(records: Sequence[Record], place: int) -> bool:
    """Return whether a blank line is above a record, or above it and other lines of one cell."""
    while place and _is_lone(records[place]) and _is_lone(records[place - 1]):
        place -= 1
    return place > 0 and records[place - 1].blank


def _is_lone(record: Record) -> bool:
    return not record.blank and not any(cell.strip() for cell in record.cells[1:])


def _is_footer(record: Record, body: Body, *, behind_blank: bool, noted: bool) -> bool:
    texts = [cell.strip() for cell in record.cells]
    filled = [index for index, text in enumerate(texts) if text]
    first, width, shapes = texts[filled[0]], body.width, body.shapes
    wide = width > 3  # noqa: PLR2004
    if len(filled) < width and _COUNT.fullmatch(" ".join(texts[index] for index in filled)):
        return True
    if len(filled) > 1:
        return (
            is_total(record, body, behind_blank=behind_blank, noted=noted)
            or (behind_blank and len(filled) * 2 < width and len(filled) < len(texts) - 1 and wide)
            or _is_divided_note(record, body, apart=behind_blank or noted)
            or _is_unlabelled_total(texts, record, body)
        )
    shape = shapes[filled[0]] if filled[0] < len(shapes) else ""
    if shape_of(first) == shape != "words":
        return False
    if TOTAL.fullmatch(first) or (behind_blank and width > 2):  # noqa: PLR2004
        return True
    typed, alone = shape in {"number", "moment"}, len(record.cells) == 1
    # A cell of a full row may be the name of something of which no more is known.
    apart = alone or _leaves_names_blank(texts, body)
    if _NOTE.fullmatch(first) and (apart or typed or ":" in first or not first[0].isalnum()):
        return True
    return (apart and len(first) > (_LONG // 2 if noted else _LONG)) or (typed and alone and (" " in first or noted))


def _is_unlabelled_total(texts: Sequence[str], record: Record, body: Body) -> bool:
    """Return whether a record has only numbers, is blank where the rows have names, and is the sum of the rows."""
    own = [shape_of(text) for text in texts]
    return not set(own) - {"number", ""} and _leaves_names_blank(texts, body) and body.matches(record)


def _is_divided_note(record: Record, body: Body, *, apart: bool) -> bool:
    """Return whether a record is a remark that delimiters divide: words where the rows have numbers or dates."""
    texts, shapes = [cell.strip() for cell in record.cells], body.shapes
    own = [shape_of(text) for text in texts]
    typed = [index for index, shape in enumerate(shapes) if shape in {"number", "moment"} and index < len(own)]
    words = sum(own[index] == "words" for index in typed)
    if any(shape in {"number", "moment"} for shape in own) and not is_sentence(record.cells):
        return False
    misfit = words > 0 and not any(own[index] == shapes[index] for index in typed)
    short = len(texts) < body.width
    above = [other.cells for other in body.records if len(other.cells) == body.width and not other.blank]
    if is_sentence(record.cells) and not are_spaced(above):
        ended = texts[-1].endswith((".", "!", ":"))
        return misfit or short or len(texts) > body.width or (ended and not typed)
    if _NOTE.fullmatch(texts[0]) and misfit:
        return True
    return apart and misfit and short


def is_total(record: Record, body: Body, *, behind_blank: bool = False, noted: bool = False) -> bool:
    """Return whether a record is a total: its label in place of a name, numbers below numbers, and some proof."""
    texts, shapes = [cell.strip() for cell in record.cells], body.shapes
    filled = [index for index, text in enumerate(texts) if text]
    label = texts[filled[0]] if filled else ""
    statistic = bool(_STATISTIC.fullmatch(label))
    if not (TOTAL.fullmatch(label) or statistic) or len(label) > _LONG:
        return False
    if not all(shape_of(texts[index]) in {"number", "moment", ""} for index in filled[1:]):
        return False
    if len(filled) > 1 and not any(
        index < len(shapes) and shapes[index] == "number" == shape_of(texts[index]) for index in filled[1:]
    ):
        return False
    in_numbers = filled[0] < len(shapes) and shapes[filled[0]] in {"number", "moment"}
    if behind_blank or in_numbers or _leaves_names_blank(texts, body):
        return True
    return (noted and statistic) or (not statistic and (len(filled) == 1 or body.matches(record)))


def _leaves_names_blank(texts: Sequence[str], body: Body) -> bool:
    """Return whether a record is blank in a column of words in which nearly every other record has some."""
    rows = [record.cells for record in body.records if len(record.cells) == body.width and not record.blank]
    return any(
        sum(bool(row[index].strip()) for row in rows) >= _NEARLY * len(rows)
        for index, shape in enumerate(body.shapes)
        if shape == "words" and index < len(texts) and not texts[index]
    )
