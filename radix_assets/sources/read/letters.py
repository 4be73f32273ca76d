"""Tell legacy encodings apart by the letters that they give.

Every candidate decodes the whole text outside ASCII; the one whose letters make the most plausible words wins: letters
of one script side by side, no capital after a small letter, letters that a language really uses, no symbols in words.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_LATIN = {
    "German": "äöüßÄÖÜ",
    "French": "éèêëàâçîïôùûœÉÈÀÇÊÎÔ",
    "Spanish": "áéíóúñüÁÉÍÓÚÑ¿¡",
    "Portuguese": "ãõçáéíóúâêôàÃÕÇÁÉÍÓÚ",
    "Italian": "àèéìòùÀÈÉÌÒÙ",
    "Nordic": "åäöæøÅÄÖÆØéðþÐÞáíóúý",
    "Dutch": "ëïéèöü",
    "Polish": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "Czech": "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽľĺŕôäĽ",
    "Hungarian": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "Romanian": "ăâîșțşţĂÂÎȘȚŞŢ",
    "Croatian": "čćđšžČĆĐŠŽ",
    "Turkish": "çğıöşüÇĞİÖŞÜâî",
    "Baltic": "āčēģīķļņšūžąęėįųĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲõäöüÕÄÖÜ",
}
_COMMON_LATIN = frozenset("äöüßéèêàáçñíóúåæøãõôâîïëÄÖÜÉ")
_SIGNS = frozenset("€£°§«»„“”‘’–—…²³µ½¼¾·º\u00a0®©™×±•´¿¡")
_CYRILLIC_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё")
_SINGLE = (
    *(
        "cp1252",
        "cp1250",
        "cp1251",
        "koi8-r",
        "koi8-u",
        "cp1253",
        "cp1254",
        "cp1257",
        "iso8859-2",
        "iso8859-15",
        "iso8859-5",
    ),
    *(
        "iso8859-7",
        "iso8859-9",
        "mac-roman",
        "mac-cyrillic",
        "cp437",
        "cp850",
        "cp852",
        "cp866",
        "cp1255",
        "cp1256",
        "cp874",
    ),
    *("latin-1",),
)
_DOUBLE = ("cp932", "euc-jp", "gb18030", "big5", "cp949")
_SHOWN = {"cp932": "shift_jis", "cp949": "euc-kr"}
_PRIOR = {
    "cp1252": 1.0,
    "latin-1": 0.9,
    "iso8859-15": 0.95,
    "cp1250": 0.97,
    "cp1254": 0.97,
    "iso8859-9": 0.9,
    "iso8859-2": 0.95,
    "cp1257": 0.93,
    "mac-roman": 0.95,
    "mac-cyrillic": 0.97,
    "cp437": 0.92,
    "cp850": 0.94,
    "cp852": 0.93,
    "koi8-u": 0.96,
    "iso8859-5": 0.94,
    "iso8859-7": 0.95,
    "cp874": 0.95,
    "cp1256": 0.95,
    "cp1255": 0.97,
}
_SAMPLE, _WORDS = 100_000, 30_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLUSTER = re.compile(r"[\u0080-\u024f]{4}")
"""No language of Latin letters puts four accented ones side by side."""
_SIGN_INSIDE = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘·\u00ad–—](?=[^\W\d_])")
_SIGN_BEFORE = re.compile(r"(?<![\w'’])[’”»…–—°²³§µ®©™±´](?=[^\W\d_])")
_TILDE = re.compile(r"õ(?![es])|ã(?![oe]|\b)")
"""Portuguese letters where Portuguese does not have them, as other encodings show Hungarian and Romanian."""
_FREQUENT_HANGUL = frozenset(
    "이다는의에을가하고지한도사로서기어대시리인나자아부정해제라전스구일수장그원보주상동국문여있신성공중경세과관모소산"
    "울광천남북강서면읍군호번름명김박최조윤임오유연용영안양계적조개위분우금요회물목상선실민년월"
)
_LEAST, _NONSENSE = 0.02, 0.35
HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Guess:
    """An encoding, and how sure it is."""

    encoding: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()
    """Other encodings that give other text and are about as plausible."""


def guess_encoding(chunks: Iterable[bytes]) -> Guess:
    """Guess the encoding of text that is not UTF-8. `chunks` is all of it; lines without other letters are ignored."""
    sample = _sample(chunks)
    scores: dict[str, float] = {}
    texts: dict[str, str] = {}
    for encoding in (*_DOUBLE, *_SINGLE):
        text = _decoded(sample, encoding)
        if text is not None:
            texts[encoding] = text
            scores[encoding] = _score(text, encoding) * _PRIOR.get(encoding, 1.0)
    order = sorted(scores, key=lambda encoding: -scores[encoding])
    best = order[0]
    if scores[best] < _NONSENSE:  # no encoding makes words of it, as in text that was converted twice
        best = "cp1252" if "cp1252" in scores else "latin-1"
        order.remove(best)
        order.insert(0, best)
    rivals = [
        encoding
        for encoding in order[1:]
        if texts[encoding] != texts[best] and scores[encoding] > 0.8 * scores[best] and scores[encoding] > 0
    ][:3]
    letters = len(HIGH.findall(sample))
    margin = 1 - scores[rivals[0]] / scores[best] if rivals and scores[best] > 0 else 0.5
    amount = min(1.0, 0.5 + letters / 60)
    confidence = round(max(_LEAST, min(0.97, max(0.0, scores[best]) * amount * (0.75 + margin))), 2)
    return Guess(
        _SHOWN.get(best, best),
        confidence,
        f"not UTF-8; {letters:,} bytes outside ASCII make the most plausible letters",
        tuple(_SHOWN.get(encoding, encoding) for encoding in rivals),
    )


def _sample(chunks: Iterable[bytes]) -> bytes:
    """Return lines with bytes outside ASCII, from all over the text, all of them if they are not too long."""
    parts: list[bytes] = []
    size = step = 0
    for chunk in chunks:
        if chunk.isascii():
            continue
        lines = [line for line in re.split(rb"[\r\n]+", chunk) if not line.isascii()]
        step = max(1, len(chunk) // _SAMPLE)
        for line in lines[::step]:
            parts.append(line[:20_000])
            size += len(line)
        if size > 4 * _SAMPLE:
            parts, size = parts[::2], size // 2
    return b"\n".join(parts)[:_SAMPLE].rpartition(b"\n")[0] or b"\n".join(parts)[:_SAMPLE]


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        text = sample.decode(encoding, errors="replace")
    bad, high = text.count("\ufffd"), len(HIGH.findall(sample))
    return text if bad * 50 < high else None


def _score(text: str, encoding: str) -> float:
    """Return how plausible a text is: at most about 1, below 0 for nonsense."""
    if encoding in _DOUBLE:
        return _score_ideographs(text, encoding)
    letters = [mark for mark in text if ord(mark) > 127]  # noqa: PLR2004
    if not letters:
        return 0.0
    counts = Counter(letters)
    total = len(letters)
    bad = sum(n for mark, n in counts.items() if unicodedata.category(mark) in {"Cc", "Co", "Cn"} or mark == "\ufffd")
    odd = sum(n for mark, n in counts.items() if not mark.isalpha() and mark not in _SIGNS) - bad
    score = 1.0 - 3 * bad / total - 1.2 * max(0, odd) / total
    return score - _wrong_words(text[:_WORDS]) + _language(counts, total)


def _wrong_words(text: str) -> float:
    """Return a penalty for words that no language writes: mixed scripts, capitals inside, signs between letters."""
    wrong = 0.0
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        scripts = {_script(mark) for mark in word}
        high = sum(ord(mark) > 127 for mark in word)  # noqa: PLR2004
        if (
            len(scripts) > 1
            or (
                not word.isupper()
                and any(mark.isupper() for mark in word[1:])
                and any(left.islower() and right.isupper() for left, right in pairwise(word))
            )
            or (len(scripts) == 1 and word[0].islower() is False and word[1:].isupper() and not word[0].isupper())
        ):
            wrong += high
        if _CLUSTER.search(word):
            wrong += high
        elif len(word) == 1:
            wrong += 0.3
    wrong += len(_SIGN_INSIDE.findall(text)) + 0.7 * len(_SIGN_BEFORE.findall(text)) + 0.5 * len(_TILDE.findall(text))
    return 1.5 * wrong / max(1, sum(ord(mark) > 127 for mark in text))  # noqa: PLR2004


@lru_cache(maxsize=4096)
def _script(mark: str) -> str:
    code = ord(mark)
    for script, first, last in (
        ("latin", 0x0000, 0x024F),
        ("greek", 0x0370, 0x03FF),
        ("cyrillic", 0x0400, 0x052F),
        ("hebrew", 0x0590, 0x05FF),
        ("arabic", 0x0600, 0x06FF),
        ("thai", 0x0E00, 0x0E7F),
    ):
        if first <= code <= last:
            return script
    return "other"


def _language(counts: Counter[str], total: int) -> float:
    """Return a bonus for letters that one language uses, and a penalty for letters that none of them uses together."""
    letters = {mark: n for mark, n in counts.items() if mark.isalpha()}
    number = sum(letters.values())
    if not number:
        return -0.1
    scripts = Counter[str]()
    for mark, n in letters.items():
        scripts[_script(mark)] += n
    script, most = scripts.most_common(1)[0]
    purity = most / number
    if script == "latin":
        # Names of several neighbours stand in one file, so a second language fills what the first leaves.
        sets = [frozenset(alphabet) for alphabet in _LATIN.values()]
        best = max(sum(n for mark, n in letters.items() if mark in alphabet) for alphabet in sets) / number
        common = sum(n for mark, n in letters.items() if mark in _COMMON_LATIN) / number
        return 0.35 * best + 0.1 * common - 0.35 + purity - 1
    if script == "cyrillic":
        small = sum(n for mark, n in letters.items() if mark.islower()) / number
        common = sum(n for mark, n in letters.items() if mark.lower() in _CYRILLIC_COMMON) / number
        frequent = sum(n for mark, n in letters.items() if mark.lower() in "оеаинтср") / number
        return (
            (purity - 1)
            + 0.9 * (common - 1)
            + 0.35 * min(1.0, frequent / 0.5)
            - 0.35
            + 0.25 * min(1.0, small / 0.6)
            - 0.2
        )
    if script == "greek":
        frequent = sum(n for mark, n in letters.items() if mark.lower() in "αοιετσνηυρπκςάόίέήύώ") / number
        return (purity - 1) + 0.3 * min(1.0, frequent / 0.7) - 0.3
    if script == "other":
        return -0.5
    return (purity - 1) + (0.0 if total > 6 else -0.3)  # noqa: PLR2004


def _score_ideographs(text: str, encoding: str) -> float:
    """Return how plausible a text of a double-byte encoding is: kana, hangul and frequent ideographs."""
    counts = Counter(mark for mark in text if ord(mark) > 127)  # noqa: PLR2004
    if not counts:
        return 0.0
    points, total = 0.0, counts.total()
    for mark, number in counts.items():
        points += number * _points(mark, encoding)
    mixed = len(re.findall(r"[A-Za-z][\u4e00-\u9fff\uac00-\ud7a3]|[\u4e00-\u9fff\uac00-\ud7a3][A-Za-z]", text))
    return points / total - 0.8 * mixed / total


def _points(mark: str, encoding: str) -> float:
    """Return how plausible a character is in a text of a double-byte encoding."""
    code = ord(mark)
    points = -1.0
    if 0x3040 <= code <= 0x30FF:  # noqa: PLR2004 kana
        points = 1.0 if encoding in {"cp932", "euc-jp"} else 0.3
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
