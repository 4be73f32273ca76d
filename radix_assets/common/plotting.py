"""A common style for plots: matplotlib's object API without global state, small PNG files."""

import io
import warnings
from pathlib import Path
from typing import Any

INK = "#1f2933"
MUTED = "#7b8794"
GRID = "#e4e7eb"
PAPER = "#ffffff"
ACCENT = "#0f766e"
ACCENT_LIGHT = "#99d5cd"
ALARM = "#c2410c"
WARNING = "#d99a1c"
NEUTRAL = "#9aa5b1"
SERIES = [ACCENT, "#4f6bed", WARNING, ALARM, "#8d5fd3", "#3d8b40", "#b83280", "#52606d"]
"""Colours of several series, in order of use."""

LIMIT = 60_000
"""Largest size of a picture in bytes: it is embedded in an event."""


def figure(width: float, height: float) -> Any:
    """Return an empty matplotlib Figure of this size in inches, with tight layout."""
    with warnings.catch_warnings():
        # matplotlib calls its parser library by deprecated names.
        warnings.simplefilter("ignore", DeprecationWarning)
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.layout_engine import TightLayoutEngine

    # Constrained layout measures every text twice, which costs more than all the drawing.
    result = Figure(figsize=(width, height), facecolor=PAPER, layout=TightLayoutEngine(pad=1.0, w_pad=1.4))
    FigureCanvasAgg(result)
    return result


def panel(figure: Any, *position: int, title: str = "", grid: str | None = "x") -> Any:
    """Add axes in the common style. `position` is that of `add_subplot`; `grid` names the axis with grid lines."""
    axes = figure.add_subplot(*position or (1, 1, 1))
    axes.set_facecolor(PAPER)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == "bottom" and grid != "x")
        axes.spines[side].set_color(GRID)
    axes.tick_params(colors=INK, labelsize=9, length=0, pad=4)
    axes.xaxis.label.set_color(MUTED)
    axes.yaxis.label.set_color(MUTED)
    axes.xaxis.label.set_size(9)
    axes.yaxis.label.set_size(9)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(visible=True, axis=grid, color=GRID, linewidth=0.8)
    if title:
        axes.set_title(label(title, 90), loc="left", fontsize=11, fontweight="bold", color=INK, pad=10)
    return axes


def label(text: str, limit: int = 32) -> str:
    """Return text for a picture: one line, no mathematics, shortened in the middle, since names differ at the end."""
    line = "".join(" " if ord(sign) < 32 else sign for sign in str(text)) or "(no name)"  # noqa: PLR2004
    if len(line) > limit:
        head = limit // 2
        line = f"{line[:head]}…{line[-(limit - head - 1) :]}"
    return line.replace("$", r"\$")


def save(figure: Any, path: Path) -> None:
    """Write a PNG file of at most LIMIT bytes; reduce colours, then resolution, if it would be larger."""
    import numpy as np
    from PIL import Image

    for dpi in (144, 110, 80, 50, 30):
        figure.set_dpi(dpi)
        with warnings.catch_warnings():
            # A name in a script that the font lacks is drawn as boxes, without an error.
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.filterwarnings("ignore", message="Matplotlib currently does not support", category=UserWarning)
            warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
            warnings.filterwarnings("ignore", message="Tight layout not applied", category=UserWarning)
            figure.canvas.draw()  # `savefig` would draw twice, and encode all colours
        image = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
        small = io.BytesIO()
        # An octree takes a sixth of the time of median cut, and the file is as small; it makes white a little darker.
        reduced = image.quantize(96, method=Image.Quantize.FASTOCTREE)
        reduced.putpalette([255 if value == 254 else value for value in reduced.getpalette() or []])  # noqa: PLR2004
        reduced.save(small, format="PNG")
        if small.tell() <= LIMIT:
            break
    path.write_bytes(small.getvalue())
