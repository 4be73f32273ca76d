"""Leak suspects by aggregation: means and sums over groups of rows that contain the row's own target."""

import numpy as np
import polars as pl

from radix_assets.exploration.leaks.base import Findings, Signal
from radix_assets.exploration.sample import Question, Vector
from radix_assets.exploration.schema import Suspect
from radix_assets.exploration.scoring import as_numbers

GROUPS = 5
"""Fewest groups with several rows, and fewest different values among them."""
MIXED = 0.2
"""Share of such groups whose targets must differ: else the column is a recoding, or the target itself."""
EXACT = 0.999
"""R² from which the groups' own aggregates are what the column says."""
BY_GROUP = 40
"""Columns that are tried as the group of an aggregate."""


def aggregates(question: Question) -> list[Suspect]:
    """Return the columns that are a mean or a sum of the target over the rows of a group, the row's own among them.

    The groups are those of another column, or of the column itself: the rows with one value of a mean have this mean.
    """
    targets = _targets(question)
    groups = [position for position in question.others if _may_group(question.series(position))][:BY_GROUP]
    suspects = []
    for position in question.others:
        column = question.series(position)
        if not column.dtype.is_numeric() or question.role(question.names[position]) in {"primary_key", "time_index"}:
            continue
        values = as_numbers(column)
        reason = _own_groups(values, targets) or _other_groups(values, targets, position, groups, question)
        if reason:
            suspects.append(
                Suspect(
                    table=question.table,
                    column=question.names[position],
                    code="aggregate",
                    score=1.0,
                    severity="strong",
                    reason=reason,
                )
            )
    return suspects


def _targets(question: Question) -> list[Vector]:
    """Return the target as numbers; of classes, whether a row has each of the first few."""
    answer = question.answer
    if answer.codes is None:
        return [answer.values]
    return [(answer.codes == code).astype(np.float64) for code in range(min(answer.classes, 5))]


def _may_group(column: pl.Series) -> bool:
    distinct = column.drop_nulls().n_unique()
    return GROUPS <= distinct <= 0.6 * len(column) and column.dtype in (pl.String, pl.Int64, pl.Boolean, pl.Date)


def _own_groups(values: Vector, targets: list[Vector]) -> str:
    for target in targets:
        mean, _, sizes, _ = _by_group(values, target)
        kinds = mean[:, 1]
        if len(mean) >= GROUPS and len(np.unique(kinds)) >= GROUPS and _explained(mean[:, 0], kinds, sizes) >= EXACT:
            return (
                "rows with one of its values have a mean of the target that it tells exactly: it was made of the target"
            )
    return ""


def _other_groups(values: Vector, targets: list[Vector], own: int, groups: list[int], question: Question) -> str:
    for group in groups:
        if group == own:
            continue
        codes = question.series(group).rank("dense").cast(pl.Float64).to_numpy()
        for target in targets:
            means, spread, sizes, sums = _by_group(codes, target, values)
            if len(means) < GROUPS or len(np.unique(means[:, 1])) < GROUPS or spread.max(initial=0.0) > 1e-9:  # noqa: PLR2004 not constant within groups
                continue
            if max(_explained(side, means[:, 1], sizes) for side in (means[:, 0], sums)) >= EXACT:
                same = question.names[group]
                return f"it is an aggregate of the target over the rows with the same {same}, the row's own included"
    return ""


def _by_group(groups: Vector, target: Vector, values: Vector | None = None) -> tuple[Vector, Vector, Vector, Vector]:
    """Return mean target and value, spread of the value, rows and sum of the target of each group of several rows.

    Nothing is returned if the targets agree within most groups.
    """
    frame = pl.DataFrame({"g": groups, "y": target, "v": groups if values is None else values})
    frame = frame.filter(pl.col("g").is_not_nan() & pl.col("y").is_not_nan() & pl.col("v").is_not_nan())
    each = (
        frame.group_by("g")
        .agg(
            pl.col("y").mean().alias("mean"),
            pl.col("v").mean(),
            (pl.col("v").max() - pl.col("v").min()).alias("spread"),
            pl.len().alias("rows"),
            pl.col("y").sum().alias("sum"),
            (pl.col("y").max() > pl.col("y").min()).alias("mixed"),
        )
        .filter(pl.col("rows") > 1)
        .sort("g")
    )
    if not each.height or float(each["mixed"].mean() or 0.0) < MIXED:  # type: ignore[arg-type]
        each = each.clear()
    return (
        each.select("mean", "v").to_numpy(),
        each["spread"].to_numpy(),
        each["rows"].to_numpy().astype(np.float64),
        each["sum"].to_numpy(),
    )


def _explained(first: Vector, second: Vector, sizes: Vector) -> float:
    """Return R² of a straight line, weighted by the rows of the groups."""
    weights = sizes / sizes.sum()
    left, right = first - weights @ first, second - weights @ second
    spread = float((weights @ left**2) * (weights @ right**2))
    return float(weights @ (left * right)) ** 2 / spread if spread > 0 else 0.0


AGGREGATES = Signal(
    "aggregates",
    {"aggregate": "a mean or sum over rows that contain the row's own target"},
    lambda data: Findings(aggregates(data.question)),
)
