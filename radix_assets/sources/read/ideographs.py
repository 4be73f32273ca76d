"""How plausible a text in an encoding of two bytes is: kana, hangul and frequent ideographs."""

import re
from collections import Counter

_NEARLY, _SOME, _LEAST = 0.93, 20, 12
_SIGNS = frozenset("€£°§«»„“”‘’–—…²³µ½¼¾·º\u00a0®©™×±•´¿¡")
_FREQUENT_HANGUL = frozenset(
    "이다는의에을가하고지한도사로서기어대시리인나자아부정해제라전스구일수장그원보주상동국문여있신성공중경세과관모소산"
    "울광천남북강서면읍군호번름명김박최조윤임오유연용영안양계적조개위분우금요회물목상선실민년월"
)


def score_ideographs(text: str, encoding: str) -> float:
    """Return how plausible a text of a double-byte encoding is: kana, hangul and frequent ideographs."""
    counts = Counter(mark for mark in text if ord(mark) > 127)  # noqa: PLR2004
    if not counts:
        return 0.0
    points, total = 0.0, counts.total()
    for mark, number in counts.items():
        points += number * _points(mark, encoding)
    mixed = len(re.findall(r"[A-Za-z][\u4e00-\u9fff\uac00-\ud7a3]|[\u4e00-\u9fff\uac00-\ud7a3][A-Za-z]", text))
    score = points / total - 0.8 * mixed / total
    kana = sum(number for mark, number in counts.items() if "\u3040" <= mark <= "\u30ff") / total
    if encoding in {"cp932", "euc-jp"} and not kana and total > _SOME:
        return score - 0.12
    return score


def is_korean(text: str) -> bool:
    """Return whether nearly all letters of a text in cp949 are hangul of the standard, and not few.

    Other languages fill the rows of the code from end to end, so that their texts are not.
    """
    letters = [mark for mark in text if ord(mark) > 127]  # noqa: PLR2004
    return len(letters) >= _LEAST and sum(_is_frequent(mark, "euc-kr", 0xB0, 0xC8) for mark in letters) > _NEARLY * len(
        letters
    )


def _points(mark: str, encoding: str) -> float:
    """Return how plausible a character is in a text of a double-byte encoding."""
    code = ord(mark)
    points = -1.0
    if 0x3040 <= code <= 0x30FF:  # noqa: PLR2004 kana
        points = 1.0 if encoding in {"cp932", "euc-jp"} else -0.5
    elif 0xFF61 <= code <= 0xFF9F:  # noqa: PLR2004 kana of half width, which stray bytes give
        points = -0.3
    elif 0xAC00 <= code <= 0xD7A3:  # noqa: PLR2004 hangul
        points = _hangul(mark) if encoding == "cp949" else -0.5
    elif 0x4E00 <= code <= 0x9FFF:  # noqa: PLR2004 ideographs: the first level of each standard is ordered by use
        points = _ideograph(mark, encoding)
    elif 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF60:  # noqa: PLR2004 marks of full width
        points = 0.8
    elif mark in _SIGNS:
        points = 0.2
    return points


def _hangul(mark: str) -> float:
    if mark in _FREQUENT_HANGUL:
        return 1.0
    return 0.5 if _is_frequent(mark, "euc-kr", 0xB0, 0xC8) else -0.8


def _ideograph(mark: str, encoding: str) -> float:
    levels = {
        "cp932": ("cp932", 0x88, 0x97),
        "euc-jp": ("euc-jp", 0xB0, 0xCF),
        "gb18030": ("gb2312", 0xB0, 0xD7),
        "big5": ("big5", 0xA4, 0xC6),
    }
    if encoding == "cp949":
        return -0.6
    return 0.95 if _is_frequent(mark, *levels[encoding]) else -0.3


def _is_frequent(mark: str, encoding: str, first: int, last: int) -> bool:
    try:
        raw = mark.encode(encoding)
    except UnicodeEncodeError:
        return False
    return first <= raw[0] <= last
