"""Checks of the matrix: missing rows, and rows that serving would compute differently."""

from pathlib import Path

import polars as pl

from radix_assets.asof.matrix_columns import CUTOFF, MatrixType
from radix_assets.features.graph.schema import Table
from radix_assets.features.prepared import Prepared
from radix_assets.pipeline.output import Check

REPLAYED = 100
"""Rows that are computed again in a separate batch, to check that serving gives what training saw."""
FAR = 1e-9
"""Maximum difference between engines, relative to the value or to 1."""


def checks_of(
    prepared: Prepared | None, table: Table, file: Path, types: dict[str, MatrixType], *, approximate: bool
) -> list[Check]:
    """Return the checks of the matrix. `prepared` is what will serve, None if the tables do not fit into memory.

    `types` are the types of the features. `approximate`: another engine built the matrix, so numbers agree to 1e-9.
    """
    matrix = pl.scan_parquet(file)
    written = matrix.select(pl.len()).collect().item()
    checks = [Check("row by row", written == table.rows, f"{written} rows in the matrix, {table.rows} in the table")]
    if prepared is None:
        reason = "no row was computed again: the tables do not fit into memory, which serving requires"
        checks.append(Check("replay", passed=False, description=reason, severity="WARN"))
    else:
        checks.append(_replayed(prepared, table, matrix, types, approximate=approximate))
    if table.time:
        without = matrix.select(pl.col(CUTOFF).null_count()).collect().item()
        checks.append(
            Check("every row has a time", without == 0, f"{without} rows have no time and are seen as of now", "WARN")
        )
    return checks


def _replayed(
    prepared: Prepared, table: Table, matrix: pl.LazyFrame, types: dict[str, MatrixType], *, approximate: bool
) -> Check:
    step = max(1, table.rows // REPLAYED)
    recomputed = prepared.compute(table.scan().gather_every(step).collect()).select(list(types))
    matrix_rows = matrix.select(list(types)).gather_every(step).collect()
    same = equal(recomputed, matrix_rows, types) if approximate else recomputed.equals(matrix_rows)
    verb = "equal" if same else "differ from"
    how = " built by another engine, to 1e-9" if approximate else ""
    return Check("replay", same, f"{len(recomputed)} rows computed again {verb} the matrix{how}")


def equal(first: pl.DataFrame, second: pl.DataFrame, types: dict[str, MatrixType]) -> bool:
    """Return whether two engines agree: numbers to 1e-9, everything else exactly."""
    for name, kind in types.items():
        left, right = first[name], second[name]
        if kind != "numeric":
            if not left.equals(right, null_equal=True):
                return False
            continue
        near = FAR * pl.DataFrame([left.abs(), right.abs().alias("_")]).max_horizontal().clip(lower_bound=1.0)
        if not left.is_null().equals(right.is_null()) or ((left - right).abs() > near).any():
            return False
    return True
