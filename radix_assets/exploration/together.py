"""Columns that are filled in together with a later moment: a flag that says whether there is an end."""

import polars as pl

from radix_assets.exploration.schema import Suspect
from radix_assets.exploration.times import MIN_ROWS, Moments

AGREES = 0.98
"""Share of the rows in which the column's value tells whether the later moment is there."""
USUAL = 0.95
"""Share of the rows with, or without, the moment beyond which agreeing is no wonder."""
VALUES = 20


def together(moments: Moments, later: list[Suspect]) -> list[Suspect]:
    """Of a table's columns, those that tell whether one of these later moments has come already."""
    found: dict[str, Suspect] = {}
    for suspect in later:
        if suspect.code != "later" or suspect.severity != "strong":
            continue
        there = moments.frame[f"c{moments.names.index(suspect.column)}"].is_not_null()
        usual = max(int(there.sum()), int((~there).sum())) / max(len(there), 1)
        if len(there) < MIN_ROWS or usual > USUAL:
            continue
        for position, name in enumerate(moments.names):
            tag = moments.tags.columns.get(name)
            if name == suspect.column or (tag and tag.role in ("primary_key", "foreign_key", "time_index")):
                continue
            agrees = _agrees(moments.frame[f"c{position}"], there)
            if agrees >= AGREES:
                found.setdefault(
                    name,
                    Suspect(
                        table=moments.table,
                        column=name,
                        code="later",
                        score=round(agrees, 6),
                        severity="strong",
                        reason=f"it tells in {agrees:.0%} of the rows whether {suspect.column} is there, which is a "
                        "moment after the row's own",
                    ),
                )
    return list(found.values())


def _agrees(column: pl.Series, there: pl.Series) -> float:
    """How well a value, or being empty, foretells whether the moment is there."""
    best = 0.0
    for values in (column.is_null(), column):
        if 1 < values.n_unique() <= VALUES:
            each = pl.DataFrame({"value": values, "there": there}).group_by("value")
            counts = each.agg(pl.col("there").sum().alias("yes"), pl.len().alias("all"))
            right = counts.select(pl.max_horizontal("yes", pl.col("all") - pl.col("yes")).sum()).item()
            best = max(best, right / len(there))
    return best
