"""Decode JSON exactly: numbers keep their digits, repeated names are noticed, a broken line costs that line."""

import codecs
import json
from collections import Counter, defaultdict
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
MOST_REJECTS: Final = 100_000
"""Things set aside whose text is kept, in memory; all are counted."""
_FIRST: Final = 5
_MOST_SHOWN: Final = 200
_MOST_BROKEN: Final = 0.5
NOT_JSON: Final = "not JSON"
LINES: Final = "JSON lines"
"""The layout of a file with a value on each line."""
_SPACE: Final = " \t\r\n"


class Number(str):
    """A number with a fraction or an exponent, as it is written."""

    __slots__ = ()


class Broken(str):
    """A line that is not JSON, as far as it is shown; empty if the line is blank."""

    __slots__ = ()


class Repeated(dict[str, Any]):
    """An object that has the same name twice, of which the last value counts."""

    lost: list[tuple[str, Any]]
    """The other values, with their names."""


@dataclass
class Decoded:
    """Warnings and rejects of a document, beside its records."""

    rejects: list[Reject] = field(default_factory=list)
    """Lines that are not JSON."""
    layout: str = "JSON"
    header: tuple[str, ...] = ()
    """The first of the arrays that are rows, if it names their columns."""
    is_header_sure: bool = True
    """Whether the cells below the header show that it is one."""
    counts: Counter[str] = field(default_factory=Counter)
    """How much was set aside, by reason."""
    rows: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """The first rows of what was set aside, by reason."""

    def set_aside(self, reject: Reject) -> None:
        """Note a line, a record or a value that is set aside. So many are kept; all are counted."""
        self.counts[reject.reason] += 1
        if len(self.rows[reject.reason]) < _FIRST:
            self.rows[reject.reason].append(reject.row)
        if len(self.rejects) < MOST_REJECTS:
            self.rejects.append(reject)


def decoder() -> json.JSONDecoder:
    """Return a decoder that keeps numbers exact and both values of a repeated name."""
    return json.JSONDecoder(object_pairs_hook=_object, parse_float=Number, parse_constant=Number)


def _object(items: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(items)
    if len(result) == len(items):
        return result
    last = {name: place for place, (name, _) in enumerate(items)}
    repeated = Repeated(result)
    repeated.lost = [item for place, item in enumerate(items) if last[item[0]] != place]
    return repeated


def decode(path: Path, notes: Decoded, place: Place) -> Any:
    """Return the content of a JSON file: an iterator over the elements of an array or over the lines, or an object.

    Lines that are not JSON are `Broken`; bytes that are not UTF-8 become surrogates. `notes` gets the layout. Raise
    SourceError RDX-SRC-005 (not JSON) or RDX-SRC-034 (an object too large to decode as a whole).
    """
    with path.open("rb") as file:
        encoding = _encoding(file.read(4))
    with path.open(encoding=encoding, errors=_errors(encoding), newline="") as text:
        start = text.read(_CHUNK).lstrip()
    is_array = start.startswith("[")
    try:
        _, end = decoder().raw_decode(start)
        after = start[end:].lstrip()
        is_lines = after.startswith(("{", "[")) if is_array else bool(after)
        if is_lines and "\n" in start[:end]:
            return _values(path, encoding, place)
    except (ValueError, RecursionError):
        # A first line that is broken, or one object that is longer than what was looked at.
        is_lines = not is_array and "\n" in start.strip() and start.split("\n", 2)[1].lstrip().startswith("{")
    if is_lines:
        notes.layout = LINES
        return _lines(path, encoding, place)
    if is_array:
        return _elements(path, encoding, place)
    if path.stat().st_size > MOST_DOCUMENT:
        raise SourceError(
            "RDX-SRC-034",
            f"the document is one object of more than {MOST_DOCUMENT >> 30} GiB",
            expected="an array, or one record a line, which can be read in pieces",
            hint="write its records one a line (NDJSON)",
            **place.context(),
        )
    try:
        return decoder().decode(path.read_text(encoding=encoding, errors=_errors(encoding)))
    except (ValueError, RecursionError) as error:
        raise _broken(error, place) from None


def _encoding(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return json.detect_encoding(head)


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding.startswith("utf-8") else "strict"


def _lines(path: Path, encoding: str, place: Place) -> Iterator[Any]:
    """Yield the value of each line, and of several values on a line; `Broken` for a line without any."""
    decode_one = decoder().raw_decode
    good = broken = 0
    with path.open(encoding=encoding, errors=_errors(encoding)) as file:
        for line in file:
            text = line.strip()
            if not text:
                yield Broken()
            position = 0
            while position < len(text):
                try:
                    value, end = decode_one(text, position)
                except (ValueError, RecursionError):
                    shown = text[position : position + _MOST_SHOWN].encode("utf-8", "backslashreplace").decode()
                    yield Broken(shown)
                    broken += 1
                    break
                yield value
                good += 1
                position = _after_space(text, end)
                if text[position:] == ",":  # the lines of an array without its brackets
                    break
    if broken > _MOST_BROKEN * max(good, 1):
        raise _broken(ValueError("most lines are not JSON"), place)


def _elements(path: Path, encoding: str, place: Place) -> Iterator[Any]:
    """Yield the elements of an array while it is read."""
    with path.open(encoding=encoding, errors=_errors(encoding), newline="") as file:
        try:
            yield from _Stream(file).elements()
        except (ValueError, RecursionError) as error:
            raise _broken(error, place) from None


def _values(path: Path, encoding: str, place: Place) -> Iterator[Any]:
    """Yield documents that follow each other, each on as many lines as it takes."""
    with path.open(encoding=encoding, errors=_errors(encoding), newline="") as file:
        try:
            yield from _Stream(file).values()
        except (ValueError, RecursionError) as error:
            raise _broken(error, place) from None


def _after_space(text: str, position: int) -> int:
    """Return the position of the next character that is not a space."""
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


class _Stream:
    """Values that are decoded while the text is read."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._reader = file, decoder()
        self._buffer, self._at, self._is_last, self._step = "", 0, False, _CHUNK

    def values(self) -> Iterator[Any]:
        """Yield values that follow each other."""
        while self._skip():
            yield self._value()

    def elements(self) -> Iterator[Any]:
        """Yield the elements of an array."""
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
