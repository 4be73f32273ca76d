"""Hashed n-grams of names and of patterns of values; they cannot be recovered from the hashes."""

import zlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from radix_assets.column_types.schema import ColumnFacts
from radix_assets.column_types.values import shape
from radix_assets.common.words import singular, words

WIDTH = 2**13


def pieces(column: ColumnFacts) -> Iterator[tuple[str, float]]:
    """Yield n-grams of a column's name and values, each with its weight."""
    name = " ".join(words(column.name))
    for size in (2, 3, 4, 5):
        padded = f"^{name}$"
        for start in range(len(padded) - size + 1):
            yield f"n{padded[start : start + size]}", 1.0
    parts = [singular(word) for word in words(column.name)]
    for part in parts:
        yield f"w{'9' if part.isdigit() else part}", 2.0
    for first, second in pairwise(parts):
        yield f"b{first} {second}", 1.0
    if parts:
        yield f"l{parts[-1]}", 1.0
        yield f"f{parts[0]}", 1.0
    for text in column.samples[:5]:
        form = shape(text.strip())
        yield f"s{form}", 1.0
        for start in range(len(form) - 2):
            yield f"g{form[start : start + 3]}", 0.3


def hashed(column: ColumnFacts, width: int = WIDTH) -> npt.NDArray[np.float32]:
    """Return the hashed n-grams of a column as a unit vector, (width,)."""
    out = np.zeros(width, dtype=np.float32)
    for piece, weight in pieces(column):
        code = zlib.crc32(piece.encode("utf-8", "surrogatepass"))
        out[code % width] += weight if (code >> 24) & 1 else -weight
    norm = float(np.sqrt((out * out).sum()))
    return out / norm if norm else out
