"""Extend the last snapshot of a table by rows that follow it, without reading the others again.

The result has the rows and types of a full read. Where that is not certain there is no result, and the table is read as
a whole: if anything was doubtful, rejected or dropped before, or if the new rows alone would be read in another way.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from radix_assets.raw.columns import ROW_GROUP
from radix_assets.raw.splice import join_groups
from radix_assets.sources.read.guard import reading_errors
from radix_assets.sources.read.place import Place
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DATA_FILE, ColumnSchema, DType, RawSchema, Reading, read_schema
from radix_assets.sources.types.counts import Finding, Measured
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import parsed
from radix_assets.sources.types.samples import sample_step
from radix_assets.sources.types.tally import Tally
from radix_assets.sources.types.typed import canonical, whole_columns

_NEW = "new.parquet"
_EXACT = 2**53
"""Whole numbers up to it are exact as Float64."""
_SAME = ("encoding", "delimiter", "quote", "escape", "header_lines", "first_row", "comment", "partitions")


def extend_snapshot(table: str, previous: Path, staged: Staged, work: Path, out: Path) -> RawSchema | None:
    """Write `data.parquet` into `out`: the rows of the previous snapshot, and then the staged rows.

    Return the schema of all rows; None, with nothing written, if a full read might give other rows or types.
    """
    before = read_schema(previous)
    if not is_plain(before, staged):
        return None
    with reading_errors(Place(table, ", ".join(staged.files[:3]))):
        rows = staged.rows()
        if staged.blank_lines and rows.filter(pl.all_horizontal(pl.col(staged.columns).is_null())).height():
            return None
        values = values_of(before, previous, staged, rows)
        if values is None:
            return None
        new = rows.derive(values)
        schema = _extended(before, rows, new, staged)
        if schema is not None:
            _write(previous / DATA_FILE, new, work / _NEW, out / DATA_FILE)
    return schema


def is_plain(before: RawSchema, staged: Staged) -> bool:
    """Return whether nothing about the old rows or the form of the new ones is doubtful."""
    doubts = (before.rejected, before.blank_rows, before.lost_rows, before.beyond)
    new_doubts = (staged.rejects, staged.unread, staged.overflow, staged.overrides)
    left_out = {warning.code for warning in before.warnings} == {"bytes_left_out"}
    old_dialect, dialect = before.dialect, staged.dialect
    return (
        not any(doubts)
        and not any(new_doubts)
        and before.dropped == staged.dropped
        and before.warnings == staged.warnings
        and (left_out or not before.warnings)
        and (left_out or not before.dropped)
        and staged.names == [column.source for column in before.columns]
        and staged.unique == [column.name for column in before.columns]
        and staged.types == [column.source_type for column in before.columns]
        and "files" not in dialect
        and not old_dialect.get("footer_lines")
        and not dialect.get("footer_lines")
        and all(old_dialect.get(key) == dialect.get(key) for key in _SAME)
    )


def values_of(before: RawSchema, previous: Path, staged: Staged, rows: Rows) -> list[pl.Expr] | None:
    """Return the expressions of the new rows' values; None if a column might be read in another way."""
    texts = [name for name, text in zip(staged.columns, staged.readings, strict=True) if text]
    names = dict(zip(staged.columns, staged.unique, strict=True))
    readings = {
        place: column.reading for place, column in zip(staged.columns, before.columns, strict=True) if column.reading
    }
    findings = infer(_measured(rows, texts, readings), texts, names=names, delimiter=staged.delimiter)
    typed = [name for name in staged.columns if name not in findings]
    whole = whole_columns(rows, typed)
    values = []
    for place, column in zip(staged.columns, before.columns, strict=True):
        finding = findings.get(place)
        if finding is None:
            value = _typed(column, place, rows, whole.get(place))
            if value is None:
                return None
            values.append(value.alias(column.name))
            continue
        reading = column.reading
        if reading is None or not _agrees(reading, finding, column, previous, rows, place):
            return None
        values.append(parsed(pl.col(place), reading).alias(column.name))
    return values


