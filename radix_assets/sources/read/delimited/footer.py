"""Lines below the rows: totals, notes and counts."""

import re
from collections.abc import Sequence

from radix_assets.sources.read.delimited.grammar import Record
from radix_assets.sources.read.delimited.shapes import Shape, shape_of

_MOST = 12
_LONG = 60
_TOTAL = re.compile(
    r"(?:grand |sub|sum |overall |column )?totals?\b.*|sum(?:me|a|med?)?\b:?|gesamt(?:summe)?\b.*|insgesamt\b.*"
    r"|zusammen\b:?|totale?s?\b.*|toplam\b.*|итого\b.*|всего\b.*|razem\b:?|celkem\b:?|yhteensä\b:?|totalt\b:?"
    r"|i alt\b:?|合計|合计|总计|總計|합계",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:source|sources|note|notes|remark|remarks|legend|quelle|anmerkung|hinweis|stand|fuente|nota|notas|remarque|fonte"
    r"|bron|kilde|generated|created|exported|printed|copyright|©|end of (?:file|report|data)|eof|\(?c\)|last updated"
    r"|data as of|report)\b.*|\(?\d+ (?:rows?|records?|lines?|entries|results?|zeilen|lignes|filas)\b.*|[*†‡]+ ?\w.*"
    r"|-{3,}.*|={3,}.*",
    re.IGNORECASE | re.DOTALL,
)


def footer_of(records: Sequence[Record], width: int, shapes: Sequence[Shape]) -> int:
    """Return how many of the last records of a file, blank ones between them included, are not rows of the table.

    They are totals, or records of one cell that is a note, is long, or does not fit its column behind a blank line.
    """
    if width < 2:  # noqa: PLR2004 every text may be a value
        return 0
    footer = 0
    for distance, record in enumerate(reversed(records[-_MOST:]), start=1):
        if record.blank:
            continue
        behind_blank = distance < len(records) and records[-distance - 1].blank
        if not _is_footer(record, width, shapes, behind_blank=behind_blank, noted=footer > 0):
            break
        footer = distance
    return footer if footer < len(records) else 0


def _is_footer(record: Record, width: int, shapes: Sequence[Shape], *, behind_blank: bool, noted: bool) -> bool:
    texts = [cell.strip() for cell in record.cells]
    filled = [index for index, text in enumerate(texts) if text]
    first = texts[filled[0]]
    wide = width > 3  # noqa: PLR2004
    if len(filled) > 1:
        return _is_total(texts, filled, shapes) or (
            behind_blank and len(filled) * 2 < width and len(filled) < len(texts) - 1 and wide
        )
    fits = filled[0] < len(shapes) and shape_of(first) == shapes[filled[0]] != "words"
    if fits:
        return False
    if _NOTE.fullmatch(first) or _TOTAL.fullmatch(first) or (behind_blank and width > 2):  # noqa: PLR2004
        return True
    typed = filled[0] < len(shapes) and shapes[filled[0]] in {"number", "moment"}
    return (
        len(first) > _LONG
        or (typed and len(record.cells) == 1 and (" " in first or noted))
        or (noted and len(first) > _LONG // 2)
    )


def _is_total(texts: Sequence[str], filled: Sequence[int], shapes: Sequence[Shape]) -> bool:
    """Return whether a record is a total: its label in place of a name, and numbers below numbers."""
    label = texts[filled[0]]
    if not _TOTAL.fullmatch(label) or len(label) > _LONG:
        return False
    return all(shape_of(texts[index]) in {"number", "moment", ""} for index in filled[1:]) and any(
        index < len(shapes) and shapes[index] == "number" == shape_of(texts[index]) for index in filled[1:]
    )
