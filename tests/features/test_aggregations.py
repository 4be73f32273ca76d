"""Running aggregations equal naive ones over the rows so far, for any values."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.asof.plan import Aggregation, Identity, Node, Where
from radix_assets.asof.times import NEVER
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.history import Child, History

READINGS = {"x": "numeric", "c": "categorical", "b": "boolean"}


def column(name: str) -> Identity:
    return Identity(table="t", columns=(name,), reading=READINGS[name])


def node(primitive: str, base: str = "", where: object = None, window: int | None = None, part: int = 0) -> Aggregation:
    return Aggregation(
        primitive=primitive,
        path=(0,),
        base=column(base) if base else None,
        where=None if where is None else Where(base=column("c"), value=where),
        window=window,
        part=part,
    )


NUMBERS = ["sum", "mean", "std", "min", "max", "median", "skew", "last", "first", "trend"]
PLAIN = {
    "count": node("count"),
    **{name: node(name, "x") for name in NUMBERS},
    **{name: node(name, "c") for name in ["num_unique", "mode"]},
    "second": node("n_most_common", "c", part=1),
    **{name: node(name, "b") for name in ["percent_true", "num_true", "any", "all"]},
    "time_since_last": node("time_since_last"),
    "time_since_first": node("time_since_first"),
}
ALL = {
    f"{name} {where} {window}": one.model_copy(
        update={"where": None if where is None else Where(base=column("c"), value=where), "window": window}
    )
    for where in (None, "a")
    for window in (None, 2)
    for name, one in PLAIN.items()
}


def history(frame: pl.DataFrame, anchors: np.ndarray, times: np.ndarray | None, own, wanted, *, constant: bool = True):
    """Return a history over the rows of a frame; values that change over time are read again at every cutoff."""

    def evaluate(bases: list[Node], positions: np.ndarray, cutoffs: np.ndarray) -> list[pl.Series]:
        return [frame[base.columns[0]].gather(positions) for base in bases]

    rank = np.arange(len(anchors)) if own is None else np.argsort(np.argsort(own, kind="stable"))
    child = Child(anchors, times, own, int(anchors.max(initial=0)) + 1, rank)
    return History(child, wanted, evaluate, lambda _base, _positions: constant)


values = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)))
row = st.tuples(
    st.integers(-1, 3),
    st.integers(0, 6),
    values,
    st.one_of(st.none(), st.sampled_from("abc")),
    st.one_of(st.none(), st.booleans()),
)
SCHEMA = {"anchor": pl.Int64, "time": pl.Int64, "x": pl.Float64, "c": pl.String, "b": pl.Boolean}


def naive(frame: pl.DataFrame, cutoff: int) -> dict[str, object]:
    """Aggregate these rows independently: with pandas and NumPy, group by group."""
    x, c, times = frame["x"].to_pandas().astype(float), frame["c"].to_pandas(), frame["time"].to_numpy()
    counts = c.dropna().value_counts()
    common = sorted(counts.index, key=lambda value: (-counts[value], value))
    truth, there = [v is True for v in frame["b"]], x.notna().to_numpy()
    return {
        "count": float(len(frame)),
        "sum": float(x.sum()),
        "mean": x.mean(),
        "std": x.std(),
        "min": x.min(),
        "max": x.max(),
        "median": x.median() if x.notna().any() else None,
        "skew": x.skew(),
        "first": x.iloc[0] if len(x) else None,
        "last": x.iloc[-1] if len(x) else None,
        "trend": slope(times[there], x[there].to_numpy()),
        "num_unique": float(c.nunique()) if len(frame) else None,
        "mode": common[0] if common else None,
        "second": common[1] if len(common) > 1 else None,
        "percent_true": sum(truth) / len(truth) if truth else None,
        "num_true": float(sum(truth)),
        "any": any(truth) if truth else None,
        "all": sum(truth) == frame["b"].count() if truth else None,
        "time_since_last": (cutoff - times[-1]) / 1e6 if len(times) else None,
        "time_since_first": (cutoff - times[0]) / 1e6 if len(times) else None,
    }


def slope(times: np.ndarray, x: np.ndarray) -> float | None:
    if len(x) < 3:
        return None
    seconds = times / 1e6
    unit = next((unit for unit in (86400, 3600, 60) if int(seconds[0]) % unit == 0), 1)
    apart = (seconds - seconds.mean()) / unit
    return 0.0 if not apart.any() else float((apart * (x - x.mean())).sum() / (apart**2).sum())


def close(mine: object, theirs: object, name: str) -> bool:
    if theirs is None or (isinstance(theirs, float) and math.isnan(theirs)):
        return mine is None
    if isinstance(theirs, str | bool):
        return mine == theirs
    if name.startswith("skew"):  # ill-conditioned if values are nearly equal
        return mine is not None and math.isclose(mine, theirs, rel_tol=1e-5, abs_tol=1e-5)
    # the accuracy of a sum of values that cancel depends on its terms, not on its result
    return mine is not None and math.isclose(
        mine, theirs, rel_tol=1e-9, abs_tol=1e-9 * (1e6 if name.startswith("trend") else 1)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=25), st.integers(-1, 4), st.integers(0, 7), st.booleans())
def test_a_history_equals_the_rows_before_the_cutoff(rows, anchor, cutoff, constant) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    times = frame["time"].to_numpy()
    past = history(frame, frame["anchor"].to_numpy(), times, times, ALL, constant=constant)
    found = past.at(np.array([anchor]), np.array([cutoff])).row(0, named=True)
    kept = frame.sort("time", maintain_order=True).filter(pl.col("anchor") == anchor, pl.col("time") < cutoff)
    if anchor < 0:
        kept = kept.clear()
    for where in (None, "a"):
        for window in (None, 2):
            part = kept if window is None else kept.filter(pl.col("time") >= cutoff - window)
            part = part if where is None else part.filter(pl.col("c") == where)
            expected = naive(part, cutoff)
            assert {
                name: (found[f"{name} {where} {window}"], value)
                for name, value in expected.items()
                if not close(found[f"{name} {where} {window}"], value, name)
            } == {}


@settings(max_examples=30, deadline=None)
@given(st.lists(row, max_size=80), st.integers(0, 7))
def test_rows_at_or_after_the_cutoff_change_no_bit(rows, cutoff) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    past = frame.filter(pl.col("time") < cutoff)
    asked, moment = np.arange(-1, 5), np.full(6, cutoff)
    answers = [
        history(part, part["anchor"].to_numpy(), part["time"].to_numpy(), part["time"].to_numpy(), ALL).at(
            np.where(asked <= int(part["anchor"].max() or 0), asked, -1), moment
        )
        for part in (frame, past)
    ]
    assert answers[0].equals(answers[1])


@settings(max_examples=30, deadline=None)
@given(st.lists(row, max_size=25))
def test_without_times_all_rows_count(rows) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    times, anchors = frame["time"].to_numpy(), frame["anchor"].to_numpy()
    asked, now = np.arange(-1, 5), np.full(6, NEVER)
    plain = {name: one for name, one in ALL.items() if one.window is None}
    whole = history(frame, anchors, None, times, plain).at(asked, now)
    end = history(frame, anchors, times, times, plain).at(asked, now)
    for name in whole.columns:
        assert all(close(a, b, name) for a, b in zip(end[name], whole[name], strict=True))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(-1e3, 1e3)), min_size=1, max_size=700), st.randoms())
def test_any_range_of_many_rows(rows, random) -> None:
    frame = pl.DataFrame(rows, schema={"anchor": pl.Int64, "x": pl.Float64}, orient="row")
    times = np.arange(len(frame))
    expected = {
        name: node(name, "x", window=random.randrange(1, len(frame) + 1)) for name in ("sum", "std", "max", "min")
    }
    past = history(frame, frame["anchor"].to_numpy(), times, times, expected)
    anchor, cutoff = random.randrange(3), random.randrange(len(frame) + 2)
    found = past.at(np.array([anchor]), np.array([cutoff])).row(0, named=True)
    for name, one in expected.items():
        x = frame.with_columns(pl.Series("t", times)).filter(
            pl.col("anchor") == anchor, pl.col("t") < cutoff, pl.col("t") >= cutoff - one.window
        )["x"]
        value = getattr(x, name)()
        assert close(found[name], value, name)


@pytest.mark.parametrize(("offset", "scale"), [(0, 1), (1e9, 1), (1e12, 1e-3), (-1e6, 1e-6), (0, 1e-150), (0, 1e150)])
def test_the_running_deviation_does_not_cancel(offset: float, scale: float) -> None:
    x = offset + scale * np.random.default_rng(0).normal(size=2000)
    times = np.arange(2000)
    past = history(pl.DataFrame({"x": x}), np.zeros(2000, int), times, None, {"std": node("std", "x")})
    asked = np.array([2, 3, 10, 500, 2000])
    found = past.at(np.zeros(5, int), asked)["std"].to_list()
    assert found == pytest.approx([np.std(x[:n] - x[0], ddof=1) for n in asked], rel=1e-9)


def test_a_level_shift_does_not_affect_earlier_values() -> None:
    x = np.concatenate([1e-3 * np.random.default_rng(0).normal(size=1000), np.full(1000, 1e9)])
    past = history(pl.DataFrame({"x": x}), np.zeros(2000, int), np.arange(2000), None, {"std": node("std", "x")})
    assert past.at(np.zeros(1, int), np.array([1000]))["std"][0] == pytest.approx(np.std(x[:1000], ddof=1), rel=1e-9)


def test_rows_without_a_known_time_never_count() -> None:
    past = history(pl.DataFrame({"x": [1.0, 2.0]}), np.zeros(2, int), np.array([5, NEVER]), None, {"n": node("count")})
    assert past.at(np.zeros(1, int), np.array([NEVER]))["n"].to_list() == [1.0]


def test_of_several_modes_the_smallest_is_taken() -> None:
    frame = pl.DataFrame({"c": ["b", "a", "b", "a", None, "c", "c", "c"]})
    past = history(frame, np.zeros(8, int), np.arange(8), None, {"mode": node("mode", "c")})
    assert past.at(np.zeros(8, int), np.arange(1, 9))["mode"].to_list() == ["b", "a", "b", "a", "a", "a", "a", "c"]


def test_every_aggregation_has_a_description(tmp_path: Path) -> None:
    assert all("{}" in kind.words for kind in AGGREGATIONS.values())
