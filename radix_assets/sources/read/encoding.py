"""Find the encoding of text files, and convert them to UTF-8. Bytes that are not text in it stay as they are."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radix_assets.sources.read.converted_twice import find_traces, without_traces
from radix_assets.sources.read.letters import Guess, guess_encoding
from radix_assets.sources.read.mixed_lines import Lines, codec_of, lines_of, split_lines
from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

_CHUNK = 1 << 22
_HEAD = 1 << 16
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b\x1c\x1d]")
_MOST_CONTROL = 0.01
_SEPARATORS = frozenset({b"\x01", b"\x02", b"\x07", b"\x1c", b"\x1d"})
"""Control characters that separate cells in some files."""
_MANY_NULLS, _MOSTLY = 0.2, 0.9
_MOST_BAD = 0.1
"""Share of the bytes or characters outside ASCII that may be wrong in an encoding."""
_UNITS = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
_BAD = re.compile("[\udc80-\udcff]")
_SURE = 0.8
_ERRORS = "radix-bytes"


@dataclass(frozen=True)
class Decoded:
    """A text file as UTF-8."""

    path: Path
    """The file itself if it was UTF-8 without a byte order mark, else the converted one. Bytes that are no text are
    left as they are, so that it is not UTF-8 there."""
    encoding: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...] = ()
    bad: int = 0
    """How many bytes are no text in the encoding."""
    lines: tuple[int, int] = (0, 0)
    """Lines outside ASCII that are UTF-8, and those in another encoding; none if the file has one encoding."""
    first_lines: tuple[int, ...] = ()
    """The first lines in another encoding, or whose letters were converted twice."""
    twice: int = 0
    """Lines with letters that were converted twice."""
    is_repaired: bool = True
    """Whether such letters are what they were before that."""

    @property
    def doubtful(self) -> bool:
        """Whether another encoding is about as likely."""
        return self.confidence < _SURE or bool(self.alternatives)


def to_utf8(source: Path, target: Path, declared: str | None, place: Place) -> Decoded:
    """Return a text file as UTF-8 without a byte order mark, written to `target` if it is not that already.

    The encoding is the declared one, that of a byte order mark, UTF-8 if nearly all of it is, else a legacy encoding
    by the letters it gives. Raise SourceError RDX-SRC-005 if it is not text, RDX-SRC-007 if it is not in the declared
    encoding.
    """
    with source.open("rb") as file:
        head = file.read(_HEAD)
    if declared:
        return _declared(source, target, declared, head, place)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            bad, _ = _transcode(source, target, encoding)
            return Decoded(target, encoding, 1.0, "byte order mark", bad=bad)
    if head.count(0) > _MANY_NULLS * len(head):
        encoding = _wide(head)
        bad, high = _transcode(source, target, encoding)
        if bad > _MOST_BAD * high + 2 or _reads_as_noise(target):
            raise _no_text(place, "null bytes")
        return Decoded(target, encoding, 0.9, "every other byte is zero", bad=bad)
    if _CONTROL.search(head):
        require_text(source, place)
    return _guessed(source, target)


def _guessed(source: Path, target: Path) -> Decoded:
    bad, good, cut = _utf8(source)
    if not bad:
        return _once(source, target) if good else Decoded(source, "utf-8", 1.0, "all of it is ASCII")
    mostly = bad <= _MOST_BAD * good or bad <= 2 or (cut and bad <= 3)  # noqa: PLR2004 a truncated character
    if good:
        lines = lines_of(_chunks(source))
        other = lines.other_encoding(mostly_utf8=mostly)
        if other is not None:
            return _by_line(source, target, lines, other)
    if good and mostly:
        return Decoded(source, "utf-8", 0.95, f"all of it is UTF-8 but {bad} byte{'s' * (bad != 1)}", bad=bad)
    guess = guess_encoding(_chunks(source))
    wrong, _ = _transcode(source, target, codec_of(guess.encoding))
    return Decoded(target, guess.encoding, guess.confidence, guess.evidence, guess.alternatives, wrong)


def _once(source: Path, target: Path) -> Decoded:
    """Return a UTF-8 file, without the letters that were converted twice."""
    evidence = "all of it is UTF-8"
    traces = find_traces(_chunks(source))
    if not traces.lines:
        return Decoded(source, "utf-8", 1.0, evidence)
    first, leads = tuple(traces.first), traces.repaired
    if not leads:
        return Decoded(source, "utf-8", 1.0, evidence, first_lines=first, twice=traces.lines, is_repaired=False)
    with target.open("wb") as out:
        out.writelines(without_traces(_chunks(source), leads))
    return Decoded(
        target, "utf-8", 0.9, f"{evidence}, {traces.lines:,} lines twice", first_lines=first, twice=traces.lines
    )


def _by_line(source: Path, target: Path, lines: Lines, other: Guess) -> Decoded:
    """Write a file of which some lines are UTF-8 and the others in another encoding."""
    codecs.register_error(_ERRORS, _keep_bytes)
    codec, bad = codec_of(other.encoding), 0
    with target.open("wb") as out:
        for line, _ in split_lines(_chunks(source)):
            if not line.isascii() and not _is_valid(line):
                text = line.decode(codec, errors=_ERRORS)
                bad += len(_BAD.findall(text))
                out.write(_with_bytes(text))
            else:
                out.write(line)
    evidence = f"{lines.utf8:,} lines outside ASCII are UTF-8, {lines.other:,} are not; {other.evidence}"
    counts, first = (lines.utf8, lines.other), tuple(lines.first_other)
    name = f"utf-8 and {other.encoding}"
    return Decoded(target, name, min(0.9, other.confidence), evidence, other.alternatives, bad, counts, first)


def _is_valid(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(source: Path, target: Path, declared: str, head: bytes, place: Place) -> Decoded:
    try:
        name = codecs.lookup(declared).name
        "".encode(name)
        codecs.getincrementaldecoder(name)
    except (LookupError, TypeError):
        raise SourceError(
            "RDX-SRC-007",
            f"{declared!r} is not an encoding",
            expected="utf-8, cp1252, latin-1, utf-16 …",
            hint="correct `encoding`, or omit it to have it detected",
            **place.context(),
        ) from None
    if name in {"utf-8", "ascii"} and head.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    bad, high = _transcode(source, target, name)
    if bad > max(2, _MOST_BAD * high) or (bad and bad >= high):
        raise SourceError(
            "RDX-SRC-007",
            f"the file is not all {name}",
            expected="one encoding in the whole file",
            hint="omit `encoding` to have it detected, or declare the right one",
            **place.context(),
        )
    return Decoded(target, name, 1.0, "declared", bad=bad)


def _wide(head: bytes) -> str:
    """Return the encoding of text without a byte order mark in which many bytes are zero."""
    quarters = [head[: len(head) // 4 * 4][start::4] for start in range(4)]
    zeros = [quarter.count(0) > _MOSTLY * len(quarter) for quarter in quarters]
    if zeros[:2] == [True, True] or zeros[2:] == [True, True]:
        return "utf-32-be" if zeros[0] else "utf-32-le"
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _chunks(source: Path) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces that end at a line's end where there is one."""
    with source.open("rb") as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            cut = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            if not cut and len(rest) < 4 * _CHUNK:
                rest += chunk
                continue
            yield rest + chunk[:cut]
            rest = chunk[cut:]
        yield rest


