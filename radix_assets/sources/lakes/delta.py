"""Delta tables: the data files that a version of the log names, without the rows that deletion vectors strike out."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from radix_assets.sources.lakes.errors import inside, no_such_table, no_such_version, not_read
from radix_assets.sources.lakes.errors import table_errors as errors
from radix_assets.sources.lakes.stage import stage_arrow_batches
from radix_assets.sources.packages import not_installed
from radix_assets.sources.read.lakes import lake_of
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import Declared
from radix_resources.errors import TransientSourceError

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

    from radix_assets.sources.lakes.elsewhere import Elsewhere

_FEATURES: Final = frozenset(
    {"columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "typeWidening-preview", "v2Checkpoint"}
    | {"vacuumProtocolCheck", "domainMetadata"}
)
_HINT: Final = "read it with Spark, and write the columns that are needed to another table"
_PHYSICAL: Final = "delta.columnMapping.physicalName"


def opened(path: Path, table: str, version: int | None = None) -> "DeltaTable":
    """Open a version of a table, by default the newest.

    Raise SourceError RDX-SRC-013 (no such table), 050 (deltalake is not installed), 070 (a feature that is not read),
    071 (no such version) or 005 (damaged).
    """
    if lake_of(path) != "delta":
        raise no_such_table(path, "Delta", table)
    try:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    except ImportError:
        raise not_installed("Delta tables", "delta") from None
    with errors(table):
        try:
            delta = DeltaTable(path, version=version)
        except DeltaError as error:
            if "feature" in str(error).lower():
                raise not_read("a feature", table, _HINT) from None
            if version is None:
                raise
            raise no_such_version(f"version {version} is not there", table, DeltaTable(path).version()) from None
        protocol = delta.protocol()
        missing = sorted(set(protocol.reader_features or ()) - _FEATURES)
    if missing:
        raise not_read(f"the feature {', '.join(missing)}", table, _HINT)
    return delta


def table_version(delta: "DeltaTable") -> str:
    """Return a digest of a table's id and version."""
    return hashlib.sha256(f"{delta.metadata().id} {delta.version()}".encode()).hexdigest()


def size_of(delta: "DeltaTable") -> int:
    """Return the bytes of the data files."""
    return sum(action["size_bytes"] for action in _actions(delta))


def stage_table(path: Path, table: str, version: int | None, work: Path, lake: "Elsewhere | None" = None) -> Staged:
    """Stage a version of a table in the directory `work`, in the order in which its files were added.

    `lake` is the folder elsewhere of which `path` holds the log. Raise as `opened` does, and TransientSourceError
    RDX-SRC-011 if its files were replaced meanwhile.
    """
    import pyarrow as pa

    delta = opened(path, table, version)
    try:
        if lake is not None:
            lake.fetch([unquote(action["path"]) for action in _actions(delta)])
            lake.fetch_ending(".bin")  # deletion vectors
        with errors(table):
            fields = json.loads(delta.schema().to_json())["fields"]
            schema = pa.schema(delta.schema().to_arrow())
            return stage_arrow_batches(
                _batches(delta, path, table, fields, schema),
                schema,
                work,
                layout="Delta",
                types=[_type_name(field["type"]) for field in fields],
                declared=_declared(delta, fields),
                dialect={"version": delta.version()},
                size=size_of(delta),
            )
    except TransientSourceError:
        if lake is not None:
            lake.fetch_log(None)
        raise _gone(path, table, version, delta.version()) from None


def _gone(path: Path, table: str, version: int | None, read: int) -> Exception:
    latest = opened(path, table).version()
    if version is not None:
        return no_such_version(f"the data files of version {version} have been removed", table, latest)
    if latest == read:
        with errors(table):
            raise FileNotFoundError
    return TransientSourceError(
        "RDX-SRC-011",
        "the table's files were replaced while they were read",
        expected="files that stay for as long as a read takes",
        hint="runs retry it automatically; keep files of old versions longer before VACUUM",
        table=table,
    )


@dataclass(frozen=True)
class _Columns:
    """How the columns are named in the data files."""

    schema: "pa.Schema"
    """Of a data file: names of its own, without partitions."""
    physical: list[str]
    """By position in the table."""


