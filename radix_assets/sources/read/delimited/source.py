"""Pieces of a text file from which its structure is found: its beginning, its end, and places between them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

HEAD = 1 << 18
_TAIL = 1 << 15
_PIECE = 1 << 14
_PIECES = 12
_SEPARATOR_LINE = re.compile(r'^"?sep=(.|\\t|tab)"?[ ]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_PADDING = b"\x00\x1a"


@dataclass(frozen=True)
class Sample:
    """Pieces of a file."""

    head: str
    """Its beginning, up to the end of a line."""
    pieces: tuple[str, ...]
    """Pieces from all over it, the beginning first. Each begins at the start of a line."""
    tail: str
    """Its end, from the start of a line."""
    newline: str
    """The character that ends a line."""
    end: int
    """Bytes without the padding at its end: zero bytes and the end mark of DOS."""
    padding: str
    """What the padding is; empty if there is none."""
    separator: str | None
    """The delimiter that a first line `sep=;` names."""
    final_newline: bool
    """Whether the last line is ended."""


def decode(raw: bytes) -> str:
    """Decode UTF-8; bytes that are not UTF-8 become code points that stand for them."""
    return raw.decode("utf-8", errors="surrogateescape")


def encode(text: str) -> bytes:
    """Encode what `decode` decoded."""
    return text.encode("utf-8", errors="surrogateescape")


def take_sample(path: Path) -> Sample:
    """Read pieces of a UTF-8 file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD)
        end, padding = _content_end(file.fileno(), size)
        head = head[:end]
        newline = "\n" if b"\n" in head or b"\r" not in head else "\r"
        mark = newline.encode()
        if end > len(head):
            head = head[: head.rfind(mark) + 1] or head
        pieces = [decode(head[: _PIECE * 4].rpartition(mark)[0] + mark) if len(head) > _PIECE * 4 else decode(head)]
        if end > _PIECE * 4:
            step = max(_PIECE, (end - 4 * _PIECE) // _PIECES)
            for start in range(4 * _PIECE, end - 1, step):
                piece = os.pread(file.fileno(), min(_PIECE, end - start), start)
                whole = piece[piece.find(mark) + 1 : piece.rfind(mark) + 1]
                if whole:
                    pieces.append(decode(whole))
        start = max(0, end - _TAIL)
        tail = os.pread(file.fileno(), end - start, start)
        if start:
            tail = tail[tail.find(mark) + 1 :]
    text = decode(head)
    named = _SEPARATOR_LINE.match(text)
    separator = {"\\t": "\t", "tab": "\t"}.get(named[1].lower(), named[1]) if named else None
    return Sample(text, tuple(pieces), decode(tail), newline, end, padding, separator, tail.endswith(mark))


def _content_end(descriptor: int, size: int) -> tuple[int, str]:
    """Return the number of bytes before the padding, and what the padding is."""
    end, padding = size, ""
    while end:
        start = max(0, end - (1 << 16))
        block = os.pread(descriptor, end - start, start)
        rest = block.rstrip(_PADDING + b"\r\n")
        if len(rest) == len(block) or not any(byte in block[len(rest) :] for byte in _PADDING):
            break
        cut = block[len(rest) :]
        first = min(cut.find(bytes([byte])) for byte in _PADDING if bytes([byte]) in cut)
        padding = "zero bytes" if 0 in cut else "the end mark of DOS"
        end = start + len(rest) + first
        if rest or first:
            break
    return end, padding
