"""Columns of Iceberg with records inside lists or maps, which pyiceberg 0.12 reads without their nulls: null as [].

They are read from the data files here, by the ids of their fields.
"""

from typing import TYPE_CHECKING, Any

from radix_assets.sources.lakes.errors import not_read

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.io import FileIO
    from pyiceberg.schema import Schema
    from pyiceberg.table import FileScanTask, Table
    from pyiceberg.types import IcebergType, NestedField


def columns_of(schema: "Schema") -> list["NestedField"]:
    """Return the columns of a schema that hold records inside lists or maps."""
    return [field for field in schema.fields if _holds_records(field.field_type, inside=False)]


def _holds_records(kind: "IcebergType", *, inside: bool) -> bool:
    from pyiceberg.types import ListType, MapType, StructType

    if isinstance(kind, StructType):
        return inside or any(_holds_records(field.field_type, inside=False) for field in kind.fields)
    if isinstance(kind, ListType):
        return _holds_records(kind.element_type, inside=True)
    return isinstance(kind, MapType) and _holds_records(kind.value_type, inside=True)


def read_columns(iceberg: "Table", task: "FileScanTask", fields: list["NestedField"], table: str) -> list["pa.Array"]:
    """Return columns of a data file, without the rows that are deleted. Raise SourceError RDX-SRC-070."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyiceberg.io.pyarrow import pyarrow_to_schema, schema_to_pyarrow
    from pyiceberg.manifest import FileFormat

    if task.file.file_format != FileFormat.PARQUET:
        raise not_read("records inside lists in files of ORC", table, "rewrite its data files as Parquet")
    with iceberg.io.new_input(task.file.file_path).open() as stream, pq.ParquetFile(stream) as file:
        stored = pyarrow_to_schema(file.schema_arrow, iceberg.name_mapping())
        names = {field.field_id: field for field in stored.fields}
        here = [names[field.field_id].name for field in fields if field.field_id in names]
        data = file.read(columns=here).combine_chunks()
    keep = _remaining(iceberg.io, task, data.num_rows, table)
    columns = []
    for field in fields:
        dtype = schema_to_pyarrow(field.field_type, include_field_ids=False)
        if field.field_id not in names:
            columns.append(pa.nulls(task.file.record_count, dtype))
            continue
        old = names[field.field_id]
        chunks = data.column(old.name).chunks
        array = _projected(pa.concat_arrays(chunks), old.field_type, field.field_type) if chunks else pa.nulls(0, dtype)
        columns.append(array.cast(dtype))  # large lists and texts
    return columns if keep is None else [column.filter(keep) for column in columns]


def _remaining(io: "FileIO", task: "FileScanTask", rows: int, table: str) -> "pa.Array | None":
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyiceberg.manifest import FileFormat

    if not task.delete_files:
        return None
    keep = np.ones(rows or task.file.record_count, dtype=bool)
    for deletes in task.delete_files:
        if deletes.file_format != FileFormat.PARQUET:
            raise not_read("deletion vectors beside records inside lists", table, "compact the table")
        with io.new_input(deletes.file_path).open() as stream:
            struck = pq.read_table(stream, columns=["file_path", "pos"])
        keep[struck.filter(pa.compute.field("file_path") == task.file.file_path).column("pos").to_numpy()] = False
    return pa.array(keep)


def _projected(array: "pa.Array", old: "IcebergType", new: "IcebergType") -> "pa.Array":
    """Return an array with the fields that a type has now, found by their ids, and every null where it was."""
    import pyarrow as pa
    from pyiceberg.io.pyarrow import schema_to_pyarrow
    from pyiceberg.types import ListType, MapType, StructType

    if isinstance(new, StructType) and isinstance(old, StructType):
        places = {field.field_id: (number, field.field_type) for number, field in enumerate(old.fields)}
        arrays: list[Any] = []
        for field in new.fields:
            if field.field_id in places:
                number, kind = places[field.field_id]
                arrays.append(_projected(array.field(number), kind, field.field_type))
            else:
                arrays.append(pa.nulls(len(array), schema_to_pyarrow(field.field_type, include_field_ids=False)))
        names = [field.name for field in new.fields]
        return pa.StructArray.from_arrays(arrays, names=names, mask=array.is_null())
    if isinstance(new, ListType) and isinstance(old, ListType):
        values = _projected(array.values, old.element_type, new.element_type)
        is_large = pa.types.is_large_list(array.type)
        return _with_children(array, pa.large_list(values.type) if is_large else pa.list_(values.type), values)
    if isinstance(new, MapType) and isinstance(old, MapType):
        keys = _projected(array.keys, old.key_type, new.key_type)
        items = _projected(array.items, old.value_type, new.value_type)
        dtype = pa.map_(keys.type, items.type)
        inner = pa.StructArray.from_arrays([keys, items], fields=[dtype.key_field, dtype.item_field])
        return _with_children(array, dtype, inner)
    return array.cast(schema_to_pyarrow(new, include_field_ids=False))


def _with_children(array: "pa.Array", dtype: "pa.DataType", values: "pa.Array") -> "pa.Array":
    import pyarrow as pa

    buffers = array.buffers()[:2]
    return pa.Array.from_buffers(dtype, len(array), buffers, offset=array.offset, children=[values])
