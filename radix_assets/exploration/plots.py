"""Plots of the exploration.

The pictures are part of the snapshot: a change of their texts is a change of its content.
"""

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.common.plotting import (
    ACCENT,
    ACCENT_LIGHT,
    ALARM,
    MUTED,
    NEUTRAL,
    SERIES,
    WARNING,
    figure,
    label,
    panel,
    save,
)
from radix_assets.common.vocabulary import NUMERIC
from radix_assets.exploration.describe import shown_class
from radix_assets.exploration.sample import Question
from radix_assets.exploration.schema import Association, Balance, Coverage, Exploration, Missingness
from radix_assets.pipeline.output import Picture

BARS = 20
TICKS = {"1h": "%d %b %H:%M", "1d": "%d %b %Y", "1w": "%d %b %Y", "1mo": "%b %Y", "1q": "%b %Y"}


def draw(exploration: Exploration, question: Question, target: pl.Series, out: Path) -> dict[str, Picture]:
    """Write the plots that have content; return them by title."""
    pictures = {}
    ranked = worth_ranking(exploration, question)
    if ranked:
        _associations(exploration, ranked, out / "associations.png")
        pictures["strongest predictors"] = Picture(
            "associations.png", "Strength of each column alone, out of fold; leak suspects in red and amber"
        )
    private = question.tags.target.column in question.table_tags.private
    if question.problem in NUMERIC:
        if not private:
            _distribution(exploration.balance, target, exploration.target, out / "target.png")
            pictures["target"] = Picture("target.png", "Distribution of the target over all rows")
    else:
        _classes(exploration.balance, exploration.target, out / "target.png")
        pictures["target"] = Picture("target.png", "Classes of the target over all rows")
    if exploration.coverage and len(exploration.coverage.periods) > 1:
        measure = "mean of the target" if question.problem in NUMERIC else None
        name = shown_class(question)
        if measure is None and name is not None:
            measure = "share of the rarer class" if private else f"share of {name!r}"
        _over_time(
            exploration.coverage, measure, out / "over_time.png", private=private and question.problem in NUMERIC
        )
        pictures["target over time"] = Picture("over_time.png", f"Rows and target per {exploration.coverage.every}")
    if exploration.missingness:
        _missingness(exploration.missingness, out / "missingness.png")
        caption = "Share of nulls; red where being null predicts the target"
        pictures["missing values"] = Picture("missingness.png", caption)
    return pictures


def _bars(count: int) -> float:
    return 1.1 + 0.27 * count


def worth_ranking(exploration: Exploration, question: Question) -> list[Association]:
    """Return the associations without columns that are ignored or identify rows: they say nothing of other rows."""
    useless = {
        (table, column)
        for table, each in question.tags.tables.items()
        for column in each.with_role("ignore", "primary_key")
    }
    return [each for each in exploration.associations if (each.table, each.column) not in useless]


def _associations(exploration: Exploration, ranked: list[Association], path: Path) -> None:
    shown = ranked[:BARS][::-1]
    own = exploration.table
    names = [each.column if each.table == own else f"{each.table}.{each.column}" for each in shown]
    severity: dict[str, str] = {}
    for suspect in exploration.suspects[::-1]:
        severity[suspect.name] = suspect.severity if severity.get(suspect.name) != "strong" else "strong"
    colours = {"strong": ALARM, "weak": WARNING}
    picture = figure(7.2, _bars(len(shown)))
    axes = panel(picture, title=f"What predicts {exploration.target}")
    axes.barh(
        range(len(shown)),
        [each.strength for each in shown],
        color=[colours.get(severity.get(_name(each), ""), ACCENT) for each in shown],
        height=0.68,
    )
    axes.set_yticks(range(len(shown)), [label(name) for name in names])
    axes.set_xlim(0, 1.08)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    axes.set_xlabel("strength of the column alone (0 nothing, 1 everything)")
    for i, each in enumerate(shown):
        text = f"{'AUC' if each.measure == 'auc' else 'R²'} {each.score:.2f}"
        axes.text(each.strength + 0.01, i, text, va="center", fontsize=8, color=MUTED)
    if any(_name(each) in severity for each in shown):
        from matplotlib.patches import Patch

        handles = [Patch(color=ALARM, label="leak suspect"), Patch(color=WARNING, label="weak suspect")]
        axes.legend(handles=handles, frameon=False, fontsize=8, loc="lower right")
    save(picture, path)


def _name(each: Association) -> str:
    return f"{each.table}.{each.column}"


