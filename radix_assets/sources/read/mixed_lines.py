"""Text files of which some lines are UTF-8 and others are in a legacy encoding."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from radix_assets.sources.read.alphabets import score_letters
from radix_assets.sources.read.letters import DOUBLE, Guess, guess_encoding

_SAMPLE: Final = 1 << 17
MOST_LINES: Final = 20
_LEAST_SCORE: Final = 0.2
_LEAST_LINES: Final = 5
"""Lines that are not UTF-8 in a file that nearly all is: fewer are damaged, more are in another encoding."""
_BASIC: Final = 0x800
"""The first character that takes three bytes: pairs of bytes of East Asian encodings may be UTF-8 of two by chance."""


@dataclass
class Lines:
    """The lines outside ASCII of a file, some of them not UTF-8."""

    utf8: int = 0
    other: int = 0
    first_other: list[int] = field(default_factory=list)
    """The numbers of the first lines that are not UTF-8."""
    _utf8: bytearray = field(default_factory=bytearray)
    _other: bytearray = field(default_factory=bytearray)

    def add(self, line: bytes, number: int) -> None:
        """Count a line that is not ASCII."""
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            self.other += 1
            if len(self.first_other) < MOST_LINES:
                self.first_other.append(number)
            sample = self._other
        else:
            self.utf8 += 1
            sample = self._utf8
        if len(sample) < _SAMPLE:
            sample += line + b"\n"

    def other_encoding(self, *, mostly_utf8: bool) -> Guess | None:
        """Return the encoding of the lines that are not UTF-8; None if the file is in one encoding, or it is unclear.

        `mostly_utf8` says that nearly all of the file is UTF-8.
        """
        if not self.utf8 or not self.other or (mostly_utf8 and self.other < _LEAST_LINES):
            return None
        guess = guess_encoding([bytes(self._other)])
        codec = codec_of(guess.encoding)
        text = self._utf8.decode("utf-8")
        if codec in DOUBLE:
            return guess if any(ord(mark) >= _BASIC for mark in text) else None
        other = self._other.decode(codec, errors="replace")
        if score_letters(other) < _LEAST_SCORE:
            return None
        as_other = self._utf8.decode(codec, errors="replace")
        return guess if score_letters(text) > score_letters(as_other) else None


def codec_of(encoding: str) -> str:
    """Return the codec that decodes an encoding as files have it."""
    return {"shift_jis": "cp932", "euc-kr": "cp949"}.get(encoding, encoding)


def split_lines(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of a file, with their ends, and their numbers.

    Carriage returns alone end lines only if nothing else does.
    """
    number = 0
    for chunk in chunks:
        pattern = rb"[^\n]*\n|[^\n]+" if b"\n" in chunk else rb"[^\r]*\r|[^\r]+"
        for hit in re.finditer(pattern, chunk):
            number += 1
            yield hit[0], number


def lines_of(chunks: Iterable[bytes]) -> Lines:
    """Count the lines outside ASCII."""
    lines = Lines()
    for line, number in split_lines(chunks):
        if not line.isascii():
            lines.add(line, number)
    return lines