def _measured(rows: Rows, texts: Sequence[str], readings: Mapping[str, Reading]) -> Rows:
    """Return rows whose texts are counted by the readings of the last snapshot, which is cheaper than by all others."""
    frame = rows.frame
    if not isinstance(frame, pl.DataFrame) or any(text not in readings for text in texts):
        return rows
    tallies = {text: Tally(readings[text]) for text in texts}
    for text, tally in tallies.items():
        tally.add(frame[text])
    if any(tally.rejected for tally in tallies.values()):
        return rows
    step = sample_step(frame.height)
    sample = frame.select(texts).gather_every(step)
    return Measured(frame, {text: tally.known() for text, tally in tallies.items()}, sample, step)


def _typed(column: ColumnSchema, place: str, rows: Rows, whole: DType | None) -> pl.Expr | None:
    """Return the values of a column that has a type in the source; None if they are of another type now."""
    conversion = canonical(place, rows.schema[place], whole)
    if conversion is not None and column.reading is None:
        if conversion[0] == column.dtype:
            return conversion[1]
        large = ~pl.col(place).is_between(-_EXACT, _EXACT)
        if (conversion[0], column.dtype) == ("integer", "float") and not rows.one(large.any())[0]:
            return conversion[1].cast(pl.Float64)
    there = pl.col(place).is_not_null()
    return None if rows.one(there.any())[0] else pl.when(there).then(None)


def _agrees(reading: Reading, finding: Finding, column: ColumnSchema, previous: Path, rows: Rows, place: str) -> bool:
    """Return whether all rows together have the reading that the old ones have."""
    new = finding.reading
    if finding.warnings or finding.failed or not set(new.nulls) <= set(reading.nulls):
        return False
    alike = new.model_copy(update={"nulls": reading.nulls})
    if alike == reading:
        return reading.pivot is None
    if not rows.one(pl.col(place).count())[0]:
        return True
    if reading.dtype == "decimal" and new.dtype == "decimal" and new.scale <= reading.scale:
        return alike.model_copy(update={"scale": reading.scale}) == reading
    if reading.dtype == "string" and not reading.nulls:
        # The old texts are there as they were, so that the column alone can be judged as a whole.
        old = pl.scan_parquet(previous / DATA_FILE, glob=False).select(
            pl.col(f"^{_escaped(column.name)}$").alias(place)
        )
        both = pl.concat([old, rows.lazy.select(place)])
        judged = infer(Rows.of(both), [place], names={place: column.name})[place]
        return judged.reading == reading and not judged.warnings
    return False


def _escaped(name: str) -> str:
    import re

    return re.escape(name)


def _extended(before: RawSchema, rows: Rows, new: Rows, staged: Staged) -> RawSchema | None:
    """Return the schema of all rows; None if a new value could not be converted."""
    there = rows.one(pl.col(place).count() for place in staged.columns)
    kept = new.one(pl.all().count())
    null_tokens = [
        rows.one(pl.col(place).is_in(column.reading.nulls).sum())[0] if column.reading and column.reading.nulls else 0
        for place, column in zip(staged.columns, before.columns, strict=True)
    ]
    if any(a - b != c for a, b, c in zip(there, null_tokens, kept, strict=True)):
        return None
    height = rows.height()
    columns = [
        column.model_copy(update={"nulls": column.nulls + height - number})
        for column, number in zip(before.columns, kept, strict=True)
    ]
    return before.model_copy(update={"rows": before.rows + height, "columns": columns})


def _write(old: Path, new: Rows, scratch: Path, target: Path) -> None:
    """Write the old row groups as they are, except the last one if it is not full, and then the new rows."""
    metadata = pq.read_metadata(old)
    sizes = [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)]
    kept = next((place for place, size in enumerate(sizes) if size < ROW_GROUP), len(sizes))
    start = sum(sizes[:kept])
    rest = pl.scan_parquet(old, glob=False).slice(start)
    pl.concat([rest, new.lazy]).sink_parquet(scratch, compression="zstd", row_group_size=ROW_GROUP, statistics=True)
    join_groups(old, kept, scratch, target)
