"""What would catch a wrong matrix: rows that are missing, or that serving would compute otherwise."""

from pathlib import Path

import polars as pl

from radix_assets.asof.names import CUTOFF, MatrixType
from radix_assets.features.graph import Table
from radix_assets.features.prepared import Prepared
from radix_assets.pipeline.output import Check

REPLAYED = 100
"""Rows that are computed again, one piece by itself, to see that serving will give what training saw."""
FAR = 1e-9
"""How far two engines may be apart, of the value or of 1."""


def checks_of(
    prepared: Prepared | None, table: Table, file: Path, types: dict[str, MatrixType], *, alike: bool
) -> list[Check]:
    """Verdicts on the matrix. `prepared` is what will serve, None where the tables do not fit into memory.

    `types` are the features. `alike`: another engine made the matrix, so that numbers equal to 1e-9 only.
    """
    matrix = pl.scan_parquet(file)
    written = matrix.select(pl.len()).collect().item()
    checks = [Check("row by row", written == table.rows, f"{written} rows of the matrix, {table.rows} of the table")]
    if prepared is None:
        said = "no row was computed again: the tables do not fit into memory here, and serving needs them there"
        checks.append(Check("replay", passed=False, description=said, severity="WARN"))
    else:
        checks.append(_replayed(prepared, table, matrix, types, alike=alike))
    if table.time:
        without = matrix.select(pl.col(CUTOFF).null_count()).collect().item()
        checks.append(
            Check("every row has a time", without == 0, f"{without} rows without a time are seen as of now", "WARN")
        )
    return checks


def _replayed(
    prepared: Prepared, table: Table, matrix: pl.LazyFrame, types: dict[str, MatrixType], *, alike: bool
) -> Check:
    step = max(1, table.rows // REPLAYED)
    again = prepared.compute(table.scan().gather_every(step).collect()).select(list(types))
    made = matrix.select(list(types)).gather_every(step).collect()
    same = equal(again, made, types) if alike else again.equals(made)
    verb = "equal" if same else "differ from"
    how = ", which another engine made, to 1e-9" if alike else ""
    return Check("replay", same, f"{len(again)} rows computed by themselves {verb} the matrix{how}")


def equal(one: pl.DataFrame, two: pl.DataFrame, types: dict[str, MatrixType]) -> bool:
    """Whether two engines gave the same: numbers to 1e-9, all else exactly."""
    for name, kind in types.items():
        left, right = one[name], two[name]
        if kind != "numeric":
            if not left.equals(right, null_equal=True):
                return False
            continue
        near = FAR * pl.DataFrame([left.abs(), right.abs().alias("_")]).max_horizontal().clip(lower_bound=1.0)
        if not left.is_null().equals(right.is_null()) or ((left - right).abs() > near).any():
            return False
    return True
