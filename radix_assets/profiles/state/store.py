"""A state as a file: what is plain as JSON, arrays as they are, all in one Parquet file."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from radix_assets.profiles.sketches import associations, distinct
from radix_assets.profiles.sketches import heavy_hitters as frequent
from radix_assets.profiles.sketches import power_sums as moments
from radix_assets.profiles.sketches import quantile_sketch as ranks
from radix_assets.profiles.sketches import value_counts as tally
from radix_assets.profiles.state import column as column_state
from radix_assets.profiles.state import table as table_state
from radix_assets.profiles.state.prefix import Prefix
from radix_assets.profiles.state.table import TableState

STATE_FILE = "state.parquet"
VERSION = 1
_LEFT_OUT = "seed"
_PLAIN = frozenset({int, float, str, bool})
_KINDS = {
    kind.__name__: kind
    for kind in (
        associations.Associations,
        associations.Category,
        associations.Pairs,
        column_state.ColumnState,
        column_state.Lengths,
        distinct.SmallestHashes,
        frequent.Frequent,
        moments.Moments,
        ranks.Ranks,
        table_state.TableState,
        tally.Tally,
        Prefix,
    )
}
_FIELDS = {kind: [field.name for field in dataclasses.fields(kind)] for kind in _KINDS.values()}


def save(state: TableState, prefix: Prefix, file: Path) -> None:
    """Write a settled state and the marks by which its rows are known again."""
    arrays: list[tuple[str, list[int], pa.Buffer]] = []
    plain = json.dumps(
        {
            "version": VERSION,
            "polars": pl.__version__,
            "seal": seal_of(state.seed),
            "state": _packed(state, arrays),
            "prefix": _packed(prefix, arrays),
        },
        ensure_ascii=True,
        separators=(",", ":"),
    )
    schema = pa.schema([("dtype", pa.string()), ("shape", pa.list_(pa.int64())), ("data", pa.large_binary())])
    dtypes, shapes, data = zip(*arrays, strict=True) if arrays else ((), (), ())
    columns = [pa.array(dtypes, pa.string()), pa.array(shapes, schema.field(1).type), _joined(data)]
    table = pa.table(columns, schema=schema.with_metadata({"state": plain}))
    pq.write_table(table, file, compression="none", use_dictionary=False, write_statistics=False)


def load(file: Path, seed: int) -> tuple[TableState, Prefix] | None:
    """What was saved; None where there is nothing, or where it was made by other versions or with another seed."""
    try:
        table = pq.read_table(file)
        plain = json.loads(table.schema.metadata[b"state"])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    if (plain["version"], plain["polars"], plain["seal"]) != (VERSION, pl.__version__, seal_of(seed)):
        return None
    arrays = list(zip(*(table.column(place) for place in range(3)), strict=True))
    state, prefix = _unpacked(plain["state"], arrays), _unpacked(plain["prefix"], arrays)
    state.seed = seed
    for column in state.columns:
        column.seed = seed
    return state, prefix


def seal_of(seed: int) -> str:
    """By which a seed is known again and not found out."""
    return hashlib.sha256(b"state" + seed.to_bytes(8, "big")).hexdigest()[:16]


def _packed(value: Any, arrays: list[tuple[str, list[int], pa.Buffer]]) -> Any:
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
        return {"$dict": {key: _packed(one, arrays) for key, one in value.items()}}
    if kind is list:
        return [_packed(one, arrays) for one in value]
    found: dict[str, Any] = {"$kind": kind.__name__}
    for name in _FIELDS[kind]:
        one = getattr(value, name)
        if one is not None and name != _LEFT_OUT:
            found[name] = one if type(one) in _PLAIN else _packed(one, arrays)
    return found


def _unpacked(value: Any, arrays: list[tuple[Any, Any, Any]]) -> Any:
    if type(value) is list:
        return [_unpacked(one, arrays) for one in value]
    if type(value) is not dict:
        return value
    if "$" in value:
        dtype, shape, data = arrays[value["$"]]
        buffer = data.as_buffer()
        if dtype.as_py() == "text":
            with pa.ipc.open_stream(buffer) as stream:
                return pa.concat_arrays([pa.array([], pa.large_string()), *stream.read_all().column(0).chunks])
        return _wide(buffer, np.dtype(dtype.as_py()), shape.as_py())
    if "$dict" in value:
        return {key: _unpacked(one, arrays) for key, one in value["$dict"].items()}
    kind = _KINDS[value["$kind"]]
    return kind(**{name: _unpacked(one, arrays) for name, one in value.items() if name != "$kind"})


def _narrow(value: Any) -> pa.Buffer:
    """Counts, which are small, in as few bytes as hold the greatest."""
    if value.dtype == np.int64 and value.size and value.min() >= 0:
        value = value.astype(np.min_scalar_type(value.max()))
    return pa.py_buffer(np.ascontiguousarray(value))


def _joined(data: Sequence[pa.Buffer]) -> pa.ChunkedArray:
    """A column with each of these as a value, none of them copied."""
    kind = pa.large_binary()
    chunks = [
        pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(np.array([0, one.size], np.int64)), one]) for one in data
    ]
    return pa.chunked_array(chunks, kind)


def _wide(buffer: pa.Buffer, dtype: np.dtype[Any], shape: list[int]) -> Any:
    number = int(np.prod(shape))
    if number and buffer.size != number * dtype.itemsize:
        return np.frombuffer(buffer, f"u{buffer.size // number}").astype(dtype).reshape(shape)
    return np.frombuffer(buffer, dtype).reshape(shape)
