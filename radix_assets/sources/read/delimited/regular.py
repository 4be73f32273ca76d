"""Find out quickly whether a block of a file holds only rows that any reader reads in the same way."""

from functools import cache

import numpy as np

from radix_assets.sources.read.delimited.grammar import Grammar

_LINE_FEED, _RETURN = 10, 13


def is_plain(grammar: Grammar, newline: str) -> bool:
    """Return whether rows of a grammar can be regular: a separator of one byte, marks that are doubled."""
    return (
        newline == "\n"
        and not grammar.runs
        and not grammar.edges
        and not grammar.escape
        and grammar.quote in {"", '"'}
        and len(grammar.delimiter) <= 1
        and grammar.delimiter.isascii()
        and grammar.delimiter not in {" ", '"'}
    )


def regular_rows(block: bytes, grammar: Grammar, width: int) -> int | None:
    """Return the number of rows of a block that ends with a line; None if it is not regular.

    It is regular if all of it is UTF-8, every row has `width` cells, every quotation mark opens a cell, closes one or
    is doubled inside one, all lines end alike, and no quoted cell holds lines that could be rows.
    """
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return None
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return None
    ends = _quoted_ends(block, grammar, width) if grammar.quote and b'"' in block else _ends(block, grammar.delimiter)
    if ends is None:
        return None
    if width == 1:
        return ends.count(b"\n")
    rows, rest = divmod(len(ends), width)
    return rows if not rest and ends == (grammar.delimiter.encode() * (width - 1) + b"\n") * rows else None


def _ends(block: bytes, delimiter: str) -> bytes:
    """Return the separators and line ends of a block, one after another."""
    return block.translate(None, _others(delimiter.encode()))


@cache
def _others(separator: bytes) -> bytes:
    """Return all bytes but a separator and the line feed."""
    return bytes(byte for byte in range(256) if byte not in b"\n" + separator)


def _quoted_ends(block: bytes, grammar: Grammar, width: int) -> bytes | None:
    """Return the separators and line ends outside quotes; None if quotation marks are irregular or may hide rows."""
    data = np.frombuffer(block, dtype=np.uint8)
    separator = ord(grammar.delimiter) if grammar.delimiter else None
    ends = data == _LINE_FEED
    if separator is not None:
        ends |= data == separator
    special = np.flatnonzero(ends)
    outside = _outside(data, special, separator)
    if outside is None:
        return None
    lines = data[special] == _LINE_FEED
    if not outside[lines].all() and _could_be_rows(lines, outside, width):
        return None
    ends_outside: bytes = data[special[outside]].tobytes()
    return ends_outside


def _outside(data: np.ndarray, special: np.ndarray, separator: int | None) -> np.ndarray | None:
    """Return which of the separators and line ends are not inside quotes; None if a quotation mark is irregular."""
    marks = np.flatnonzero(data == ord('"'))
    if len(marks) % 2:
        return None
    opening, closing = marks[::2], marks[1::2]
    before = data[np.maximum(opening - 1, 0)]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    begins = (before == _LINE_FEED) | (opening == 0) | (before == ord('"'))
    ends = (after == _LINE_FEED) | (after == _RETURN) | (after == ord('"'))
    if separator is not None:
        begins |= before == separator
        ends |= after == separator
    if not (begins.all() and ends.all()):
        return None
    outside: np.ndarray = np.searchsorted(marks, special) % 2 == 0
    return outside


def _could_be_rows(lines: np.ndarray, outside: np.ndarray, width: int) -> bool:
    """Return whether lines before and after a line end inside quotes have as many separators as a row."""
    at = np.flatnonzero(lines)
    separators = np.diff(at, prepend=-1) - 1
    inside = ~outside[at]
    fits = separators == width - 1
    following = np.append(fits[1:], False)
    return bool((inside & fits & following).any())
