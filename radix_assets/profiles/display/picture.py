"""The overview picture of a table: the type, completeness and distribution of each column."""

import io
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from radix_assets.profiles.schema import ColumnProfile, DType, TableProfile

MOST_BARS = 30
MOST_PANELS = 12
COLOURS: dict[DType, str] = {
    "integer": "#3566b0",
    "float": "#5b9bd5",
    "boolean": "#8a63b8",
    "string": "#3f9b76",
    "date": "#d8863b",
    "datetime": "#e0a84c",
    "time": "#c9657b",
}
_INK, _PALE, _GRID = "#2b3440", "#e6e9ee", "#d4d9e0"
_MUTED = "#7a8594"
_LABEL = 20
_PLAIN = (0.01, 1_000)
"""Numbers between these are written with up to three decimals."""
_TOP, _SHARE = 4, 0.1
"""Bars of strings are drawn if the most common ones cover at least this share of the values."""
_LARGEST = 60_000
_PALETTE = 96
"""Colours: text and flat areas need no more, and the file shrinks to a third."""


def draw(profile: TableProfile, private: Collection[str], file: Path) -> None:
    """Write a PNG of at most 60 kB. For private columns it shows name, type and completeness, and no value."""
    with warnings.catch_warnings():
        # matplotlib warns about its own parser, and about every letter that its font lacks.
        warnings.simplefilter("ignore")
        for dots in (110, 90, 72):
            _draw(profile, private, file, dots)
            if file.stat().st_size <= _LARGEST:
                return


def _draw(profile: TableProfile, private: Collection[str], file: Path, dots: int) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    columns = list(profile.columns.values())
    bars = columns[:MOST_BARS]
    panels = _panels(columns, private)
    lines = -(-len(panels) // 3)
    height = max(1.5 + 0.21 * len(bars), 0.9 + 1.28 * lines, 2.6)
    figure = Figure(figsize=(11.5, height), facecolor="white")
    FigureCanvasAgg(figure)
    inch = 1 / height
    left = figure.add_axes((0.15, 0.42 * inch, 0.245, 1 - 1.22 * inch))
    _fullness(left, bars, profile, private)
    if len(columns) > len(bars):
        left.set_xlabel(f"the first {len(bars)} of {len(columns):,} columns", color=_MUTED, fontsize=8)
    _legend(figure, columns, 1 - 0.27 * inch)
    figure.text(
        0.015,
        1 - 0.26 * inch,
        f"{_plain(profile.table, 50)}  ·  {profile.rows:,} rows  ·  {len(columns):,} columns",
        fontsize=12,
        fontweight="bold",
        color=_INK,
        va="center",
        parse_math=False,
    )
    for number, column in enumerate(panels):
        line, place = divmod(number, 3)
        top = 1 - (0.76 + 1.28 * line) * inch
        axes = figure.add_axes((0.475 + place * 0.178, top - 0.78 * inch, 0.155, 0.78 * inch))
        _spread(axes, column)
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=dots, format="png")
    Image.open(buffer).convert("RGB").quantize(_PALETTE).save(file, optimize=True)


def _panels(columns: Sequence[ColumnProfile], private: Collection[str]) -> list[ColumnProfile]:
    """Return some columns of each type that are worth a histogram, in the table's order."""
    able = [column for column in columns if column.name not in private and _able(column)]
    moments = [column for column in able if column.timeline][:2]
    words = [column for column in able if column.dtype in {"string", "boolean"}]
    numbers = [column for column in able if column.histogram]
    free = MOST_PANELS - len(moments)
    words = words[: max(free - len(numbers), 4)]
    chosen = {column.name for column in [*moments, *words, *numbers[: free - len(words)]]}
    return [column for column in columns if column.name in chosen]


def _able(column: ColumnProfile) -> bool:
    if column.distinct <= 1 or (column.dtype == "integer" and column.unique):
        return False
    if column.dtype in {"string", "boolean"}:
        return sum(count for _, count in column.top[:_TOP]) >= _SHARE * column.present
    return bool(column.histogram or column.timeline)


