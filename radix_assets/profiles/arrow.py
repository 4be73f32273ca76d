"""Convert between Arrow and NumPy by buffers: Arrow's own methods import pandas, which is slow."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from radix_assets.profiles.array_types import Counts, Flags, Numbers

_WIDTHS = {pa.int8(): "i1", pa.int32(): "i4", pa.int64(): "i8", pa.float64(): "f8"}
_WIDTHS |= {pa.uint8(): "u1", pa.uint16(): "u2", pa.uint32(): "u4", pa.int16(): "i2", pa.date32(): "i4"}


def to_numpy(array: pa.Array) -> Numbers:
    """Return integers, floats or timestamps without copying; the value of a null is undefined."""
    width, data = _WIDTHS.get(array.type, "i8"), array.buffers()[1]
    if data is None:
        return np.zeros(len(array), width)
    return np.frombuffer(data, width)[array.offset : array.offset + len(array)]


def validity(array: pa.Array) -> Flags | None:
    """Return which values are not null; None if none is."""
    return booleans(pc.is_valid(array)) if array.null_count else None


def booleans(array: pa.BooleanArray) -> Flags:
    """Return booleans; the value of a null is undefined."""
    data = array.buffers()[1]
    if data is None:
        return np.zeros(len(array), np.bool_)
    end = array.offset + len(array)
    bits = np.unpackbits(np.frombuffer(data, np.uint8, -(-end // 8)), count=end, bitorder="little")
    return bits[array.offset :].view(np.bool_)


def take_texts(texts: pa.Array, places: Counts) -> pa.Array:
    """Return the strings at these positions."""
    positions = np.ascontiguousarray(places, np.int64)
    return texts.take(pa.Array.from_buffers(pa.int64(), len(positions), [None, pa.py_buffer(positions)]))


def filter_texts(texts: pa.Array, mask: Flags) -> pa.Array:
    """Return the strings where the mask is true."""
    return take_texts(texts, np.flatnonzero(mask))


def text_array(words: Sequence[str]) -> pa.LargeStringArray:
    """Return strings as an Arrow array."""
    data = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, data)], dtype=np.int64)
    return pa.Array.from_buffers(pa.large_string(), len(data), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(data))])
