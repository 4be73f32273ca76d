"""Leak suspects that change together with a later time, such as a flag that an end date is set."""

import polars as pl

from radix_assets.exploration.leaks.timed_tables import MIN_ROWS, TimedTable
from radix_assets.exploration.schema import Suspect

AGREES = 0.98
"""Share of the rows in which the column's value predicts whether the later time is set."""
USUAL = 0.95
"""Share of rows with, or without, the time beyond which agreement is trivial."""
VALUES = 20


def together(timed: TimedTable, later: list[Suspect]) -> list[Suspect]:
    """Return the columns of a table that predict whether one of these later times is set."""
    suspects: dict[str, Suspect] = {}
    for suspect in later:
        if suspect.code != "later" or suspect.severity != "strong":
            continue
        there = timed.frame[f"c{timed.names.index(suspect.column)}"].is_not_null()
        usual = max(int(there.sum()), int((~there).sum())) / max(len(there), 1)
        if len(there) < MIN_ROWS or usual > USUAL:
            continue
        for position, name in enumerate(timed.names):
            tag = timed.tags.columns.get(name)
            if name == suspect.column or (tag and tag.role in ("primary_key", "foreign_key", "time_index")):
                continue
            agrees = _agrees(timed.frame[f"c{position}"], there)
            if agrees >= AGREES:
                suspects.setdefault(
                    name,
                    Suspect(
                        table=timed.table,
                        column=name,
                        code="later",
                        score=round(agrees, 6),
                        severity="strong",
                        reason=f"it shows in {agrees:.0%} of the rows whether {suspect.column} is set, which is a "
                        "moment after the row's own",
                    ),
                )
    return list(suspects.values())


def _agrees(column: pl.Series, there: pl.Series) -> float:
    """Return how well a value, or being null, predicts whether the time is set."""
    best = 0.0
    for values in (column.is_null(), column):
        if 1 < values.n_unique() <= VALUES:
            each = pl.DataFrame({"value": values, "there": there}).group_by("value")
            counts = each.agg(pl.col("there").sum().alias("yes"), pl.len().alias("all"))
            right = counts.select(pl.max_horizontal("yes", pl.col("all") - pl.col("yes")).sum()).item()
            best = max(best, right / len(there))
    return best