def _distribution(balance: Balance, target: pl.Series, name: str, path: Path) -> None:
    values = target.drop_nulls().cast(pl.Float64).to_numpy()
    low, high = balance.quantiles["0"], balance.quantiles["1"]
    inner_low, inner_high = np.quantile(values, [0.005, 0.995])
    # A few outliers must not squeeze all other values into one bar; they are counted in the outermost bars.
    clipped = (high - low) > 3 * (inner_high - inner_low) > 0
    edges = (float(inner_low), float(inner_high)) if clipped else (low, high)
    picture = figure(7.2, 3.0)
    axes = panel(picture, title=f"Distribution of {name}", grid="y")
    bins = min(40, max(int(balance.distinct), 2))
    axes.hist(np.clip(values, *edges), bins=bins, color=ACCENT, rwidth=0.92)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.12)
    axes.axvline(balance.quantiles["0.5"], color=ALARM, linewidth=1.4)
    axes.text(
        balance.quantiles["0.5"],
        axes.get_ylim()[1] * 0.97,
        f"  median {balance.quantiles['0.5']:,.4g}",
        color=ALARM,
        fontsize=9,
        va="top",
    )
    axes.set_ylabel("rows")
    if clipped:
        axes.set_xlabel("the outermost half per cent on each side is counted in the outermost bars")
    save(picture, path)


def _classes(balance: Balance, name: str, path: Path) -> None:
    shown = balance.classes[:BARS][::-1]
    picture = figure(7.2, _bars(len(shown)))
    axes = panel(picture, title=f"Classes of {name}")
    colours = [SERIES[i % len(SERIES)] if len(shown) <= 2 else ACCENT for i in range(len(shown))]  # noqa: PLR2004
    axes.barh(range(len(shown)), [each.rows for each in shown], color=colours, height=0.62)
    axes.set_yticks(range(len(shown)), [label(each.name) for each in shown])
    most = max(each.rows for each in shown)
    for i, each in enumerate(shown):
        axes.text(
            each.rows + most * 0.01, i, f"{each.rows:,}  ({each.share:.1%})", va="center", fontsize=8, color=MUTED
        )
    axes.set_xlim(0, most * 1.2)
    axes.set_xlabel("rows")
    save(picture, path)


def _over_time(coverage: Coverage, what: str | None, path: Path, *, private: bool) -> None:
    # Positions are hours, not dates: matplotlib's dates are limited to the years 1 to 9999, and margins go beyond.
    starts = [datetime.fromisoformat(each.start) for each in coverage.periods]
    hours = np.array([(start - starts[0]).total_seconds() / 3600 for start in starts])
    means = [np.nan if each.mean is None else each.mean for each in coverage.periods]
    both = what is not None and not private
    picture = figure(7.2, 3.2 if both else 2.4)
    above = panel(picture, *((2, 1, 1) if both else (1, 1, 1)), title=f"Over time ({coverage.column})", grid="y")
    above.bar(hours, [each.rows for each in coverage.periods], width=np.diff(hours).min() * 0.85, color=ACCENT_LIGHT)
    above.set_ylabel("rows")
    shown = sorted({round(i) for i in np.linspace(0, len(starts) - 1, min(7, len(starts)))})
    pattern = TICKS.get(coverage.every, "%Y")
    ticks = [hours[i] for i in shown], [starts[i].strftime(pattern) for i in shown]
    above.set_xticks(*ticks)
    if both:
        below = panel(picture, 2, 1, 2, grid="y")
        below.plot(hours, means, color=ACCENT, linewidth=1.6, marker="o" if len(starts) <= 12 else None, markersize=4)  # noqa: PLR2004
        below.set_ylabel(label(what or "", 26))
        below.set_xticks(*ticks)
        below.set_xlim(*above.get_xlim())
        above.tick_params(labelbottom=False)
    save(picture, path)


def _missingness(missing: list[Missingness], path: Path) -> None:
    shown = missing[:BARS][::-1]
    picture = figure(7.2, _bars(len(shown)))
    axes = panel(picture, title="Missing values")
    predictive = [each.auc is not None and each.auc >= 0.7 for each in shown]  # noqa: PLR2004
    axes.barh(
        range(len(shown)),
        [each.share for each in shown],
        color=[ALARM if t else NEUTRAL for t in predictive],
        height=0.68,
    )
    axes.set_yticks(range(len(shown)), [label(each.column) for each in shown])
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    for i, each in enumerate(shown):
        auc_text = f", AUC {each.auc:.2f}" if each.auc is not None else ""
        axes.text(each.share + 0.01, i, f"{each.share:.1%}{auc_text}", va="center", fontsize=8, color=MUTED)
    axes.set_xlabel("share of rows without a value; AUC: how well being empty predicts the target")
    save(picture, path)
