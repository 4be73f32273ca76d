"""Running aggregations equal naive ones over the rows so far, whatever the values look like."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.history import NEVER, History, Wanted

NUMBERS = ["sum", "mean", "std", "min", "max"]
ALL = [
    Wanted("count", "count"),
    *(Wanted(name, name, "x") for name in [*NUMBERS, "skew", "last"]),
    *(Wanted(name, name, "c") for name in ["num_unique", "mode"]),
    Wanted("percent_true", "percent_true", "b"),
]
values = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)))
row = st.tuples(
    st.integers(-1, 3),
    st.integers(0, 6),
    values,
    st.one_of(st.none(), st.sampled_from("abc")),
    st.one_of(st.none(), st.booleans()),
)
SCHEMA = {"anchor": pl.Int64, "time": pl.Int64, "x": pl.Float64, "c": pl.String, "b": pl.Boolean}


def naive(frame: pl.DataFrame) -> dict[str, object]:
    """The aggregations of these rows by another road: pandas, row by row."""
    x, c = frame["x"].to_pandas(), frame["c"].to_pandas()
    x = x.astype(float)
    mode = c.dropna().mode()
    return {
        "count": float(len(frame)),
        "sum": float(x.sum()),
        "mean": x.mean(),
        "std": x.std(),
        "min": x.min(),
        "max": x.max(),
        "num_unique": float(c.nunique()) if len(frame) else None,
        "mode": mode[0] if len(mode) else None,
        "last": x.iloc[-1] if len(frame) else None,
        "percent_true": sum(v is True for v in frame["b"]) / len(frame) if len(frame) else None,
        "skew": x.skew(),
    }


def close(mine: object, theirs: object, name: str) -> bool:
    if theirs is None or (isinstance(theirs, float) and math.isnan(theirs)):
        return mine is None
    if isinstance(theirs, str):
        return mine == theirs
    if name == "skew":  # ill-conditioned where values are nearly the same
        return mine is not None and math.isclose(mine, theirs, rel_tol=1e-5, abs_tol=1e-5)
    # a sum of values that cancel is as good as its terms, not as its result
    return mine is not None and math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=25), st.integers(-1, 4), st.integers(0, 7))
def test_a_history_equals_the_rows_before_the_cutoff(rows, anchor, cutoff) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    times = frame["time"].to_numpy()
    history = History(frame.select("x", "c", "b"), frame["anchor"].to_numpy(), times, times, ALL)
    found = history.at(np.array([anchor]), np.array([cutoff])).row(0, named=True)
    kept = frame.sort("time", maintain_order=True).filter(pl.col("anchor") == anchor, pl.col("time") < cutoff)
    if anchor < 0:
        kept = kept.clear()
    wanted = naive(kept)
    assert {name: found[name] for name in wanted if not close(found[name], wanted[name], name)} == {}


@settings(max_examples=30, deadline=None)
@given(st.lists(row, max_size=25))
def test_all_rows_at_once_equal_the_end_of_the_history(rows) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    times, anchors = frame["time"].to_numpy(), frame["anchor"].to_numpy()
    asked, now = np.arange(-1, 5), np.full(6, NEVER)
    whole = History(frame.select("x", "c", "b"), anchors, None, times, ALL).at(asked, now)
    end = History(frame.select("x", "c", "b"), anchors, times, times, ALL).at(asked, now)
    for name in whole.columns:
        assert all(close(a, b, name) for a, b in zip(end[name], whole[name], strict=True))


@pytest.mark.parametrize(("offset", "scale"), [(0, 1), (1e9, 1), (1e12, 1e-3), (-1e6, 1e-6), (0, 1e-150), (0, 1e150)])
def test_the_running_deviation_does_not_cancel(offset: float, scale: float) -> None:
    x = offset + scale * np.random.default_rng(0).normal(size=2000)
    times = np.arange(2000)
    history = History(pl.DataFrame({"x": x}), np.zeros(2000, int), times, None, [Wanted("std", "std", "x")])
    asked = np.array([2, 3, 10, 500, 2000])
    found = history.at(np.zeros(5, int), asked)["std"].to_list()
    assert found == pytest.approx([np.std(x[:n] - x[0], ddof=1) for n in asked], rel=1e-9)


def test_a_jump_of_the_level_leaves_what_was_before_it_alone() -> None:
    x = np.concatenate([1e-3 * np.random.default_rng(0).normal(size=1000), np.full(1000, 1e9)])
    history = History(pl.DataFrame({"x": x}), np.zeros(2000, int), np.arange(2000), None, [Wanted("std", "std", "x")])
    assert history.at(np.zeros(1, int), np.array([1000]))["std"][0] == pytest.approx(np.std(x[:1000], ddof=1), rel=1e-9)


def test_rows_that_are_nowhere_known_never_count() -> None:
    history = History(
        pl.DataFrame({"x": [1.0, 2.0]}), np.zeros(2, int), np.array([5, NEVER]), None, [Wanted("n", "count")]
    )
    assert history.at(np.zeros(1, int), np.array([NEVER]))["n"].to_list() == [1.0]


def test_the_mode_of_several_is_the_smallest() -> None:
    frame = pl.DataFrame({"c": ["b", "a", "b", "a", None, "c", "c", "c"]})
    history = History(frame, np.zeros(8, int), np.arange(8), None, [Wanted("mode", "mode", "c")])
    assert history.at(np.zeros(8, int), np.arange(1, 9))["mode"].to_list() == ["b", "a", "b", "a", "a", "a", "a", "c"]


def test_every_aggregation_has_words(tmp_path: Path) -> None:
    assert all("{}" in kind.words for kind in AGGREGATIONS.values())
