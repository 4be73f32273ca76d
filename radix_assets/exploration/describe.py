"""Describe the target over all rows: its distribution, and its course over time."""

from pathlib import Path

import polars as pl

from radix_assets.common.vocabulary import NUMERIC
from radix_assets.exploration.row_time import row_time
from radix_assets.exploration.sample import Question, positional, target_of
from radix_assets.exploration.schema import Balance, ClassShare, Coverage, Period
from radix_assets.tags.masking import masked

SHOWN_CLASSES = 50
PERIODS = 60
"""Approximate number of periods of a coverage."""
STEPS = [("1h", 1), ("1d", 24), ("1w", 24 * 7), ("1mo", 24 * 30), ("1q", 24 * 91), ("1y", 24 * 365)]
STEPS += [("10y", 24 * 3652), ("100y", 24 * 36524)]
"""Lengths of a period, with their hours."""
YEARS = (200, 9800)
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def describe(question: Question, path: Path) -> tuple[Balance, Coverage | None, pl.Series]:
    """Return balance and coverage over all rows, and the target of all rows (for a histogram)."""
    frame, names = positional(path)
    column = f"c{names.index(question.tags.target.column)}"
    kinds = frame.collect_schema()
    parts = [f"c{names.index(part)}" for part in question.table_tags.time_index if part in names]
    data = frame.select(
        target_of(kinds[column], column, question.tags.target), *[pl.col(part) for part in dict.fromkeys(parts)]
    ).collect(engine="streaming")
    target = data["target"]
    private = question.tags.target.column in question.table_tags.private
    balance = _balance(question, target, private=private)
    hidden = not question.table_tags.private.isdisjoint(question.table_tags.time_index)
    time = row_time(names, question.table_tags, data) if parts and not hidden else None
    return balance, None if time is None else _coverage(question, target, time), target


def _balance(question: Question, target: pl.Series, *, private: bool) -> Balance:
    known = target.drop_nulls()
    balance = Balance(rows=len(target), unknown=target.null_count(), distinct=known.n_unique())
    if question.problem not in NUMERIC:
        counts = known.cast(pl.String).alias("name").value_counts().sort(["count", "name"], descending=[True, False])
        names = dict(zip(counts["name"].sort(), masked(counts["name"].to_list()), strict=True)) if private else {}
        balance.classes = [
            ClassShare(name=names.get(name, name), rows=rows, share=round(rows / len(known), 6))
            for name, rows in counts.head(SHOWN_CLASSES).iter_rows()
        ]
        return balance
    values = known.cast(pl.Float64)
    balance.mean, balance.std = float(values.mean() or 0.0), float(values.std() or 0.0)  # type: ignore[arg-type]
    if not private:
        balance.quantiles = {f"{q:g}": float(values.quantile(q, "linear") or 0.0) for q in QUANTILES}
    return balance


def shown_class(question: Question) -> str | None:
    """Return the class whose share is shown over time: `true` for a comparison, the rarer of two classes, else None."""
    if question.tags.target.operator is not None:
        return "true"
    return question.classes[-1] if len(question.classes) == 2 else None  # noqa: PLR2004


def _coverage(question: Question, target: pl.Series, time: pl.Series) -> Coverage | None:
    dated = pl.DataFrame([time.alias("time"), target.alias("target")])
    # Years at the limits of the calendar are mistakes, and the start of their period would not exist.
    dated = dated.filter(pl.col("time").dt.year().is_between(*YEARS)).sort("time")
    undated = len(time) - dated.height
    if dated.is_empty():
        return None
    start, end = dated["time"][0], dated["time"][-1]
    hours = (end - start).total_seconds() / 3600
    every = next((name for name, length in STEPS if hours / length <= PERIODS), STEPS[-1][0])
    positive_class = shown_class(question)
    value = pl.col("target").cast(pl.Float64) if question.problem in NUMERIC else pl.lit(None, pl.Float64)
    if question.problem not in NUMERIC and positive_class is not None:
        value = (pl.col("target").cast(pl.String) == positive_class).cast(pl.Float64)
    periods = (
        dated.with_columns(value.alias("value"))
        .group_by_dynamic("time", every=every)
        .agg(pl.len().alias("rows"), pl.col("value").mean().alias("mean"))
    )
    return Coverage(
        column=" ".join(question.table_tags.time_index),
        start=start.isoformat(),
        end=end.isoformat(),
        every=every,
        periods=[Period(start=t.isoformat(), rows=rows, mean=mean) for t, rows, mean in periods.iter_rows()],
        undated=undated,
    )