def _fullness(axes: Any, bars: Sequence[ColumnProfile], profile: TableProfile, private: Collection[str]) -> None:
    places = list(range(len(bars)))
    shares = [column.present / column.rows if column.rows else 0.0 for column in bars]
    axes.barh(places, [1.0] * len(bars), color=_PALE, height=0.68)
    axes.barh(places, shares, color=[COLOURS[column.dtype] for column in bars], height=0.68)
    names = [_plain(column.name) + (" (private)" if column.name in private else "") for column in bars]
    axes.set_yticks(places, names, fontsize=8.5, color=_INK, parse_math=False)
    for place, (column, share) in enumerate(zip(bars, shares, strict=True)):
        if column.nulls:
            text = f"{1 - share:.0%} missing" if 1 - share >= 0.01 else "<1% missing"  # noqa: PLR2004
            axes.text(1.02, place, text, fontsize=7.5, color=_MUTED, va="center")
    axes.set(xlim=(0, 1), ylim=(len(bars) - 0.4, -0.6))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    missing = sum(column.nulls for column in profile.columns.values())
    cells = max(1, profile.rows * len(profile.columns))
    axes.set_title(f"filled cells ({missing / cells:.1%} missing)", fontsize=9, color=_MUTED, loc="left", pad=4)


def _spread(axes: Any, column: ColumnProfile) -> None:
    colour = COLOURS[column.dtype]
    axes.set_title(_plain(column.name, 26), fontsize=8.5, color=_INK, loc="left", pad=3, parse_math=False)
    if column.histogram or column.timeline:
        bins: Sequence[tuple[Any, Any, int]] = column.histogram or column.timeline
        axes.bar(
            range(len(bins)),
            [count for _, _, count in bins],
            width=0.88 if len(bins) <= MOST_PANELS else 1.0,
            color=colour,
            align="edge",
            linewidth=0,
        )
        low, high = (_edge(column.minimum), _edge(column.maximum))
        axes.set_xticks([0, len(bins)], [low, high], fontsize=7, color=_MUTED, parse_math=False)
        for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
            label.set_horizontalalignment(side)
        axes.set_xlim(0, len(bins))
        axes.set_yticks([])
        axes.spines[["top", "left", "right"]].set_visible(False)
        axes.spines["bottom"].set_color(_GRID)
        axes.tick_params(length=0, pad=2)
        return
    top = column.top[:_TOP]
    counts = [count for _, count in top]
    names = [_plain(str(value), 15) for value, _ in top]
    rest = column.present - sum(counts)
    if rest:
        names.append(f"{column.distinct - len(top):,} others")
        counts.append(rest)
    places = list(range(len(counts)))
    axes.barh(places, counts, color=[colour] * len(top) + [_GRID] * bool(rest), height=0.72)
    most = max(counts)
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        inside = count > 0.6 * most
        axes.text(
            most * 0.02 if inside else count + most * 0.03,
            place,
            name,
            fontsize=7,
            va="center",
            color="white" if inside and place < len(top) else _INK,
            clip_on=True,
            parse_math=False,
        )
    axes.set(xlim=(0, most * 1.0), ylim=(max(len(counts), 3) - 0.4, -0.6))
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _legend(figure: Any, columns: Sequence[ColumnProfile], place: float) -> None:
    at = 0.475
    kinds = [dtype for dtype in COLOURS if any(column.dtype == dtype for column in columns)]
    for dtype in kinds:
        number = sum(column.dtype == dtype for column in columns)
        text = f"{number:,} {dtype}"
        figure.text(at, place, "■", fontsize=10, color=COLOURS[dtype], va="center")
        figure.text(at + 0.014, place, text, fontsize=8.5, color=_INK, va="center")
        at += 0.030 + 0.0068 * len(text)


def _edge(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**7 else f"{value:.3g}"
    if isinstance(value, float):
        return (
            f"{value:,.3f}".rstrip("0").rstrip(".")
            if _PLAIN[0] < abs(value) < _PLAIN[1]
            else f"{value:,.4g}"
            if abs(value) < 10**5
            else f"{value:,.3g}"
        )
    return str(value)[:10]


def _plain(text: str, longest: int = _LABEL) -> str:
    """Return text without characters that a font cannot draw, shortened."""
    text = "".join(mark if mark.isprintable() else " " for mark in text) or "(no name)"
    return text if len(text) <= longest else text[: longest - 1] + "…"