def _utf8(source: Path) -> tuple[int, int, bool]:
    """Count the bytes that are not UTF-8 and those that only UTF-8 explains; say if the file ends in a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    bad = good = 0
    text = ""
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if chunk.isascii() and not decoder.getstate()[0]:
                text = ""
                continue
            text = decoder.decode(chunk)
            wrong = 0 if _is_utf8(text) else len(_BAD.findall(text))
            bad += wrong
            good += max(0, len(chunk) - len(text))
    end = decoder.decode(b"", final=True)
    return bad + len(end), good, bool(end)


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _keep_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    """Decode bytes that are no text into the code points that stand for single bytes."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32")):
        return "\udcff", error.end
    raw = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) if byte > 127 else chr(byte) for byte in raw), error.end  # noqa: PLR2004


def _transcode(source: Path, target: Path, encoding: str) -> tuple[int, int]:
    """Write a file as UTF-8. Return how many bytes are no text, and how many characters are not ASCII."""
    codecs.register_error(_ERRORS, _keep_bytes)
    decoder = codecs.getincrementaldecoder(encoding)(_ERRORS)
    bad = high = 0
    with source.open("rb") as file, target.open("wb") as out:
        while True:
            chunk = file.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if not text.isascii():
                encoded = text.encode("utf-8", errors="surrogateescape") if _is_utf8(text) else _with_bytes(text)
                bad += 0 if _is_utf8(text) else len(_BAD.findall(text))
                high += max(1, len(encoded) - len(text))
                out.write(encoded)
            else:
                out.write(text.encode())
            if not chunk:
                return bad, high


def _with_bytes(text: str) -> bytes:
    """Encode text in which some code points stand for bytes; other lone surrogates become a byte that is no text."""
    return re.sub("[\ud800-\udc7f\udd00-\udfff]", "\udcff", text).encode("utf-8", errors="surrogateescape")


def _reads_as_noise(path: Path) -> bool:
    with path.open("rb") as file:
        text = file.read(_HEAD).decode("utf-8", errors="replace")
    strange = sum(mark < " " and mark not in "\t\n\r\x1a" for mark in text) + text.count("\ufffd")
    return strange > max(2, _MOST_CONTROL * len(text)) or not any(mark in text for mark in " ,;\t|\n")


def require_text(path: Path, place: Place) -> None:
    """Raise SourceError RDX-SRC-005 if a file is not text at all."""
    with path.open("rb") as file:
        head = file.read(_HEAD).rstrip(b"\0")
    controls = _CONTROL.findall(head)
    if len(set(controls)) == 1 and controls[0] in _SEPARATORS and len(controls) >= head.count(b"\n"):
        return
    if len(controls) > max(2, _MOST_CONTROL * len(head)):
        raise _no_text(place, "control characters")


def _no_text(place: Place, content: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the file is not text: it holds {content}",
        expected="text, in which cells are separated by commas, semicolons, tabs or others",
        hint="convert it, or leave it out",
        **place.context(),
    )
