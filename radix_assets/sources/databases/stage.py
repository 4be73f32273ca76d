"""Stage the rows of a table in a database, batch by batch in bounded memory.

A kind of database yields frames with a column `c0`, `c1` … for each column of the table, and `r0` … for those that have
a `rest`. What a column becomes may depend on all its values, so they are written first and settled in a second pass,
which is left out if no column requires it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.common.plural import counted
from radix_assets.sources.databases.columns import Column
from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.read.staging import FILE, ROW, STAGED_FILE, Staged, position
from radix_assets.sources.schema import Declared, ReadWarning
from radix_assets.sources.types.readings import cleaned

LONGEST_BYTES = 64
"""Byte strings up to this length are kept, since they may be keys: hashes, UUIDs."""
_LONGEST_INTEGER, _LONGEST_DECIMAL = 19, 38
_NUMBER = r"^[+-]?\d+(\.\d+)?$"
_CLOCK = "%H:%M:%S%.f"


def rest_of(number: int) -> str:
    """Return the staged name of the cells of a column that its values cannot hold."""
    return f"r{number}"


@dataclass
class _Facts:
    """What is known of a column after all batches."""

    present: int = 0
    rest: int = 0
    digits: int = 0
    """number: the most digits before the point."""
    scale: int = 0
    longest: int = 0
    """bytes: the length of the longest."""
    is_clock: bool = True


def stage_batches(
    columns: Sequence[Column],
    batches: Iterable[pl.DataFrame],
    work: Path,
    *,
    layout: str,
    declared: Declared | None = None,
) -> Staged:
    """Write the batches, of which there is at least one, into the directory `work` as staged columns."""
    import pyarrow.parquet as pq

    raw = work / "batches.parquet"
    facts = [_Facts(scale=column.scale) for column in columns]
    writer, rows, size = None, 0, 0
    try:
        for batch in batches:
            frame = _prepared(batch, columns, facts)
            size += int(frame.estimated_size())
            frame = frame.with_columns(
                pl.int_range(rows + 1, rows + frame.height + 1, dtype=pl.Int64).alias(ROW),
                pl.lit(0, dtype=pl.Int32).alias(FILE),
            )
            rows += frame.height
            arrow = frame.to_arrow()
            writer = writer or pq.ParquetWriter(raw, arrow.schema, compression="lz4")
            if frame.height:
                writer.write_table(arrow)
    finally:
        if writer is not None:
            writer.close()
    return _settled(raw, columns, facts, work, layout, declared or Declared(), size)


def _prepared(batch: pl.DataFrame, columns: Sequence[Column], facts: list[_Facts]) -> pl.DataFrame:
    """Return a batch with a `rest` for each column that may need one; note its facts."""
    changes: list[pl.Expr] = []
    for number, column in enumerate(columns):
        name, rest = position(number), rest_of(number)
        values = pl.col(name)
        if column.settle == "typed" and batch.schema[name].is_float():
            finite = values.is_finite()
            changes += [pl.when(finite).then(values).alias(name)]
            changes += [pl.when(~finite).then(values.cast(pl.String)).alias(rest)]
        elif column.settle == "number":
            fits = values.str.contains(_NUMBER)
            changes += [pl.when(fits).then(values).alias(name), pl.when(~fits).then(values).alias(rest)]
        elif column.settle == "bytes" and batch.schema[name] == pl.Binary:
            size = values.bin.size()
            facts[number].longest = max(facts[number].longest, _most(batch, size))
            changes += [pl.when(size <= LONGEST_BYTES).then(values.bin.encode("hex")).alias(name)]
            changes += [pl.when(size > LONGEST_BYTES).then(size.cast(pl.String)).alias(rest)]
    frame = batch.with_columns(changes)
    for number, (column, fact) in enumerate(zip(columns, facts, strict=True)):
        _note(frame, column, fact, position(number), rest_of(number))
    return frame


def _note(frame: pl.DataFrame, column: Column, fact: _Facts, name: str, rest: str) -> None:
    values = pl.col(name)
    fact.present += frame.height - frame[name].null_count()
    if rest in frame.columns:
        fact.rest += frame.height - frame[rest].null_count()
    if column.settle == "number":
        plain = values.str.strip_chars_start("+-")
        whole = plain.str.extract(r"^0*(\d*)", 1).str.len_bytes()
        fraction = plain.str.extract(r"\.(\d+)$", 1).str.len_bytes()
        fact.digits = max(fact.digits, _most(frame, whole))
        fact.scale = max(fact.scale, _most(frame, fraction))
    elif column.settle == "clock" and fact.is_clock:
        times = values.str.to_time(_CLOCK, strict=False)
        fact.is_clock = not frame.select((values.is_not_null() & times.is_null()).any()).item()


def _most(frame: pl.DataFrame, lengths: pl.Expr) -> int:
    return int(frame.select(lengths.max()).item() or 0)


def _settled(
    raw: Path,
    columns: Sequence[Column],
    facts: Sequence[_Facts],
    work: Path,
    layout: str,
    declared: Declared,
    size: int,
) -> Staged:
    staged = Staged(work / STAGED_FILE, [], [], [], [], layout=layout, size=size)
    staged.dialect = {"format": layout}
    rows = pl.scan_parquet(raw)
    changes: list[pl.Expr] = []
    for number, (column, fact) in enumerate(zip(columns, facts, strict=True)):
        if column.settle == "bytes" and fact.rest:
            staged.dropped[column.name] = f"{column.type} holds long byte strings"
            message = f"{column.name} holds byte strings of more than {LONGEST_BYTES} bytes and was left out"
            staged.warnings.append(ReadWarning(code="bytes_left_out", message=message, column=column.name))
            continue
        place = len(staged.names)
        value = pl.col(position(number))
        if column.settle == "number":
            value = _number(value, fact, rows, staged, column)
        elif column.settle == "clock" and fact.is_clock:
            value = value.str.to_time(_CLOCK)
        elif column.settle == "seconds" and fact.rest == fact.present:
            value = pl.col(rest_of(number))
        if column.infer:
            value = cleaned(value, [])
        changes.append(value.alias(position(place)))
        if fact.rest and column.settle != "seconds":
            staged.unread[place] = (rest_of(place), column.reason)
            changes.append(pl.col(rest_of(number)).alias(rest_of(place)))
            staged.warnings.append(_set_aside(column, fact.rest))
        staged.names.append(column.name)
        staged.types.append(column.type)
        staged.readings.append(column.infer)
    staged.unique = unique_names(staged.names, len(staged.names))
    staged.declared = declared
    if all(column.settle == "typed" and not column.infer for column in columns):
        raw.replace(staged.path)
    else:
        rows.select(*changes, ROW, FILE).sink_parquet(staged.path, compression="lz4")
        raw.unlink()
    return staged


def _number(value: pl.Expr, fact: _Facts, rows: pl.LazyFrame, staged: Staged, column: Column) -> pl.Expr:
    if fact.scale == 0 and fact.digits <= _LONGEST_INTEGER:
        whole = value.cast(pl.Int64, strict=False)
        # 19 digits may be more than 64 bits hold.
        lost = (value.is_not_null() & whole.is_null()).any()
        if fact.digits < _LONGEST_INTEGER or not rows.select(lost).collect(engine="streaming").item():
            return whole
    if fact.digits + fact.scale <= _LONGEST_DECIMAL:
        return value.cast(pl.Decimal(_LONGEST_DECIMAL, fact.scale))
    message = f"{column.name} holds numbers of more than {_LONGEST_DECIMAL} digits and was read as text"
    staged.warnings.append(ReadWarning(code="numbers_as_text", message=message, column=column.name))
    return value


def _set_aside(column: Column, count: int) -> ReadWarning:
    message = f"{column.name}: {counted(count, 'value')} set aside, {column.reason}"
    return ReadWarning(code="values_set_aside", message=message, column=column.name, count=count)