def _batches(
    delta: "DeltaTable", path: Path, table: str, fields: list[dict[str, Any]], schema: "pa.Schema"
) -> Iterator["pa.RecordBatch"]:
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow.fs import LocalFileSystem

    partitions = set(delta.metadata().partition_columns)
    physical = [field["metadata"].get(_PHYSICAL, field["name"]) for field in fields]
    stored = [
        (name, _physical_type(field["type"], column.type))
        for field, name, column in zip(fields, physical, schema, strict=True)
        if field["name"] not in partitions
    ]
    columns = _Columns(pa.schema(stored), physical)
    struck = _deleted(delta)
    reading = ds.ParquetReadOptions(coerce_int96_timestamp_unit="us")
    for action in sorted(_actions(delta), key=lambda action: (action["modification_time"], action["path"])):
        file = inside(path / unquote(action["path"]), path, table)
        if not file.exists():
            raise TransientSourceError("RDX-SRC-011", "a data file is not there", table=table)
        keep = next(
            (mask for name, mask in struck.items() if unquote(name).endswith(f"/{unquote(action['path'])}")), None
        )
        fragment = ds.ParquetFileFormat(read_options=reading).make_fragment(str(file), LocalFileSystem())
        first = 0
        for batch in fragment.to_batches(schema=columns.schema, columns=columns.schema.names, batch_readahead=2):
            mask = None if keep is None else keep[first : first + batch.num_rows]
            first += batch.num_rows
            whole = pa.RecordBatch.from_arrays(
                [_column(batch, name, field, action) for name, field in zip(physical, schema, strict=True)],
                schema=schema,
            )
            yield whole if mask is None else whole.filter(_padded(mask, batch.num_rows))


def _column(batch: "pa.RecordBatch", physical: str, field: "pa.Field", action: Mapping[str, Any]) -> "pa.Array":
    import pyarrow as pa

    if physical in batch.schema.names:
        column = batch.column(physical)
        return column if column.type == field.type else column.view(field.type)
    value = action.get(f"partition.{field.name}", action.get(f"partition.{physical}"))
    return pa.repeat(pa.scalar(value, field.type), batch.num_rows)


def _padded(mask: "pa.Array", rows: int) -> "pa.Array":
    """Return the mask of the rows to keep; those beyond its end are kept."""
    import pyarrow as pa

    return pa.concat_arrays([mask, pa.repeat(pa.scalar(True), rows - len(mask))]) if len(mask) < rows else mask


def _physical_type(declared: Any, dtype: "pa.DataType") -> "pa.DataType":
    """Return a type whose inner fields have the names that they have in the data files."""
    import pyarrow as pa
    from pyarrow import types

    if not isinstance(declared, dict):
        return dtype
    if types.is_struct(dtype):
        inner = [
            (field["metadata"].get(_PHYSICAL, field["name"]), _physical_type(field["type"], dtype.field(number).type))
            for number, field in enumerate(declared["fields"])
        ]
        return pa.struct(inner)
    if types.is_map(dtype):
        return pa.map_(
            _physical_type(declared["keyType"], dtype.key_type), _physical_type(declared["valueType"], dtype.item_type)
        )
    return pa.list_(dtype.field(0).with_type(_physical_type(declared["elementType"], dtype.value_type)))


def _actions(delta: "DeltaTable") -> list[dict[str, Any]]:
    import pyarrow as pa

    return list(pa.RecordBatchReader.from_stream(delta.get_add_actions(flatten=True)).read_all().to_pylist())


def _deleted(delta: "DeltaTable") -> dict[str, "pa.Array"]:
    """Return, by file, which of its rows remain; only of files of which rows are struck out."""
    import pyarrow as pa

    if "deletionVectors" not in (delta.protocol().reader_features or ()):
        return {}
    table = pa.RecordBatchReader.from_stream(delta.deletion_vectors()).read_all()
    masks = table.column("selection_vector")
    return {name: masks[number].values for number, name in enumerate(table.column("filepath").to_pylist())}


def _declared(delta: "DeltaTable", fields: list[dict[str, Any]]) -> Declared:
    return Declared(
        comment=delta.metadata().description or "",
        not_null=[field["name"] for field in fields if not field["nullable"]],
        comments={
            field["name"]: str(field["metadata"]["comment"]) for field in fields if field["metadata"].get("comment")
        },
    )


def _type_name(declared: Any) -> str:
    return declared if isinstance(declared, str) else str(declared.get("type", "nested"))
