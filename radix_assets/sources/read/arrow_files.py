"""Arrow IPC (Feather) files and streams, and ORC files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.sources.read.arrow_types import write_plain
from radix_assets.sources.read.files import SourceFile
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.parquet import open_scan, stage_scans
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import ReadWarning

if TYPE_CHECKING:
    import pyarrow as pa

_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


def stage_arrow(source: FileSettings, files: Sequence[SourceFile]) -> Staged:
    """Stage Arrow files and streams. Raise SourceError RDX-SRC-005 or RDX-SRC-008."""
    staged = _stage(source, files, "Arrow")
    cut = [file.name for file in files if _is_cut_off(file.path)]
    if cut:
        staged.warnings.append(
            ReadWarning(
                code="no_end_of_stream",
                message=f"{cut[0]!r} does not end as a stream does; its last rows may be missing",
                count=len(cut),
            )
        )
    return staged


def stage_orc(source: FileSettings, files: Sequence[SourceFile]) -> Staged:
    """Stage ORC files. Raise SourceError RDX-SRC-005 or RDX-SRC-008."""
    return _stage(source, files, "ORC")


def _stage(source: FileSettings, files: Sequence[SourceFile], layout: str) -> Staged:
    scans = []
    for file in files:
        target = file.path.with_suffix(".parquet")
        with reading_errors(Place(source.table, file.name)):
            schema, batches = _orc(file.path) if layout == "ORC" else _arrow(file.path)
            write_plain(_valid(batches), schema, target)
            scans.append(open_scan(target))
    return stage_scans(source, files, scans, layout)


def _valid(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Check each batch before its values are touched: offsets of a damaged file would lead outside of memory."""
    for batch in batches:
        batch.validate(full=True)
        yield batch


def _arrow(path: Path) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
    import pyarrow as pa

    with path.open("rb") as file:
        head = file.read(6)
    if head[:4] == b"FEA1":
        from pyarrow import feather

        table = feather.read_table(path)
        return table.schema, iter(table.to_batches())
    mapped = pa.memory_map(str(path))
    if head == b"ARROW1":
        reader = pa.ipc.open_file(mapped)
        return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))
    stream = pa.ipc.open_stream(mapped)
    return stream.schema, iter(stream)


def _is_cut_off(path: Path) -> bool:
    with path.open("rb") as file:
        if file.read(4) != b"\xff\xff\xff\xff":
            return False
        file.seek(-len(_END), 2)
        return file.read() != _END


def _orc(path: Path) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
    from pyarrow import orc

    file = orc.ORCFile(path)
    return file.schema, (file.read_stripe(number) for number in range(file.nstripes))
