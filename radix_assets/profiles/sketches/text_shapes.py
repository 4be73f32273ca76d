"""Patterns of strings: A for an upper-case, a for a lower-case letter, 9 for a digit, others unchanged."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from radix_assets.profiles.array_types import Counts
from radix_assets.profiles.arrow import filter_texts, take_texts, text_array
from radix_assets.profiles.parameters import SHAPE
from radix_assets.profiles.sketches.hashing import of_texts
from radix_assets.profiles.sketches.heavy_hitters import HeavyHitters

_LONGER = "…"
"""The pattern of every string of more than 40 characters."""


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    marks = np.arange(256, dtype=np.uint8)
    for letter, shape in (("AZ", "A"), ("az", "a"), ("09", "9")):
        marks[ord(letter[0]) : ord(letter[1]) + 1] = ord(shape)
    return marks


_MARKS = _table()


def count_patterns(texts: pa.Array, sizes: Counts, bytes_: Counts, counts: Counts) -> HeavyHitters:
    """Count the patterns of strings, given their lengths in characters and in bytes, and their counts."""
    patterns = HeavyHitters.none("u8", texts=True)
    short = sizes <= SHAPE
    plain = short & (sizes == bytes_)
    other = short & ~plain
    parts, numbers = [], []
    if plain.any():
        parts.append(_of_plain(texts if plain.all() else filter_texts(texts, plain)))
        numbers.append(counts[plain])
    if other.any():
        parts.append(_of_any(filter_texts(texts, other)))
        numbers.append(counts[other])
    if not short.all():
        parts.append(text_array([_LONGER]))
        numbers.append(np.array([counts[~short].sum()], np.int64))
    if not parts:
        return patterns
    shapes, amounts = pa.concat_arrays(parts), np.concatenate(numbers)
    hashes = of_texts(pl.Series(shapes))
    order = np.argsort(hashes)
    hashes = hashes[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    patterns.add(hashes[starts], np.add.reduceat(amounts[order], starts), take_texts(shapes, order[starts]))
    return patterns


def _of_plain(texts: pa.Array) -> pa.Array:
    """Return the patterns of ASCII strings: byte by byte, all strings at once."""
    _, offsets, data = texts.buffers()
    marks = _MARKS[np.frombuffer(data, np.uint8)] if data is not None and data.size else np.zeros(0, np.uint8)
    return pa.Array.from_buffers(texts.type, len(texts), [None, offsets, pa.py_buffer(marks)], offset=texts.offset)


def _of_any(texts: pa.Array) -> pa.Array:
    shapes = pc.replace_substring_regex(texts, r"\p{Lu}", "A")
    shapes = pc.replace_substring_regex(shapes, r"[\p{Ll}\p{Lo}\p{Lt}\p{Lm}]", "a")
    return pc.replace_substring_regex(shapes, r"\p{N}", "9")
