"""Convert text files to UTF-8 with line feeds."""

import codecs
import re
from pathlib import Path

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
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROL = 0.01
_MANY_NULLS = 0.2


def to_utf8(source: Path, target: Path, declared: str | None, place: Place) -> str:
    """Write a text file as UTF-8 without byte order mark and with line feeds only where it had carriage returns only.

    Return the encoding that it was in: declared, shown by a byte order mark, UTF-8 if all of it is, else
    Windows-1252 or Latin-1. Raise SourceError RDX-SRC-005 if it is not text, RDX-SRC-007 if it is not in the
    declared encoding.
    """
    with source.open("rb") as file:
        head = file.read(_HEAD)
    encodings = [_declared(declared, head, place)] if declared else _candidates(head)
    for encoding in encodings:
        try:
            _transcode(source, target, encoding, lone_returns=_lone_returns(head, encoding))
        except UnicodeError:
            continue
        return encoding
    if not declared and head.count(0):  # zero bytes suggested UTF-16, but it is not that either
        raise _no_text(place, "null bytes")
    raise SourceError(
        "RDX-SRC-007",
        f"the file is not all {encodings[0]}",
        expected="one encoding in the whole file",
        hint="omit `encoding` to have it detected, or declare the right one",
        **place.context(),
    )


def _declared(declared: str, head: bytes, place: Place) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise SourceError(
            "RDX-SRC-007",
            f"{declared!r} is not an encoding",
            expected="utf-8, cp1252, latin-1, utf-16 …",
            hint="correct `encoding`, or omit it to have it detected",
            **place.context(),
        ) from None
    return "utf-8-sig" if name == "utf-8" and head.startswith(codecs.BOM_UTF8) else name


def _candidates(head: bytes) -> list[str]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return [encoding]
    if head.count(0) > _MANY_NULLS * len(head):
        return ["utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"]
    return ["utf-8", "cp1252", "latin-1"]


def _lone_returns(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, errors="ignore")
    return "\r" in text and "\n" not in text


def _transcode(source: Path, target: Path, encoding: str, *, lone_returns: bool) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding == "utf-8" and not lone_returns
    with source.open("rb") as file, target.open("wb") as out:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            if not plain:
                if lone_returns:
                    text = text.replace("\r", "\n")
                chunk = text.encode("utf-8", errors="surrogatepass")
            out.write(chunk)
        decoder.decode(b"", final=True)


def require_text(path: Path, place: Place) -> None:
    """Raise SourceError RDX-SRC-005 if a file is not text at all."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if len(_CONTROL.findall(head)) > max(2, _MOST_CONTROL * len(head)):
        raise _no_text(place, "control characters")


def _no_text(place: Place, content: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the file is not text: it holds {content}",
        expected="CSV, TSV or text (also .gz), Parquet, or an Excel workbook",
        hint="convert it, or remove it from the project file",
        **place.context(),
    )
