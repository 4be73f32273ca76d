"""The chart of a batch of predictions."""

from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.serving.predictor import PREDICTION, PROBABILITY

_BINS = 40
_MOST_CLASSES = 12
_BINARY = 2
_COLOUR = "#4c72b0"


def draw_distribution(answers: pl.DataFrame, chances: list[str], title: str, file: Path) -> None:
    """Draw a histogram of numbers, or of the probability of the second of two classes; bars for more classes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.2), dpi=90, layout="constrained")
    axes = figure.subplots()
    prediction = answers[PREDICTION]
    if len(chances) > _BINARY or (not chances and not prediction.dtype.is_numeric()):
        counted = (
            prediction.cast(pl.String).value_counts(name="rows").sort(["rows", PREDICTION], descending=[True, False])
        )
        counted = counted.head(_MOST_CLASSES).reverse()
        axes.barh([_plain(name) for name in counted[PREDICTION]], counted["rows"].to_list(), color=_COLOUR)
        axes.set_xlabel("rows")
    else:
        name = chances[-1] if chances else PREDICTION
        values = answers[name].drop_nulls().drop_nans().to_numpy() if len(answers) else np.array([])
        axes.hist(values, bins=_BINS, range=(0, 1) if chances else None, color=_COLOUR)
        axes.set_xlabel(_plain(f"probability of {name.removeprefix(PROBABILITY)}" if chances else "prediction"))
        axes.set_ylabel("rows")
    axes.set_title(_plain(title), fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file)


def _plain(text: str | None) -> str:
    """Shorten a text, and escape dollar signs, which would begin a formula."""
    shown = "null" if text is None else text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004
    return shown.replace("$", r"\$")
