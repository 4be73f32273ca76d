"""The heatmap of associations."""

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from radix_assets.profiles.array_types import Floats
from radix_assets.profiles.schema import Associations

MOST = 24
"""Columns in the heatmap: those in the strongest associations, in the table's order."""
_INK, _MUTED, _GRID = "#2b3440", "#7a8594", "#e6e9ee"
_PALETTE = 255
_NAME = 22
_WRITTEN = 14
"""Largest number of columns for which the coefficients are written into the cells."""
_DARK = 0.55


class Pair(NamedTuple):
    """Two columns, the name of their association, and its strength."""

    first: str
    second: str
    measure: str
    value: float


def strongest(associations: Associations, number: int) -> list[Pair]:
    """Return the strongest associations, by the absolute value of the coefficient."""
    pairs = []
    for measure, names, matrix in (
        ("Pearson", associations.numbers, associations.pearson),
        ("Cramér's V", associations.categories, associations.cramers_v),
    ):
        for row, name in enumerate(names):
            for column in range(row + 1, len(names)):
                value = matrix[row][column]
                if value is not None:
                    pairs.append(Pair(name, names[column], measure, value))
    for row, name in enumerate(associations.categories):
        for column, other in enumerate(associations.numbers):
            value = associations.eta[row][column]
            if value is not None:
                pairs.append(Pair(name, other, "correlation ratio", value))
    pairs.sort(key=lambda pair: (-round(abs(pair.value), 9), pair.first, pair.second))
    return pairs[:number]


def draw_associations(associations: Associations, order: list[str], file: Path) -> bool:
    """Write a PNG of at most 60 kB. Return False, and write no file, if there is no association to show."""
    pairs = strongest(associations, 10**6)
    if not pairs:
        return False
    chosen: dict[str, None] = {}
    for pair in pairs:
        if len(chosen | {pair.first: None, pair.second: None}) <= MOST:
            chosen |= {pair.first: None, pair.second: None}
    names = [name for name in order if name in chosen]
    places = {name: place for place, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for pair in pairs:
        if pair.first in places and pair.second in places:
            a, b = places[pair.first], places[pair.second]
            matrix[a, b] = matrix[b, a] = pair.value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about letters that the font lacks
        _draw(names, matrix, set(associations.categories), len(associations.numbers + associations.categories), file)
    return True


def _draw(names: list[str], matrix: Floats, categories: set[str], of: int, file: Path) -> None:
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    number = len(names)
    cell = 0.36 if number <= _WRITTEN else 0.27
    width, height = number * cell + 3.1, number * cell + 2.15
    figure = Figure(figsize=(max(width, 5.6), height), facecolor="white")
    FigureCanvasAgg(figure)
    across, down = figure.get_size_inches()
    axes = figure.add_axes((2.0 / across, 1.45 / down, number * cell / across, number * cell / down))
    colours = colormaps["RdBu_r"].with_extremes(bad=_GRID)
    image = axes.imshow(matrix, cmap=colours, vmin=-1, vmax=1, aspect="auto")
    labels = [_plain(name) + (" ▪" if name in categories else "") for name in names]
    axes.set_xticks(range(number), labels, rotation=55, ha="right", fontsize=8, color=_INK, parse_math=False)
    axes.set_yticks(range(number), labels, fontsize=8, color=_INK, parse_math=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(number + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(number + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    if number <= _WRITTEN:
        for row in range(number):
            for column in range(number):
                value = matrix[row, column]
                if row != column and not np.isnan(value):
                    colour = "white" if abs(value) > _DARK else _INK
                    # Only exactly 1 is written as 1.
                    value = value if abs(value) > 1 - 1e-9 else max(-0.99, min(0.99, value))
                    text = f"{value:.2f}".replace("0.", ".", 1).replace("-.00", ".00")
                    axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    bar = figure.add_axes(((2.0 + number * cell + 0.18) / across, 1.45 / down, 0.1 / across, number * cell / down))
    figure.colorbar(image, cax=bar, ticks=[-1, 0, 1])
    bar.tick_params(labelsize=7, length=0, labelcolor=_MUTED)
    bar.spines[:].set_visible(False)
    shown = f", {number} of {of} columns" if number < of else ""
    figure.text(
        0.12 / across, 1 - 0.22 / down, f"how columns go together{shown}", fontsize=10.5, color=_INK, weight="bold"
    )
    note = "numbers: Pearson · categories ▪: Cramér's V · mixed: correlation ratio"
    figure.text(0.12 / across, 1 - 0.45 / down, note, fontsize=7.5, color=_MUTED)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=100, format="png")
    Image.open(buffer).convert("RGB").quantize(_PALETTE).save(file, optimize=True)


def _plain(text: str) -> str:
    text = "".join(mark if mark.isprintable() else " " for mark in text) or "(no name)"
    return text if len(text) <= _NAME else text[: _NAME - 1] + "…"
