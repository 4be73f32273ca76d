"""Compute the state of some rows of one column from an Arrow array."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from radix_assets.profiles.array_types import Counts, Flags, Floats, Hashes, Numbers
from radix_assets.profiles.arrow import booleans, filter_texts, take_texts, to_numpy, validity
from radix_assets.profiles.parameters import LEVELS
from radix_assets.profiles.schema import DType
from radix_assets.profiles.sketches.hashing import NULL, of_numbers, of_texts
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.sketches.sorted_counts import counted
from radix_assets.profiles.sketches.text_shapes import count_patterns
from radix_assets.profiles.sketches.value_counts import ValueCounts
from radix_assets.profiles.state.column import ColumnState, monotonicity
from radix_assets.profiles.statistics import registry
from radix_assets.profiles.statistics.definition import Values

_GLANCE = 64
_WHOLE = pa.int64()


@dataclass
class ColumnChunk:
    """The state of some rows of one column, with the arrays that associations need."""

    state: ColumnState
    hashes: Hashes
    """(rows,)."""
    there: Flags | None
    """Which rows are not null; None if all are."""
    values: Numbers | None = None
    """Numeric columns: (rows,), 0 where null."""
    codes: Counts | None = None
    """Strings and booleans: (rows,), the position in `levels`; the number of levels where null."""
    levels: Hashes | None = None


def canonical_dtype(kind: pa.DataType) -> DType:
    """Return the canonical type of an Arrow type."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "float"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "datetime"
    return "time" if pa.types.is_time(kind) else "string"


def read_chunk(array: pa.Array, seed: int = 0) -> ColumnChunk:
    """Return the state of the rows of an array. `seed` is the seed of the hashes."""
    dtype = canonical_dtype(array.type)
    return _of_texts(array, seed) if dtype == "string" else _of_numbers(array, dtype, seed)


def _of_numbers(array: pa.Array, dtype: DType, seed: int) -> ColumnChunk:
    values, there = _valued(array, dtype)
    present = values if there is None else values[there]
    state = ColumnState(dtype, len(values), seed=seed)
    hashes = of_numbers(values, seed)
    if there is not None:
        hashes = np.where(there, hashes, NULL)
    ordered = present
    if len(present):
        state.non_decreasing, state.increasing = monotonicity(present)
        state.first, state.last = present[0].item(), present[-1].item()
        ordered = present if state.non_decreasing else np.sort(present)
    state.statistics = registry.compute(Values(dtype, len(values), len(present), ordered))
    if len(present):
        if dtype in {"integer", "float"}:
            state.power_sums = PowerSums.of(present)
            if state.minimum == state.maximum:
                state.power_sums = PowerSums(len(present), float(state.minimum))
        state.value_counts = ValueCounts(*counted(ordered))
    else:
        state.value_counts = ValueCounts(values[:0], np.zeros(0, np.int64))
    if dtype == "boolean":
        return _of_flags(state, hashes, there, values)
    return ColumnChunk(state, hashes, there, values if dtype in {"integer", "float"} else None)


def _valued(array: pa.Array, dtype: DType) -> tuple[Numbers, Flags | None]:
    """Return values with 0 for null, and which are not null (None if all). NaN counts as null."""
    there = validity(array)
    values = _plain(array, dtype)
    if dtype == "float" and np.isnan(values).any():
        there = ~np.isnan(values) if there is None else there & ~np.isnan(values)
    return values if there is None else np.where(there, values, values.dtype.type(0)), there


def _of_flags(state: ColumnState, hashes: Hashes, there: Flags | None, values: Numbers) -> ColumnChunk:
    assert state.value_counts is not None  # noqa: S101 set by the caller
    codes = np.searchsorted(state.value_counts.keys, values)
    if there is not None:
        codes = np.where(there, codes, len(state.value_counts.keys))
    levels = of_numbers(state.value_counts.keys, state.seed)
    order = np.argsort(levels)
    places = np.argsort(order)
    return ColumnChunk(state, hashes, there, codes=np.append(places, len(levels))[codes], levels=levels[order])


