"""Some rows of one column, as Arrow gives them, become the state of these rows."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from radix_assets.profiles.definition import LEVELS
from radix_assets.profiles.schema import DType
from radix_assets.profiles.sketches.hashing import NULL, of_numbers, of_texts
from radix_assets.profiles.sketches.power_sums import Moments
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.sketches.text_shapes import shapes_of
from radix_assets.profiles.sketches.value_counts import Tally
from radix_assets.profiles.state.arrow import filled, flags, kept, numbers, taken
from radix_assets.profiles.state.column import ColumnState, Lengths, order_of
from radix_assets.profiles.state.kinds import Counts, Flags, Floats, Hashes, Numbers

_GLANCE = 64
_WHOLE = pa.int64()


@dataclass
class Chunk:
    """What the rows of one column come to."""

    state: ColumnState
    hashes: Hashes
    """One for each row."""
    there: Flags | None
    """Which rows hold a value; None: all."""
    values: Numbers | None = None
    """Of numbers, one for each row; 0 where there is none."""
    codes: Counts | None = None
    """Of texts and booleans: the place in `levels`, one for each row; a null has the number of levels."""
    levels: Hashes | None = None


def dtype_of(kind: pa.DataType) -> DType:
    """The canonical type of an Arrow type."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "datetime"
    return "time" if pa.types.is_time(kind) else "string"


def chunk_of(array: pa.Array, seed: int = 0) -> Chunk:
    """The state of the rows of an array; `seed` of the hashes."""
    dtype = dtype_of(array.type)
    return _of_texts(array, seed) if dtype == "string" else _of_numbers(array, dtype, seed)


def _of_numbers(array: pa.Array, dtype: DType, seed: int) -> Chunk:
    values, there = _valued(array, dtype)
    present = values if there is None else values[there]
    state = ColumnState(dtype, len(values), len(values) - len(present), seed=seed)
    hashes = of_numbers(values, seed)
    if there is not None:
        hashes = np.where(there, hashes, NULL)
    if len(present):
        state.rising, state.strictly = order_of(present)
        state.first, state.last = present[0].item(), present[-1].item()
        ordered = present if state.rising else np.sort(present)
        state.least, state.most = ordered[0].item(), ordered[-1].item()
        if dtype in {"integer", "float"}:
            below = int(np.searchsorted(ordered, 0, side="left"))
            state.negatives, state.zeros = below, int(np.searchsorted(ordered, 0, side="right")) - below
            state.moments = Moments.of(present)
            if state.least == state.most:
                state.moments = Moments(len(present), float(state.least))
        state.tally = Tally(*counted(ordered))
    else:
        state.tally = Tally(values[:0], np.zeros(0, np.int64))
    if dtype == "boolean":
        return _of_flags(state, hashes, there, values)
    return Chunk(state, hashes, there, values if dtype in {"integer", "float"} else None)


def _valued(array: pa.Array, dtype: DType) -> tuple[Numbers, Flags | None]:
    """Values with 0 where there is none, and where there are some; what is not a number is none."""
    there = filled(array)
    values = _plain(array, dtype)
    if dtype == "float" and np.isnan(values).any():
        there = ~np.isnan(values) if there is None else there & ~np.isnan(values)
    return values if there is None else np.where(there, values, values.dtype.type(0)), there


def _of_flags(state: ColumnState, hashes: Hashes, there: Flags | None, values: Numbers) -> Chunk:
    assert state.tally is not None  # noqa: S101 as it was made
    codes = np.searchsorted(state.tally.keys, values)
    if there is not None:
        codes = np.where(there, codes, len(state.tally.keys))
    levels = of_numbers(state.tally.keys, state.seed)
    order = np.argsort(levels)
    places = np.argsort(order)
    return Chunk(state, hashes, there, codes=np.append(places, len(levels))[codes], levels=levels[order])


