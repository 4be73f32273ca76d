"""Tell legacy encodings apart by the letters that they give.

Every candidate decodes the whole text outside ASCII; the one whose letters make the most plausible words wins: letters
of one script side by side, no capital after a small letter, letters that a language really uses, no symbols in words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from radix_assets.sources.read.alphabets import score_letters
from radix_assets.sources.read.ideographs import is_korean, score_ideographs
from radix_assets.sources.read.western_signs import sign_share

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
        "iso8859-6",
        "cp874",
    ),
    *("latin-1",),
)
_WESTERN = ("cp1252", "cp1250", "cp1254", "cp1257", "iso8859-15")
"""Encodings with the signs of cp1252, or its letters."""
DOUBLE = ("cp932", "euc-jp", "gb18030", "big5", "cp949")
"""Encodings of East Asia, in which a character takes one or two bytes."""
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
    "iso8859-6": 0.94,
}
_SAMPLE = 100_000
_SURE, _LIKELY = 0.9, 0.85
_CLOSE, _CLOSE_TO_USUAL = 0.8, 0.9
"""The share of the best score from which on another encoding is a rival. Most legacy files are cp1252."""
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
    signs = sign_share(sample)
    if signs == 1:
        return Guess("cp1252", _SURE, "not UTF-8; all bytes outside ASCII are signs such as ° and ’ of cp1252")
    for encoding in _WESTERN if signs else (*DOUBLE, *_SINGLE):
        text = _decoded(sample, encoding)
        if text is not None:
            texts[encoding] = text
            scores[encoding] = _score(text, encoding) * _PRIOR.get(encoding, 1.0)
    if "cp949" in texts and is_korean(texts["cp949"]):
        scores |= {encoding: 0.7 * scores[encoding] for encoding in DOUBLE if encoding in scores}
        scores["cp949"] = 1.0
    order = sorted(scores, key=lambda encoding: -scores[encoding])
    best = order[0]
    if scores[best] < _NONSENSE:  # no encoding makes words of it, as in text that was converted twice
        best = "cp1252" if "cp1252" in scores else "latin-1"
        order.remove(best)
        order.insert(0, best)
    usual = best == "cp1252"
    close = _CLOSE_TO_USUAL if usual else _CLOSE
    rivals = [
        encoding
        for encoding in order[1:]
        if texts[encoding] != texts[best] and scores[encoding] > close * scores[best] and scores[encoding] > 0
    ][:3]
    letters = len(HIGH.findall(sample))
    margin = 1 - scores[rivals[0]] / scores[best] if rivals and scores[best] > 0 else 0.5
    amount = min(1.0, 0.5 + letters / 60)
    confidence = round(max(_LEAST, min(0.97, max(0.0, scores[best]) * amount * (0.75 + margin))), 2)
    if signs or (usual and not rivals and scores[best] >= _NONSENSE):
        confidence = max(confidence, _LIKELY)
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
    sample = b"\n".join(parts)
    return sample if len(sample) <= _SAMPLE else sample[:_SAMPLE].rpartition(b"\n")[0] or sample[:_SAMPLE]


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        text = sample.decode(encoding, errors="replace")
    bad, high = text.count("\ufffd"), len(HIGH.findall(sample))
    return text if bad * 50 < high else None


def _score(text: str, encoding: str) -> float:
    return score_ideographs(text, encoding) if encoding in DOUBLE else score_letters(text)
