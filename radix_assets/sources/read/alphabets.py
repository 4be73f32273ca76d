"""How plausible the letters of a text are: words of one script, in the letters of a language."""

import re
import unicodedata
from collections import Counter
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
_WORDS = 30_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLUSTER = re.compile(r"[\u0080-\u024f]{5}")
"""No language of Latin letters puts five accented ones side by side."""
_SIGN_INSIDE = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’‘·\u00ad–—](?=[^\W\d_])")
_SIGN_BEFORE = re.compile(r"(?<![\w'’])[’”»…–—°²³§µ®©™±´£¥¢¤¦¬½¼¾¹¶×÷¯¨¸](?=[^\W\d_])")
_SIGN_AFTER = re.compile(r"(?<=[^\W\d_])[¼½¾±¶¤¦¬×÷£¥¢¯¨¸](?!\w)")
_THAI = re.compile(r"(?:(?<=[^ก-๛])|(?<=[เแโใไ]))[ะัาำิีึืุู็่้๊๋์]|(?<=[ะาำ])[ัิีึืุู็่้๊๋์]")
"""Vowels and tones of Thai without a consonant before them."""
_TILDE = re.compile(r"õ(?![es])|ã(?![oe]|\b)")


def score_letters(text: str) -> float:
    """Return how plausible a text of an encoding of one byte is: at most about 1, below 0 for nonsense."""
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
    wrong += 0.7 * len(_SIGN_AFTER.findall(text)) + len(_THAI.findall(text))
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
