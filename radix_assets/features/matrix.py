"""The feature matrix on disk: computed in pieces, then freed of what tells nothing."""

from pathlib import Path
from typing import Any

import polars as pl

from radix_assets.features.prepared import Prepared

CELLS = 40_000_000
"""Values in one piece: about 320 MB."""


class Columns:
    """What is known of each column after all pieces: enough to find those that are empty, constant or repeated."""

    def __init__(self) -> None:
        self.rows = 0
        self._nulls: dict[str, int] = {}
        self._low: dict[str, Any] = {}
        self._high: dict[str, Any] = {}
        self._prints: dict[str, int] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Another piece, with the same columns."""
        if frame.is_empty():
            return
        nulls, low, high = frame.null_count().row(0), frame.min().row(0), frame.max().row(0)
        place = pl.int_range(self.rows, self.rows + len(frame), dtype=pl.UInt64, eager=True).hash(seed=1)
        prints = frame.select((pl.all().hash(seed=0) ^ place).hash(seed=2).sum()).row(0)
        for i, name in enumerate(frame.columns):
            self._nulls[name] = self._nulls.get(name, 0) + nulls[i]
            self._low[name] = min((v for v in (self._low.get(name), low[i]) if v is not None), default=None)
            self._high[name] = max((v for v in (self._high.get(name), high[i]) if v is not None), default=None)
            self._prints[name] = (self._prints.get(name, 0) + prints[i]) % 2**64
        self.rows += len(frame)

    def idle(self) -> dict[str, str]:
        """The columns that hold nothing to learn from, with the reason."""
        found = {}
        for name, nulls in self._nulls.items():
            if nulls == self.rows:
                found[name] = "empty: no row has a value"
            elif nulls == 0 and self._low[name] == self._high[name]:
                found[name] = "constant: every row has the same value"
        return found

    def suspects(self, names: list[str]) -> dict[str, str]:
        """Columns that seem to repeat an earlier one of these, with its name; to be compared value by value."""
        first: dict[int, str] = {}
        found = {}
        for name in names:
            other = first.setdefault(self._prints[name], name)
            if other != name:
                found[name] = other
        return found


def compute(prepared: Prepared, rows: pl.LazyFrame, total: int, names: list[str], folder: Path) -> tuple[list[Path], Columns]:
    """Write the features of all rows in pieces; `names` are those whose columns are judged."""
    columns = Columns()
    files = []
    wanted = [column.name for column in prepared.plan.inputs]
    step = max(1, CELLS // max(1, len(names)))
    for start in range(0, total, step):
        piece = prepared.compute(rows.select(wanted).slice(start, step).collect())
        columns.add(piece.select(names))
        files.append(folder / f"part-{start:012d}.parquet")
        piece.write_parquet(files[-1])
    return files, columns


def repeated(files: list[Path], suspects: dict[str, str]) -> dict[str, str]:
    """Of the suspects those that do repeat, with the reason."""
    found = {}
    lazy = pl.scan_parquet(files)
    for name, other in suspects.items():
        a, b = lazy.select(name, other).collect().get_columns()
        if a.dtype == b.dtype and a.equals(b, null_equal=True):
            found[name] = f"the same values as {other}"
    return found
