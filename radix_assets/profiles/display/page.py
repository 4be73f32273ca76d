"""The ydata-profiling page of a sample."""

import datetime as dt
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors as cs

from radix_assets.sources.read.dialect import unique_names
from radix_assets.sources.rows import scan_values

MOST_ROWS = 5_000
MOST_COLUMNS = 60
_RICH_COLUMNS = 8
"""Largest number of columns for which the page has correlations."""
_SEED = 0
_LONGEST = 1_000
_EARLIEST, _LATEST = dt.date(1678, 1, 1), dt.date(2262, 1, 1)
"""The range of nanosecond timestamps."""
_FEW = 50
"""Distinct strings up to which a column is categorical."""
_MARKS = {"<": "‹", ">": "›", '"': "”", "'": "’", "`": "’"}


def write_page(table: str, data: Path, names: list[str], rows: int, file: Path, *, left_out: int, of: int) -> str:
    """Write the page of the first 60 named columns (of `of` in all), on at most 5,000 rows chosen with a fixed seed.

    Return the title, which states the sample. May raise anything that the library raises.
    """
    frame = scan_values(data)
    places = {name: number for number, name in enumerate(frame.collect_schema().names())}
    chosen = [places[name] for name in names[:MOST_COLUMNS]]
    sample = _sample(frame.select(cs.by_index(*chosen)), rows)
    parts = [f"{sample.height:,} of {rows:,} rows" if sample.height < rows else f"{rows:,} rows"]
    if len(names) > MOST_COLUMNS:
        parts.append(f"the first {MOST_COLUMNS} of {of:,} columns")
    if left_out:
        parts.append(f"{left_out} private columns left out" if left_out > 1 else "1 private column left out")
    title = f"{table}: {', '.join(parts)}"
    _write(sample, title, file)
    return title


def _sample(frame: pl.LazyFrame, rows: int) -> pl.DataFrame:
    """Return a sample in row order; all rows if they are few."""
    if rows <= MOST_ROWS:
        return frame.collect()
    chosen = pl.int_range(rows, eager=True).sample(MOST_ROWS, seed=_SEED).sort()
    marked = frame.filter(pl.int_range(pl.len()).is_in(chosen.implode()))
    return marked.collect(engine="streaming")


def _harmless(sample: pl.DataFrame) -> pl.DataFrame:
    """Return the sample without HTML or script characters: the library does not escape names and values."""
    # The library treats every timestamp as nanoseconds; those out of range are shown as text.
    far = {
        place
        for place, column in enumerate(sample.get_columns())
        if column.dtype in {pl.Date, pl.Datetime} and not column.is_between(_EARLIEST, _LATEST).all()
    }
    safe = sample.with_columns(
        (cs.by_index(*far) if far else cs.empty()).cast(pl.String),
        ((cs.date() | cs.datetime()) - (cs.by_index(*far) if far else cs.empty())).cast(pl.Datetime("ns")),
        cs.time().cast(pl.String),
        cs.string().str.slice(0, _LONGEST).str.replace_many(_MARKS),
    )
    safe.columns = unique_names([_plain(name) for name in sample.columns], sample.width)
    return safe


def _typed(safe: pl.DataFrame) -> Any:
    """Return the sample for pandas, in the types that the library distinguishes.

    Otherwise it takes strings with few distinct values for free text and plots nothing, and booleans with nulls for
    arbitrary objects.
    """
    frame = safe.to_pandas()
    for place, (kind, column) in enumerate(zip(safe.dtypes, safe.get_columns(), strict=True)):
        if kind == pl.Boolean and column.null_count():
            frame.isetitem(place, frame.iloc[:, place].astype("boolean"))
        elif kind == pl.String and 0 < column.drop_nulls().n_unique() <= min(_FEW, max(2, len(column) // 2)):
            frame.isetitem(place, frame.iloc[:, place].astype("category"))
    return frame


def _plain(text: str) -> str:
    return text.translate(str.maketrans("".join(_MARKS), "".join(_MARKS.values())))


def _write(sample: pl.DataFrame, title: str, file: Path) -> None:
    os.environ["YDATA_PROFILING_NO_ANALYTICS"] = "True"
    os.environ.setdefault("MPLBACKEND", "agg")
    with warnings.catch_warnings(), _without_waste():
        warnings.simplefilter("ignore")
        from ydata_profiling import ProfileReport
        from ydata_profiling.model.pandas import summary_pandas

        summary_pandas.tqdm = partial(summary_pandas.tqdm, disable=True)  # `progress_bar` does not apply to this one

        frame = _typed(_harmless(sample))
        settings: dict[str, Any] = {
            "title": _plain(title),
            "minimal": True,
            "progress_bar": False,
            "missing_diagrams": {"bar": bool(sample.null_count().sum_horizontal()[0])},
            "vars": {"text": {"words": False}, "cat": {"words": False, "characters": False}},
            "plot": {"histogram": {"bins": 25, "max_bins": 25}},
        }
        if sample.width <= _RICH_COLUMNS:
            settings["correlations"] = {"auto": {"calculate": True}}
        ProfileReport(frame, **settings).to_file(file, silent=True)


@contextmanager
def _without_waste() -> Iterator[None]:
    """Let pyplot draw each figure into the page only, and import the library without checks of its own types.

    After each figure that pyplot saves it draws it a second time, for a screen, which takes a fifth of the time. The
    checks (typeguard) rewrite the source of the library when it is imported.
    """
    import typeguard
    from matplotlib.backend_bases import FigureCanvasBase

    draw, check = FigureCanvasBase.draw_idle, typeguard.typechecked
    FigureCanvasBase.draw_idle = lambda *_, **__: None  # type: ignore[method-assign]
    typeguard.typechecked = lambda target: target  # type: ignore[assignment]
    try:
        yield
    finally:
        FigureCanvasBase.draw_idle = draw  # type: ignore[method-assign]
        typeguard.typechecked = check