def _plain(array: pa.Array, dtype: DType) -> Numbers:
    """Return a NumPy array; the value of a null is undefined."""
    if dtype == "boolean":
        return booleans(array).astype(np.int64)
    if dtype == "datetime":
        array = array.cast(pa.timestamp("us"), safe=False)
    elif dtype == "time":
        array = array.cast(pa.time64("ns"))
    elif dtype == "date":
        array = array.cast(pa.date32())
    elif pa.types.is_decimal(array.type):
        # By Polars, since Arrow divides two floats and 4.35 becomes 4.3500000000000005.
        array = pl.Series(array).cast(pl.Float64).to_arrow()
    elif array.type not in {_WHOLE, pa.float64()}:
        array = array.cast(_WHOLE if dtype == "integer" else pa.float64())
    values = to_numpy(array)
    return values.astype(np.int64) if dtype == "date" else values


def hash_rows(array: pa.Array, seed: int) -> Hashes:
    """Return a hash of each row, without the state."""
    dtype = canonical_dtype(array.type)
    if dtype == "string":
        texts, codes, _ = _encoded(array)
        return np.append(of_texts(pl.Series(texts), seed), NULL)[codes]
    values, there = _valued(array, dtype)
    hashes = of_numbers(values, seed)
    return hashes if there is None else np.where(there, hashes, NULL)


def _encoded(array: pa.Array) -> tuple[pa.Array, Counts, Flags | None]:
    """Return the distinct strings, each row's position among them (past the end for null), and which are not null."""
    if not isinstance(array, pa.DictionaryArray):
        array = array.dictionary_encode()
    texts, places = array.dictionary.cast(pa.large_string()), array.indices
    there, codes = validity(places), to_numpy(places).astype(np.int64)
    return texts, codes if there is None else np.where(there, codes, len(texts)), there


def _of_texts(array: pa.Array, seed: int) -> ColumnChunk:
    texts, codes, there = _encoded(array)
    counts = np.bincount(codes, minlength=len(texts) + 1)
    present = len(array) - int(counts[-1])
    state = ColumnState("string", len(array), seed=seed)
    counts = counts[:-1]
    hashes = of_texts(pl.Series(texts), seed)
    rows = np.append(hashes, NULL)[codes]
    _describe(state, texts, counts, present)
    _order(state, texts, codes if there is None else codes[there])
    order = np.argsort(hashes)
    order = order[counts[order] > 0]
    keys, numbers = hashes[order], counts[order]
    if not np.all(keys[1:] > keys[:-1]):  # a dictionary may hold a string twice
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        keys, numbers, order = keys[starts], np.add.reduceat(numbers, starts), order[starts]
    state.value_counts = ValueCounts(keys, numbers, take_texts(texts, order))
    chunk = ColumnChunk(state, rows, there, levels=keys)
    if len(keys) <= LEVELS:
        chunk.codes = np.append(np.searchsorted(keys, hashes), len(keys))[codes]
    return chunk


def _describe(state: ColumnState, texts: pa.Array, counts: Counts, present: int) -> None:
    used = counts > 0
    if not present:
        state.statistics = registry.compute(Values("string", state.rows, 0))
        return
    lengths = to_numpy(pc.utf8_length(texts)).astype(np.int64)
    byte_lengths = to_numpy(pc.binary_length(texts)).astype(np.int64)
    if not used.all():
        texts, lengths, byte_lengths, counts = (
            filter_texts(texts, used),
            lengths[used],
            byte_lengths[used],
            counts[used],
        )
    values = Values("string", state.rows, present, texts=texts, lengths=lengths, counts=counts)
    state.statistics = registry.compute(values)
    state.pattern_counts = count_patterns(texts, lengths, byte_lengths, counts)


def _order(state: ColumnState, texts: pa.Array, codes: Counts) -> None:
    if not len(codes):
        return
    state.first, state.last = texts[int(codes[0])].as_py(), texts[int(codes[-1])].as_py()
    glance = take_texts(texts, codes[:_GLANCE]).to_pylist()
    if glance == sorted(glance):
        ordered = take_texts(texts, codes)
        state.non_decreasing = bool(pc.all(pc.less_equal(ordered[:-1], ordered[1:])).as_py() is not False)
        state.increasing = state.non_decreasing and bool(
            pc.all(pc.less(ordered[:-1], ordered[1:])).as_py() is not False
        )
    else:
        state.non_decreasing = state.increasing = False


def finite_floats(chunk: ColumnChunk) -> tuple[Floats, Flags | None]:
    """Return numeric values as floats, with 0 for null and infinite ones, and which are neither (None if all)."""
    assert chunk.values is not None  # noqa: S101 only of numbers
    values, there = chunk.values.astype(np.float64), chunk.there
    finite = np.isfinite(values)
    if not finite.all():
        values = np.where(finite, values, 0.0)
        there = finite if there is None else there & finite
    return values, there
