"""Read clean text in one pass: convert it with the types that a sample suggests, and count what would contradict.

The types are then inferred from the counts as they always are. The result holds only if they are those of the sample
and every cell was converted; otherwise nothing is known, and the table is read step by step.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import polars as pl

from radix_assets.raw.columns import write_values
from radix_assets.sources.read.staging import FILE, ROW, Staged
from radix_assets.sources.rows import Rows
from radix_assets.sources.schema import DATA_FILE, Reading
from radix_assets.sources.types.counts import Finding, Measured, is_same
from radix_assets.sources.types.inference import infer
from radix_assets.sources.types.readings import cleaned, stored_type
from radix_assets.sources.types.samples import sample_step
from radix_assets.sources.types.tally import Tally

LEAST_CELLS = 200_000
"""Cells from which a single pass is worth its preparation."""


@dataclass(frozen=True)
class Converted:
    """A table whose `data.parquet` is written, without a rejected cell."""

    rows: Measured
    height: int
    """Rows, blank ones included."""
    findings: dict[str, Finding]
    blank: int
    """Rows without any value, which were left out."""


class _Batches:
    """Converts batches of rows, from several threads at once."""

    def __init__(self, names: dict[str, str], readings: dict[str, Reading], step: int) -> None:
        self.names = names
        self.tallies = {column: Tally(readings[column]) for column in names}
        self.step = step
        self.sampled: list[pl.DataFrame] = []
        self.rows = self.blank = 0
        self._lock = Lock()

    def convert(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return the values of a batch, without blank rows."""
        numbers = batch[_INDEX]
        sample = _copied(batch.filter(numbers % self.step == 0))
        texts = batch.select(list(self.names))
        values = pl.DataFrame(
            [tally.add(batch[column]).alias(self.names[column]) for column, tally in self.tallies.items()]
        )
        blank = 0
        if all(column.null_count() for column in values):
            filled = texts.select(pl.any_horizontal(cleaned(pl.all(), []).is_not_null())).to_series()
            values = values.filter(filled)
            blank = len(filled) - values.height
        with self._lock:
            self.sampled.append(sample)
            self.rows += batch.height
            self.blank += blank
        return values

    def sample(self) -> pl.DataFrame:
        """Return the rows of the sample, in their order."""
        rows = pl.concat(self.sampled).sort(_INDEX).select(list(self.names))
        return rows.select(cleaned(pl.all(), []))


_INDEX = "index"


def _copied(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a copy of a few rows. Rows that are filtered keep all text of their batch in memory."""
    return pl.DataFrame(frame.to_dict(as_series=False), schema=frame.schema)


def convert_at_once(staged: Staged, out: Path, least: int = LEAST_CELLS) -> Converted | None:
    """Write `data.parquet` in one pass over text files; None, and no file, if that is not possible."""
    text = staged.text
    if text is None or staged.overrides or not all(staged.readings) or text.rows * len(staged.columns) < least:
        return None
    names = dict(zip(staged.columns, staged.unique, strict=True))
    suggested = infer(Rows(text.sample()), staged.columns, names=names, delimiter=staged.delimiter)
    readings = {column: suggested[column].reading for column in staged.columns}
    batches = _Batches(names, readings, sample_step(text.rows))
    schema = {names[column]: stored_type(reading) for column, reading in readings.items()}
    target = out / DATA_FILE
    numbered = text.frame.drop(ROW, FILE).with_row_index(_INDEX)
    write_values(numbered.map_batches(batches.convert, schema=schema, streamable=True), target)
    rows = Measured(
        text.cleaned(),
        {column: tally.known() for column, tally in batches.tallies.items()},
        batches.sample(),
        batches.step,
    )
    if batches.rows == text.rows and not any(tally.rejected for tally in batches.tallies.values()):
        findings = infer(rows, staged.columns, names=names, delimiter=staged.delimiter)
        if all(_agree(findings[column].reading, readings[column]) for column in staged.columns):
            return Converted(rows, batches.rows, findings, batches.blank)
    target.unlink()
    return None


def _agree(settled: Reading, supposed: Reading) -> bool:
    """Return whether two readings give the same values. In columns that are not text every null token is null."""
    if settled.dtype == "string" == supposed.dtype:
        return settled.nulls == supposed.nulls
    return is_same(settled, supposed)
