"""Plot of the labels over the times of the question."""

from pathlib import Path

import polars as pl

from radix_assets.common.plotting import ACCENT, GRID, figure, label, panel, save
from radix_assets.question.horizon import Future


def draw(rows: pl.LazyFrame, named: str, future: Future, path: Path) -> None:
    """Plot the share of true labels, or their mean, over time, with the number of labels below."""
    schema = rows.collect_schema()
    at = next(name for name, dtype in reversed(schema.items()) if dtype == pl.Datetime and name != named)
    means = rows.group_by(at).agg(pl.col(named).cast(pl.Float64).mean().alias("mean"), pl.len().alias("n"))
    by_time = means.sort(at).collect()
    truth = schema[named] == pl.Boolean
    canvas = figure(8, 3.6)
    upper = panel(canvas, 2, 1, 1, title=f"{future.predict} within {future.within}", grid="y")
    upper.plot(by_time[at].to_list(), by_time["mean"].to_list(), color=ACCENT, marker="o", markersize=3)
    upper.set_ylabel("share" if truth else "mean")
    upper.set_ylim(bottom=min(0.0, float(by_time["mean"].min() or 0.0)))  # type: ignore[arg-type]
    lower = panel(canvas, 2, 1, 2, grid="y")
    lower.plot(by_time[at].to_list(), by_time["n"].to_list(), color=GRID, drawstyle="steps-mid")
    lower.fill_between(by_time[at].to_list(), by_time["n"].to_list(), color=GRID, step="mid")
    lower.set_ylabel(label(future.for_each, 20))
    save(canvas, path)
