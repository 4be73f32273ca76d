"""A state as one Arrow file: plain values as JSON in its metadata, arrays one after another in its only value."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from radix_assets.profiles.sketches.distinct import DistinctSketch
from radix_assets.profiles.sketches.heavy_hitters import HeavyHitters
from radix_assets.profiles.sketches.power_sums import PowerSums
from radix_assets.profiles.sketches.quantile_sketch import QuantileSketch
from radix_assets.profiles.sketches.value_counts import ValueCounts
from radix_assets.profiles.state.associations import Associations
from radix_assets.profiles.state.category_levels import Category
from radix_assets.profiles.state.column import ColumnState
from radix_assets.profiles.state.column_layout import LayoutError, Lengths, from_fields, to_fields
from radix_assets.profiles.state.numeric_pairs import Pairs
from radix_assets.profiles.state.prefix import Prefix
from radix_assets.profiles.state.table import TableState

STATE_FILE = "state.arrow"
VERSION = 2
_ALIGNED = 8
"""Arrays begin at multiples of this many bytes, as NumPy wants them."""
_LEFT_OUT = "seed"
_PLAIN = frozenset({int, float, str, bool})
_Stored = tuple[str, list[int], pa.Buffer]
"""Type, shape and bytes of an array."""
_KINDS: dict[str, type[Any]] = {
    "Associations": Associations,
    "Category": Category,
    "Frequent": HeavyHitters,
    "Lengths": Lengths,
    "Moments": PowerSums,
    "Pairs": Pairs,
    "Prefix": Prefix,
    "Ranks": QuantileSketch,
    "SmallestHashes": DistinctSketch,
    "TableState": TableState,
    "Tally": ValueCounts,
}
"""Classes by their names in the file, which stay when a class is renamed."""
_COLUMN = "ColumnState"
_READERS: dict[str, Callable[..., Any]] = {**_KINDS, _COLUMN: from_fields}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_FIELDS = {kind: [field.name for field in dataclasses.fields(kind)] for kind in _KINDS.values()}


def save(state: TableState, prefix: Prefix, file: Path) -> None:
    """Write a settled state, and the prefix by which its rows are recognized."""
    arrays: list[_Stored] = []
    packed = {"state": _packed(state, arrays), "prefix": _packed(prefix, arrays)}
    parts, places, at = [], [], 0
    for dtype, shape, data in arrays:
        places.append((dtype, shape, at, data.size))
        parts += [data, bytes(-data.size % _ALIGNED)]
        at += data.size + len(parts[-1])
    plain = json.dumps(
        {
            "version": VERSION,
            "polars": pl.__version__,
            "seal": seed_digest(state.seed),
            "arrays": places,
            **packed,
        },
        ensure_ascii=True,
        separators=(",", ":"),
    )
    ends = pa.py_buffer(np.array([0, at], np.int64))
    value = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(b"".join(parts))])
    schema = pa.schema([("data", pa.large_binary())], metadata={"state": plain})
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch([value], schema=schema))


def load(file: Path, seed: int) -> tuple[TableState, Prefix] | None:
    """Return what was saved; None if the file is missing or was written by other versions or with another seed."""
    try:
        # Read, not mapped: pages of a mapped file would count as memory of this process.
        with pa.ipc.open_file(pa.py_buffer(file.read_bytes())) as reader:
            plain = json.loads(reader.schema.metadata[b"state"])
            data = reader.get_batch(0).column(0)[0].as_buffer()
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    if (plain["version"], plain["polars"], plain["seal"]) != (VERSION, pl.__version__, seed_digest(seed)):
        return None
    arrays = [(dtype, shape, data.slice(start, size)) for dtype, shape, start, size in plain["arrays"]]
    try:
        state, prefix = _unpacked(plain["state"], arrays), _unpacked(plain["prefix"], arrays)
    except LayoutError:
        return None
    state.seed = seed
    for column in state.columns:
        column.seed = seed
    return state, prefix


def seed_digest(seed: int) -> str:
    """Return a digest that identifies a seed without revealing it."""
    return hashlib.sha256(b"state" + seed.to_bytes(8, "big")).hexdigest()[:16]


def _packed(value: Any, arrays: list[_Stored]) -> Any:
    kind = type(value)
    if value is None or kind in _PLAIN:
        return value
    if kind is np.ndarray:
        arrays.append((value.dtype.str, list(value.shape), _narrow(value)))
        return {"$": len(arrays) - 1}
    if isinstance(value, pa.Array):
        value = pa.concat_arrays([value])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, pa.schema([("t", pa.large_string())])) as stream:
            stream.write_batch(pa.record_batch([value], names=["t"]))
        arrays.append(("text", [len(value)], sink.getvalue()))
        return {"$": len(arrays) - 1}
    if kind is dict:
        return {"$dict": {key: _packed(part, arrays) for key, part in value.items()}}
    if kind is list:
        return [_packed(part, arrays) for part in value]
    if kind is ColumnState:
        fields, name = to_fields(value), _COLUMN
    else:
        fields, name = {field: getattr(value, field) for field in _FIELDS[kind]}, _NAMES[kind]
    packed: dict[str, Any] = {"$kind": name}
    for field, part in fields.items():
        if part is not None and field != _LEFT_OUT:
            packed[field] = part if type(part) in _PLAIN else _packed(part, arrays)
    return packed


def _unpacked(value: Any, arrays: list[_Stored]) -> Any:
    if type(value) is list:
        return [_unpacked(part, arrays) for part in value]
    if type(value) is not dict:
        return value
    if "$" in value:
        dtype, shape, buffer = arrays[value["$"]]
        if dtype == "text":
            with pa.ipc.open_stream(buffer) as stream:
                return pa.concat_arrays([pa.array([], pa.large_string()), *stream.read_all().column(0).chunks])
        return _wide(buffer, np.dtype(dtype), shape)
    if "$dict" in value:
        return {key: _unpacked(part, arrays) for key, part in value["$dict"].items()}
    fields = {name: _unpacked(part, arrays) for name, part in value.items() if name != "$kind"}
    return _READERS[value["$kind"]](**fields)


def _narrow(value: Any) -> pa.Buffer:
    """Return counts, which are small, in as few bytes as hold the largest."""
    if value.dtype == np.int64 and value.size and value.min() >= 0:
        value = value.astype(np.min_scalar_type(value.max()))
    return pa.py_buffer(np.ascontiguousarray(value))


def _wide(buffer: pa.Buffer, dtype: np.dtype[Any], shape: list[int]) -> Any:
    number = int(np.prod(shape))
    if number and buffer.size != number * dtype.itemsize:
        return np.frombuffer(buffer, f"u{buffer.size // number}").astype(dtype).reshape(shape)
    return np.frombuffer(buffer, dtype).reshape(shape)
