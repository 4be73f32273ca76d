"""Keep the answers of rows whose features cannot have changed since the last predictions.

A row's features depend on its own values, and on rows of tables that were known strictly before its time. So an answer
is kept if the model is the same, the row is as it was, and every row that was added, changed or deleted since, in any
table that the features read, is not older than the row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.plan import Aggregation, Direct, Plan, walk
from radix_assets.asof.times import ALWAYS, NEVER, moments
from radix_assets.features.prepared import PLAN_FILE
from radix_assets.sources.rows import scan_values
from radix_assets.sources.schema import DATA_FILE

_HASH: Final = "\x00hash"
_PLACE: Final = "\x00old"
_COUNT: Final = "\x00count"
"""Columns that no table has."""


@dataclass(frozen=True)
class Earlier:
    """The last predictions of rows with an unknown outcome, by the same model."""

    answers: pl.DataFrame
    """The columns of each answer, row by row, without keys."""
    rows: pl.DataFrame
    """The rows that were answered, with all columns of the target's table except the target."""
    tables: Mapping[str, Path]
    """The raw snapshots of then, by name."""


def kept_answers(champion: Path, earlier: Earlier, rows: pl.DataFrame, tables: Mapping[str, Path]) -> pl.DataFrame:
    """Return the answers of the rows in their order, null in all columns where a row has to be predicted.

    `rows` have the same columns as those of then, `tables` are the raw snapshots now.
    """
    plan = Plan.model_validate_json((champion / "features" / PLAN_FILE).read_bytes())
    since = _first_change(plan, earlier.tables, tables)
    places = _same_rows(earlier.rows, rows)
    times = plan.times.get(plan.table)
    if times and since < NEVER:
        before = pl.Series(moments(rows, times) <= since)
        places = places.zip_with(before, pl.Series([None], dtype=places.dtype).new_from_index(0, len(rows)))
    elif since < NEVER:
        places = places.clear(len(rows))
    return earlier.answers[places]


def _first_change(plan: Plan, old: Mapping[str, Path], new: Mapping[str, Path]) -> int:
    """Return the time of the first row that differs in a table that the features read; NEVER if there is none."""
    times = {plan.source(table): parts for table, parts in plan.times.items()}
    firsts = [NEVER]
    for table in _other_rows(plan):
        if old.get(table) == new.get(table):
            continue
        if table not in old or table not in new or table not in times or plan.static:
            return ALWAYS
        firsts.append(_first_difference(old[table], new[table], times[table]))
    return min(firsts)


def _other_rows(plan: Plan) -> set[str]:
    """Return the tables of which features read other rows than the one that they are of."""
    tables: set[str] = set()
    for node in (part for output in plan.outputs for part in walk(output.node)):
        if isinstance(node, Direct):
            tables.add(plan.links[node.link].parent)
        elif isinstance(node, Aggregation):
            tables.update(plan.links[step].child for step in node.path)
    return {plan.source(table) for table in tables}


def _first_difference(old: Path, new: Path, times: tuple[str, ...]) -> int:
    """Return the time of the first row that only one of two snapshots of a table holds; NEVER if there is none."""
    frames = [scan_values(path / DATA_FILE).collect() for path in (old, new)]
    if frames[0].schema != frames[1].schema:
        return ALWAYS
    sides = [
        pl.DataFrame({_HASH: frame.hash_rows(), "at": moments(frame, times)}).group_by(_HASH, "at").len(_COUNT)
        for frame in frames
    ]
    together = sides[0].join(sides[1], on=[_HASH, "at"], how="full", coalesce=True, suffix="_now")
    differing = together.filter(pl.col(_COUNT).ne_missing(pl.col(f"{_COUNT}_now")))
    return NEVER if differing.is_empty() else int(differing["at"].min())  # type: ignore[arg-type]


def _same_rows(old: pl.DataFrame, new: pl.DataFrame) -> pl.Series:
    """Return for each new row the place of an equal old row; null if there is none."""
    if old.schema != new.schema or old.is_empty() or new.is_empty():
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(new))
    known = pl.DataFrame({_HASH: old.hash_rows()}).with_row_index(_PLACE).unique(_HASH, keep="first")
    wanted = pl.DataFrame({_HASH: new.hash_rows()})
    places = wanted.join(known, on=_HASH, how="left", maintain_order="left")[_PLACE]
    # Two rows may have one hash.
    there = old[places]
    equal = pl.DataFrame(
        [there[name].eq_missing(new[name]).alias(str(number)) for number, name in enumerate(new.columns)]
    ).select(pl.all_horizontal(pl.all()))
    return places.zip_with(equal.to_series(), pl.Series([None], dtype=places.dtype).new_from_index(0, len(new)))


def unanswered(table: Path, target: str) -> pl.DataFrame:
    """Return the rows of a raw snapshot whose outcome is unknown, without it."""
    return scan_values(table / DATA_FILE).filter(exactly(target).is_null()).drop(target).collect()
