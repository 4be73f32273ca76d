"""The entity-relationship diagram as a PNG picture."""

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radix_assets.common.plotting import ACCENT, INK, LIMIT, MUTED, NEUTRAL, figure
from radix_assets.profiles.schema import TableProfile
from radix_assets.relationships.layout import HEAD, ROW, Box, Line, lay_out
from radix_assets.relationships.schema import Schema

MAX_INCHES = 40.0
"""A larger diagram is scaled down."""
DPI = 110
LOW = 0.6
"""Relationships less certain than this are dashed."""

HEADER, FOREIGN = "#e3f1ef", "#8a5a00"


def draw_diagram(schema: Schema, profiles: Mapping[str, TableProfile], file: Path) -> None:
    """Write the picture: a box for every table with its keys, a line from each foreign key to its parent.

    A fork at the child's end means many, a bar at the parent's end one. At most 60 kB for any number of tables.
    """
    from PIL import Image

    layout = lay_out(schema, profiles)
    width, height = layout.width + 0.5, layout.height + 0.65
    picture = figure(width, height)
    picture.set_layout_engine("none")
    axes = picture.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-0.25, width - 0.25)
    axes.set_ylim(height - 0.2, -0.2)
    for line in layout.lines:
        _line(axes, line)
    for box in layout.boxes:
        _box(axes, box)
    _legend(axes, height - 0.38, any(line.relationship.confidence < LOW for line in layout.lines))
    dpi = min(DPI, DPI * MAX_INCHES / max(width, height))
    with warnings.catch_warnings():
        # Names may be written in any script; a glyph that the font lacks is drawn as a box.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support", category=UserWarning)
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        while True:
            picture.set_dpi(dpi)
            picture.canvas.draw()
            pixels = picture.canvas.buffer_rgba()
            image = Image.frombuffer("RGBA", picture.canvas.get_width_height(), pixels).convert("RGB")
            buffer = io.BytesIO()
            image.quantize(24, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
            if buffer.tell() <= LIMIT or dpi < 20:  # noqa: PLR2004 nothing could be read
                break
            dpi *= 0.85
    file.write_bytes(buffer.getvalue())


def _box(axes: Any, box: Box) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle((box.x, box.y), box.width, box.height, facecolor="white", edgecolor=NEUTRAL, lw=0.9, zorder=3)
    )
    axes.add_patch(
        Rectangle((box.x, box.y), box.width, HEAD - 0.02, facecolor=HEADER, edgecolor=NEUTRAL, lw=0.9, zorder=3)
    )
    _text(axes, box.x + 0.08, box.y + 0.14, box.title, size=8.5, weight="bold")
    _text(axes, box.x + 0.08, box.y + 0.31, box.size, size=6.5, color=MUTED)
    for place, (mark, name) in enumerate(box.rows):
        y = box.y + HEAD + ROW * (place + 0.5)
        color = INK if mark.startswith("PK") else FOREIGN if mark else MUTED
        _text(axes, box.x + 0.08, y, mark, size=5.5, color=color, weight="bold")
        _text(axes, box.x + 0.45, y, name, size=7.5)
    if box.more:
        _text(axes, box.x + 0.45, box.y + HEAD + ROW * (len(box.rows) + 0.5), box.more, size=6.5, color=MUTED)


def _line(axes: Any, line: Line) -> None:
    style = "solid" if line.relationship.confidence >= LOW else (0, (4, 2))
    axes.plot(*zip(*line.points, strict=True), color=ACCENT, lw=1.0, linestyle=style, zorder=1, solid_joinstyle="round")
    (x, y), (nearby, _) = line.points[0], line.points[1]
    way = 1 if nearby > x else -1
    if line.relationship.cardinality == "many_to_one":
        for end in (-0.055, 0.055):
            axes.plot([x, x + way * 0.11], [y + end, y], color=ACCENT, lw=1.0, zorder=2)
    else:
        axes.plot([x + way * 0.08] * 2, [y - 0.05, y + 0.05], color=ACCENT, lw=1.2, zorder=2)
    if line.relationship.coverage < 0.995 and line.relationship.coverage > 0:  # noqa: PLR2004 shown as 100 %
        _text(axes, x + way * 0.13, y - 0.07, f"{line.relationship.coverage:.0%}", size=5.5, color=ACCENT, way=way)
    (x, y), (nearby, _) = line.points[-1], line.points[-2]
    axes.plot([x + (0.08 if nearby > x else -0.08)] * 2, [y - 0.05, y + 0.05], color=ACCENT, lw=1.2, zorder=2)


def _legend(axes: Any, y: float, dashed: bool) -> None:  # noqa: FBT001 one flag
    text = "fork: many   bar: one   %: rows that find their parent"
    _text(axes, 0, y, text + ("   dashed: uncertain" if dashed else ""), size=6.5, color=MUTED)


def _text(
    axes: Any, x: float, y: float, text: str, *, size: float, color: str = INK, weight: str = "normal", way: int = 1
) -> None:
    side = "left" if way > 0 else "right"
    axes.text(x, y, text, fontsize=size, color=color, weight=weight, va="center", ha=side, parse_math=False, zorder=4)