def _plain(array: pa.Array, dtype: DType) -> Numbers:
    """As numpy has it, whatever stands where there is no value."""
    if dtype == "boolean":
        return flags(array).astype(np.int64)
    if dtype == "datetime":
        array = array.cast(pa.timestamp("us"), safe=False)
    elif dtype == "time":
        array = array.cast(pa.time64("ns"))
    elif dtype == "date":
        array = array.cast(pa.date32())
    elif array.type not in {_WHOLE, pa.float64()}:
        array = array.cast(_WHOLE if dtype == "integer" else pa.float64())
    found = numbers(array)
    return found.astype(np.int64) if dtype == "date" else found


def hashes_of(array: pa.Array, seed: int) -> Hashes:
    """A hash of each row, and nothing else."""
    dtype = dtype_of(array.type)
    if dtype == "string":
        texts, codes, _ = _encoded(array)
        return np.append(of_texts(pl.Series(texts), seed), NULL)[codes]
    values, there = _valued(array, dtype)
    hashes = of_numbers(values, seed)
    return hashes if there is None else np.where(there, hashes, NULL)


def _encoded(array: pa.Array) -> tuple[pa.Array, Counts, Flags | None]:
    """The different texts, the place of each row's among them (a null is beyond the last), and which are there."""
    if not isinstance(array, pa.DictionaryArray):
        array = array.dictionary_encode()
    texts, places = array.dictionary.cast(pa.large_string()), array.indices
    there, codes = filled(places), numbers(places).astype(np.int64)
    return texts, codes if there is None else np.where(there, codes, len(texts)), there


def _of_texts(array: pa.Array, seed: int) -> Chunk:
    texts, codes, there = _encoded(array)
    counts = np.bincount(codes, minlength=len(texts) + 1)
    state = ColumnState("string", len(array), int(counts[-1]), seed=seed)
    counts = counts[:-1]
    hashes = of_texts(pl.Series(texts), seed)
    rows = np.append(hashes, NULL)[codes]
    _describe(state, texts, counts)
    _order(state, texts, codes if there is None else codes[there])
    order = np.argsort(hashes)
    order = order[counts[order] > 0]
    keys, numbers = hashes[order], counts[order]
    if not np.all(keys[1:] > keys[:-1]):  # a dictionary may hold a text twice
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        keys, numbers, order = keys[starts], np.add.reduceat(numbers, starts), order[starts]
    state.tally = Tally(keys, numbers, taken(texts, order))
    chunk = Chunk(state, rows, there, levels=keys)
    if len(keys) <= LEVELS:
        chunk.codes = np.append(np.searchsorted(keys, hashes), len(keys))[codes]
    return chunk


def _describe(state: ColumnState, texts: pa.Array, counts: Counts) -> None:
    used = counts > 0
    if not used.any():
        return
    sizes = numbers(pc.utf8_length(texts)).astype(np.int64)
    bytes_ = numbers(pc.binary_length(texts)).astype(np.int64)
    if not used.all():
        texts, sizes, bytes_, counts = kept(texts, used), sizes[used], bytes_[used], counts[used]
    state.lengths = Lengths(int(sizes.min()), int(sizes.max()), int(sizes @ counts))
    state.shapes = shapes_of(texts, sizes, bytes_, counts)


def _order(state: ColumnState, texts: pa.Array, codes: Counts) -> None:
    if not len(codes):
        return
    state.first, state.last = texts[int(codes[0])].as_py(), texts[int(codes[-1])].as_py()
    glance = taken(texts, codes[:_GLANCE]).to_pylist()
    if glance == sorted(glance):
        ordered = taken(texts, codes)
        state.rising = bool(pc.all(pc.less_equal(ordered[:-1], ordered[1:])).as_py() is not False)
        state.strictly = state.rising and bool(pc.all(pc.less(ordered[:-1], ordered[1:])).as_py() is not False)
    else:
        state.rising = state.strictly = False


def floats_of(chunk: Chunk) -> tuple[Floats, Flags | None]:
    """Of numbers: the values as floats with 0 for what is missing or infinite, and which are there."""
    assert chunk.values is not None  # noqa: S101 only of numbers
    values, there = chunk.values.astype(np.float64), chunk.there
    finite = np.isfinite(values)
    if not finite.all():
        values = np.where(finite, values, 0.0)
        there = finite if there is None else there & finite
    return values, there
