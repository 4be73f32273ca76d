"""UTF-8 that was taken for cp1252 and encoded once more: `MÃ¼ller` for `Müller`."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from radix_assets.sources.read.mixed_lines import MOST_LINES, split_lines

_OFTEN: Final = 0.5
_LEAST_LINES: Final = 2
_TRACE: Final = re.compile(
    rb"\xc3[\x82-\x85](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80\x82\x84].)"
    rb"|\xc3\xa2(?:\xe2(?:\x82\xac|\x80\x9a|\x80\x9e)|\xc6\x92|\xc2[\x80-\x8b])"
)
"""What every such text holds, in UTF-8."""


def _mark(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_MARKS: Final = {byte: _mark(byte) for byte in range(0x80, 0xC0)}
_BYTE_OF: Final = {mark: byte for byte, mark in _MARKS.items()} | {chr(byte): byte for byte in range(0x80, 0x100)}
_BEHIND: Final = "[" + re.escape("".join({*_MARKS.values(), *map(chr, _MARKS)})) + "]"
_LETTER: Final = re.compile(rf"[ÂÃÄÅ]{_BEHIND}|â{_BEHIND}{_BEHIND}")
_SIGNS: Final = frozenset(map(chr, range(0x2010, 0x2300)))
_LEADS: Final = "ÂÃÄÅâ"
_MARKS_BEHIND: Final = "”“’‘»›…–—"
"""Marks that stand behind a letter at the end of a word as well, so that they prove nothing."""


@dataclass
class Traces:
    """How often the characters of such text occur in a file."""

    lines: int = 0
    first: list[int] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    leads: Counter[str] = field(default_factory=Counter)

    @property
    def repaired(self) -> str:
        """The first characters of the pairs that are certainly one letter."""
        if self.lines < _LEAST_LINES and sum(self.hits.values()) < _LEAST_LINES:
            return ""
        return "".join(lead for lead in _LEADS if self.hits[lead] and self.hits[lead] >= _OFTEN * self.leads[lead])


def find_traces(chunks: Iterable[bytes]) -> Traces:
    """Count what shows that text was converted twice, in the lines of a file that is UTF-8."""
    traces = Traces()
    number = 0
    for chunk in chunks:
        if not chunk.isascii() and (_TRACE.search(chunk) or traces.lines):
            _add(traces, chunk, number)
        number += chunk.count(b"\n")
    return traces


def _add(traces: Traces, chunk: bytes, before: int) -> None:
    for line, number in split_lines([chunk]):
        if line.isascii():
            continue
        text = line.decode("utf-8", errors="surrogateescape")
        traces.leads.update(mark for mark in text if mark in _LEADS)
        hits = [
            hit[0] for hit in _LETTER.finditer(text) if _letter(hit[0]) is not None and hit[0][1] not in _MARKS_BEHIND
        ]
        if hits:
            traces.lines += 1
            traces.hits.update(hit[0] for hit in hits)
            if len(traces.first) < MOST_LINES:
                traces.first.append(before + number)


def without_traces(chunks: Iterable[bytes], leads: str) -> Iterator[bytes]:
    """Yield the text of a UTF-8 file with the letters for which pairs stand that begin with certain characters."""

    def letter(hit: re.Match[str]) -> str:
        return (_letter(hit[0]) if hit[0][0] in leads else None) or hit[0]

    for chunk in chunks:
        if chunk.isascii():
            yield chunk
        else:
            text = chunk.decode("utf-8", errors="surrogateescape")
            yield _LETTER.sub(letter, text).encode("utf-8", errors="surrogateescape")


def _letter(pair: str) -> str | None:
    raw = bytes(_BYTE_OF[mark] for mark in pair if mark in _BYTE_OF)
    try:
        letter = raw.decode("utf-8") if len(raw) == len(pair) else ""
    except UnicodeDecodeError:
        return None
    # Of three bytes only signs such as dashes and currencies are certain.
    return letter if len(pair) == 2 or letter in _SIGNS else None  # noqa: PLR2004
