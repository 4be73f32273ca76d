"""Iceberg tables: the rows of a snapshot, without those that its delete files strike out."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from radix_assets.sources.lakes.errors import no_such_table, no_such_version, not_read, table_errors
from radix_assets.sources.lakes.iceberg_nested import columns_of, read_columns
from radix_assets.sources.lakes.stage import stage_arrow_batches
from radix_assets.sources.packages import not_installed
from radix_assets.sources.read.lakes import METADATA, lake_of
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import Declared
from radix_resources.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.schema import Schema
    from pyiceberg.table import DataScan, Table

_HINT: Final = "version-hint.text"
_NUMBER: Final = re.compile(r"v?(\d+)")


def opened(path: Path, table: str, fetch: Callable[[Sequence[str]], None] | None = None) -> "Table":
    """Open a table by its folder, or by a file of its metadata. Nothing outside of the folder is read.

    `fetch` has files of the folder here, by their names relative to it, before they are opened.

    Raise SourceError RDX-SRC-013 (no such table), 050 (pyiceberg is not installed), 070 (a feature that is not read) or
    005 (damaged).
    """
    if lake_of(path) != "iceberg":
        raise no_such_table(path, "Iceberg", table)
    try:
        from pyiceberg.catalog.noop import NoopCatalog
        from pyiceberg.serializers import FromByteStream
        from pyiceberg.table import Table
    except ImportError:
        raise not_installed("Iceberg tables", "iceberg") from None
    from radix_assets.sources.lakes.iceberg_files import FilesOfFolder

    file = path if path.name.endswith(METADATA) else _newest(path, table)
    with table_errors(table), file.open("rb") as stream:
        metadata = FromByteStream.table_metadata(stream)
        files = FilesOfFolder(file.parent.parent, metadata.location, table, fetch)
        return Table((table,), metadata, str(file), files, NoopCatalog("folder"))


def _newest(path: Path, table: str) -> Path:
    """Return the newest file of metadata, as the table's hint or the numbers of the files say."""
    folder = path / "metadata"
    try:
        hint = (folder / _HINT).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        hint = ""
    named = [folder / f"{name}{METADATA}" for name in (hint, f"v{hint}") if re.fullmatch(r"[\w.-]+", name)]
    files = sorted(entry for entry in folder.iterdir() if entry.name.endswith(METADATA))
    by_number: dict[int, list[Path]] = {}
    for file in files:
        number = _NUMBER.match(file.name)
        by_number.setdefault(int(number[1]) if number else 0, []).append(file)
    newest = next(([file] for file in named if file in files), by_number[max(by_number)])
    if len(newest) > 1:
        raise SourceError(
            "RDX-SRC-033",
            f"two files of metadata have the newest number: {', '.join(file.name for file in newest)}",
            expected="one of them",
            hint="name the file of metadata in `iceberg`; its catalog knows which is valid",
            table=table,
        )
    return newest[0]


def scan_of(iceberg: "Table", table: str, snapshot: int | None) -> "DataScan":
    """Return the rows of a snapshot, by default the newest. Raise SourceError RDX-SRC-071 if it is not there."""
    if snapshot is not None and iceberg.snapshot_by_id(snapshot) is None:
        latest = iceberg.current_snapshot()
        found = f"there is no snapshot {snapshot}"
        raise no_such_version(found, table, latest.snapshot_id if latest else "none")
    return iceberg.scan(snapshot_id=snapshot)


def table_version(iceberg: "Table", table: str, snapshot: int | None) -> str:
    """Return a digest of the table's id, the snapshot's and the columns'."""
    with table_errors(table):
        scan = scan_of(iceberg, table, snapshot)
        current = scan.snapshot()
        state = f"{iceberg.metadata.table_uuid} {current.snapshot_id if current else 0} {scan.projection()!r}"
    return hashlib.sha256(state.encode()).hexdigest()


def size_of(iceberg: "Table", table: str, snapshot: int | None) -> int | None:
    """Return the bytes of the data files, as the snapshot states them; None if it does not."""
    current = scan_of(iceberg, table, snapshot).snapshot()
    summary = current.summary if current else None
    size = summary.get("total-files-size") if summary else None
    return int(size) if size and int(size) > 0 else None


def stage_table(iceberg: "Table", table: str, snapshot: int | None, work: Path) -> Staged:
    """Stage a snapshot of a table in the directory `work`, its data files in the order of their names.

    Raise SourceError RDX-SRC-070 (rows are deleted by equality, or a type that is not read), 071 (no such snapshot) or
    005 (damaged).
    """
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    with table_errors(table):
        scan = scan_of(iceberg, table, snapshot)
        projection = scan.projection()
        try:
            schema = schema_to_pyarrow(projection, include_field_ids=False)
        except (NotImplementedError, TypeError, ValueError):
            raise not_read("a type", table, "read it with another program, without that column") from None
        current = scan.snapshot()
        return stage_arrow_batches(
            _batches(iceberg, scan, table, schema),
            schema,
            work,
            layout="Iceberg",
            types=[str(field.field_type) if field.field_type.is_primitive else "nested" for field in projection.fields],
            declared=_declared(iceberg, projection),
            dialect={"snapshot": current.snapshot_id if current else None},
            size=size_of(iceberg, table, snapshot) or 0,
        )


def _batches(iceberg: "Table", scan: "DataScan", table: str, schema: "pa.Schema") -> Iterator["pa.RecordBatch"]:
    from pyiceberg.expressions import AlwaysTrue
    from pyiceberg.io.pyarrow import ArrowScan

    from radix_assets.sources.lakes.iceberg_files import FilesOfFolder

    if scan.snapshot() is None:
        return
    try:
        tasks = sorted(scan.plan_files(), key=lambda task: task.file.file_path)
    except ValueError as error:
        if "equality deletes" not in str(error):
            raise
        hint = "rewrite its data files (compaction), so that deleted rows are gone from them"
        raise not_read("deletes by equality", table, hint) from None
    if isinstance(iceberg.io, FilesOfFolder):
        iceberg.io.prepare([task.file.file_path for task in tasks])
    reader = ArrowScan(iceberg.metadata, iceberg.io, scan.projection(), AlwaysTrue())
    nested = columns_of(scan.projection())
    places = [schema.get_field_index(field.name) for field in nested]
    for task in tasks:
        columns = read_columns(iceberg, task, nested, table) if nested else []
        row = 0
        # One task at a time: given several, it reads them all ahead.
        for batch in reader.to_record_batches([task]):
            arrays = dict(enumerate(batch.columns))
            arrays.update(zip(places, (column.slice(row, batch.num_rows) for column in columns), strict=True))
            row += batch.num_rows
            yield _cast(list(arrays.values()), schema)


def _cast(arrays: list["pa.Array"], schema: "pa.Schema") -> "pa.RecordBatch":
    """Return a batch with the types of the table; a data file may state wider lists and texts."""
    import pyarrow as pa

    columns = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(arrays, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _declared(iceberg: "Table", schema: "Schema") -> Declared:
    names = {field.field_id: field.name for field in schema.fields}
    keys = [names[number] for number in schema.identifier_field_ids if number in names]
    return Declared(
        comment=iceberg.metadata.properties.get("comment", ""),
        primary_key=keys if len(keys) == len(schema.identifier_field_ids) else [],
        not_null=[field.name for field in schema.fields if field.required],
        comments={field.name: field.doc for field in schema.fields if field.doc},
    )
