"""Stage a sample of large files: parts of a text file from all over it, rows of some row groups of a Parquet file.

The parts are written one after another into a small file of the same form, which is read as any file is.
"""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from radix_assets.common.plural import counted
from radix_assets.sources.read.compression import codec_of, without_suffix
from radix_assets.sources.read.files import find, head_of_file, kind_of
from radix_assets.sources.read.formats import Kind
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.sample import Sample
from radix_assets.sources.read.settings import FileSettings
from radix_assets.sources.read.stage_files import stage_files

PARTS = 16
"""Parts of a table, over all its files."""
PART_BYTES = 1 << 19
PART_ROWS = 6_000
"""Rows of a part of a Parquet file."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True)
class _Taken:
    """A small file with parts of a large one."""

    how: str
    share: float | None
    """Its share of the large one; None if that is not known."""


def sample_files(source: FileSettings, folder: Path, work: Path) -> Sample | None:
    """Stage parts of the files of a source in the directory `work`; None if files of their kind have no such parts.

    Raise what finding and reading the files raises.
    """
    files = find(source, folder)
    chosen = _spread(files, PARTS)
    parts = max(1, PARTS // len(chosen))
    targets, taken = [], []
    for path in chosen:
        place = Place(source.table, path.name)
        kind = kind_of(path, place)
        take = _TAKES.get(kind)
        # Below the same folders, whose names may be values of partitions.
        target = work / "sample" / Path(*path.resolve().parts[1:-1]) / without_suffix(path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = take(path, target, parts, place) if take else None
        if part is None:
            return None
        targets.append(target)
        taken.append(part)
    staged = stage_files(source, folder, work, targets)
    staged.hashes = []
    how = taken[0].how
    if len(files) > 1:
        how = f"{how} of each of {len(chosen)} of {counted(len(files), 'file')}"
    return Sample(staged, how, _estimated_rows(staged.rows().height(), files, chosen, taken))


def _spread(items: Sequence[Path], number: int) -> list[Path]:
    """Return at most so many items, from the first to the last."""
    if len(items) <= number:
        return list(items)
    return [items[round(place * (len(items) - 1) / (number - 1))] for place in range(number)]


def _estimated_rows(rows: int, files: Sequence[Path], chosen: Sequence[Path], taken: Sequence[_Taken]) -> int | None:
    sizes = [path.stat().st_size for path in chosen]
    read = sum(size * part.share for size, part in zip(sizes, taken, strict=True) if part.share is not None)
    if any(part.share is None for part in taken) or not read:
        return None
    return round(rows * sum(path.stat().st_size for path in files) / read)


def _take_text(path: Path, target: Path, parts: int, place: Place) -> _Taken | None:
    """Take lines from all over a text file; from its beginning if it is packed or if cells hold line ends."""
    with path.open("rb") as file:
        head = file.read(PART_BYTES)
        size = path.stat().st_size
        packed = codec_of(head[:16], path.name) is not None
        pieces = [] if packed or head.startswith(_WIDE) else _pieces(file, head, size, parts)
    if pieces and not any(_holds_line_ends(piece) for piece in pieces):
        target.write_bytes(b"".join(pieces))
        whole = parts * PART_BYTES >= size
        return _Taken("the whole file" if whole else _parts(pieces), sum(map(len, pieces)) / size)
    beginning = head_of_file(path, parts * PART_BYTES, place)
    if len(beginning) == parts * PART_BYTES:
        beginning = _whole_lines(beginning)
    target.write_bytes(beginning)
    return _Taken("the beginning", None if packed else len(beginning) / size)


def _pieces(file, head: bytes, size: int, parts: int) -> list[bytes]:  # type: ignore[no-untyped-def]  # noqa: ANN001 a stream
    """Return whole lines from the beginning, the end, and places between."""
    if parts * PART_BYTES >= size:
        file.seek(0)
        return [file.read()]
    end = b"\n" if b"\n" in head else b"\r"
    if end not in head:
        return []
    pieces = [head[: head.rfind(end) + 1]]
    for number in range(1, parts):
        start = (size - PART_BYTES) * number // (parts - 1)
        file.seek(start)
        piece = file.read(PART_BYTES)
        piece = piece[piece.find(end) + 1 :]
        pieces.append(piece if number == parts - 1 else piece[: piece.rfind(end) + 1])
    return pieces


def _parts(pieces: Sequence[bytes]) -> str:
    return f"{len(pieces)} parts from the beginning to the end"


def _holds_line_ends(piece: bytes) -> bool:
    """Return whether a cell may hold a line end: then a part could begin in the middle of a cell."""
    return b'"' in piece and any(line.count(b'"') % 2 for line in piece.split(b"\n"))


def _whole_lines(text: bytes) -> bytes:
    """Return text up to its last line end."""
    for bom, end in ((codecs.BOM_UTF16_LE, b"\n\0"), (codecs.BOM_UTF16_BE, b"\0\n")):
        if text.startswith(bom):
            place = text.rfind(end)
            return text[: place + 2] if place > 0 else text
    place = max(text.rfind(b"\n"), text.rfind(b"\r"))
    return text[: place + 1] if place > 0 else text


def _take_json(path: Path, target: Path, parts: int, place: Place) -> _Taken | None:
    """Take lines of a file with a record on each line; None if it is one document."""
    import json

    lines = head_of_file(path, PART_BYTES, place).splitlines()[:3]
    try:
        records = [json.loads(line) for line in lines[:2]]
    except ValueError:
        return None
    if len(lines) < len(records) + 1 or not all(isinstance(record, dict) for record in records):
        return None
    with path.open("rb") as file:
        head = file.read(PART_BYTES)
        size = path.stat().st_size
        pieces = [] if codec_of(head[:16], path.name) is not None else _pieces(file, head, size, parts)
    if pieces:
        target.write_bytes(b"".join(pieces))
        return _Taken(_parts(pieces), sum(map(len, pieces)) / size)
    target.write_bytes(_whole_lines(head_of_file(path, parts * PART_BYTES, place)))
    return _Taken("the beginning", None)


def _take_parquet(path: Path, target: Path, parts: int, place: Place) -> _Taken | None:
    """Take the first rows of row groups from all over a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    del place
    with path.open("rb") as stream:
        if stream.read(4) != b"PAR1":
            return None
    with pq.ParquetFile(path, pre_buffer=False) as file, pq.ParquetWriter(target, file.schema_arrow) as writer:
        groups = file.metadata.num_row_groups
        chosen = sorted({round(number * (groups - 1) / max(1, parts - 1)) for number in range(parts)})
        rows = PARTS * PART_ROWS // max(1, len(chosen))
        # A row of many or long cells counts as several.
        width = max(1, file.metadata.num_columns // 20)
        written = 0
        for group in chosen:
            batches = file.iter_batches(batch_size=max(1, rows // width), row_groups=[group], use_threads=False)
            batch = next(iter(batches), None)
            if batch is not None:
                writer.write_table(pa.Table.from_batches([batch], file.schema_arrow))
                written += batch.num_rows
        total = file.metadata.num_rows
    how = "every row" if written == total else f"the first rows of {counted(len(chosen), 'row group')}"
    return _Taken(how, written / total if total else None)


_TAKES: dict[Kind, Callable[[Path, Path, int, Place], _Taken | None]] = {
    "text": _take_text,
    "json": _take_json,
    "parquet": _take_parquet,
}
