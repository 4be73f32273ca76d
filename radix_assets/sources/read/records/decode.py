"""Decode JSON exactly: numbers keep their digits, repeated names are noticed, a broken line costs that line."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import Reject
from radix_resources.errors import SourceError

_CHUNK: Final = 1 << 20
MOST_DOCUMENT: Final = 1 << 30
"""Bytes of a document that is an object, which is decoded as a whole; arrays and lines are decoded one by one."""
_MOST_SHOWN: Final = 200
_MOST_BROKEN: Final = 0.5
_SPACE: Final = " \t\r\n"


class Number(str):
    """A number with a fraction or an exponent, as it is written."""

    __slots__ = ()


@dataclass
class Decoded:
    """Warnings and rejects of a document, beside its records."""

    rejects: list[Reject] = field(default_factory=list)
    """Lines that are not JSON."""
    repeated: int = 0
    """Objects that have the same name twice, of which the last value counts."""
    layout: str = "JSON"


def decoder(notes: Decoded) -> json.JSONDecoder:
    """Return a decoder that keeps numbers exact and counts repeated names in `notes`."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items):
            notes.repeated += 1
        return result

    return json.JSONDecoder(object_pairs_hook=pairs, parse_float=Number, parse_constant=Number)


def decode(path: Path, number: int, notes: Decoded, place: Place) -> Any:
    """Return the content of a JSON file: an iterator over the elements of an array or over the lines, or an object.

    Lines that are not JSON are set aside in `notes`, as rows of the file of this number. Raise SourceError RDX-SRC-005
    (not JSON) or RDX-SRC-034 (an object that is too large to decode as a whole).
    """
    with path.open("rb") as file:
        encoding = _encoding(file.read(4))
    with path.open(encoding=encoding, errors="strict", newline="") as text:
        start = text.read(_CHUNK).lstrip()
    if start.startswith("["):
        return _elements(path, encoding, decoder(notes), place)
    try:
        _, end = decoder(Decoded()).raw_decode(start)
        is_lines = bool(start[end:].strip())
    except (ValueError, RecursionError):
        # A first line that is broken, or one object that is longer than what was looked at.
        is_lines = "\n" in start.strip() and start.split("\n", 2)[1].lstrip().startswith("{")
    if is_lines:
        notes.layout = "JSON lines"
        return _lines(path, encoding, number, notes, place)
    if path.stat().st_size > MOST_DOCUMENT:
        raise SourceError(
            "RDX-SRC-034",
            f"the document is one object of more than {MOST_DOCUMENT >> 30} GiB",
            expected="an array, or one record a line, which can be read in pieces",
            hint="write its records one a line (NDJSON)",
            **place.context(),
        )
    try:
        return decoder(notes).decode(path.read_text(encoding=encoding))
    except (ValueError, RecursionError) as error:
        raise _broken(error, place) from None


def _encoding(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return json.detect_encoding(head)


def _lines(path: Path, encoding: str, number: int, notes: Decoded, place: Place) -> Iterator[Any]:
    """Yield the value of each line, and of several values on a line."""
    decode_one = decoder(notes).raw_decode
    good = 0
    with path.open(encoding=encoding, errors="surrogateescape") as file:
        for row, line in enumerate(file, start=1):
            text = line.strip()
            position = 0
            while position < len(text):
                try:
                    value, end = decode_one(text, position)
                except (ValueError, RecursionError):
                    shown = text[position : position + _MOST_SHOWN].encode("utf-8", "backslashreplace").decode()
                    notes.rejects.append(Reject(row, number, None, shown, "not JSON"))
                    break
                yield value
                good += 1
                position = _after_space(text, end)
    if len(notes.rejects) > _MOST_BROKEN * max(good, 1):
        raise _broken(ValueError("most lines are not JSON"), place)


def _elements(path: Path, encoding: str, reader: json.JSONDecoder, place: Place) -> Iterator[Any]:
    """Yield the elements of an array while it is read."""
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from _Array(file, reader)
        except (ValueError, RecursionError) as error:
            raise _broken(error, place) from None


def _after_space(text: str, position: int) -> int:
    """Return the position of the next character that is not a space."""
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


class _Array:
    """The elements of an array, decoded while the text is read."""

    def __init__(self, file: IO[str], reader: json.JSONDecoder) -> None:
        self._file, self._reader = file, reader
        self._buffer, self._at, self._is_last, self._step = "", 0, False, _CHUNK

    def __iter__(self) -> Iterator[Any]:
        self._skip()
        self._at += 1  # the bracket
        if self._skip() == "]":
            self._end()
            return
        while True:
            yield self._value()
            mark = self._skip()
            self._at += 1
            if mark == "]":
                self._at -= 1
                self._end()
                return
            if mark != ",":
                raise ValueError("the array is not closed")
            self._skip()

    def _end(self) -> None:
        self._at += 1
        if self._skip():
            raise ValueError("text follows the array")

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._reader.raw_decode(self._buffer, self._at)
            except ValueError:
                if self._is_last:
                    raise
            else:
                if end < len(self._buffer) - 1 or self._is_last:  # a number could go on in what follows
                    self._at, self._step = end, _CHUNK
                    return value
            self._more()

    def _more(self) -> None:
        chunk = self._file.read(self._step)
        self._step = min(self._step * 2, 1 << 28)
        self._is_last = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0

    def _skip(self) -> str:
        """Go to the next character that is not a space, and return it; empty text at the end."""
        while True:
            self._at = _after_space(self._buffer, self._at)
            if self._at < len(self._buffer) or self._is_last:
                return self._buffer[self._at : self._at + 1]
            self._more()


def _broken(error: Exception, place: Place) -> SourceError:
    line = getattr(error, "lineno", None)
    words = "nested too deeply" if isinstance(error, RecursionError) else "not complete, valid JSON"
    return SourceError(
        "RDX-SRC-005",
        f"the document is {words}" + (f" (line {line})" if line else ""),
        expected="a JSON document, or one JSON record a line",
        hint="write the file again",
        **place.context(),
    )
