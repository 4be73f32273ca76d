import numpy as np
import polars as pl
import pytest

from radix_assets.features.schema import Feature
from radix_assets.monitoring.drift import MISSING, RANKS, SHARES, Spacing, column_drift
from radix_assets.monitoring.rows import is_of_the_time, runs
from radix_assets.monitoring.schema import ColumnDrift
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

RNG = np.random.default_rng(8)
N, CUT = 2000, 1600


def drift(values: pl.Series, *, in_time: bool = True) -> ColumnDrift:
    result = column_drift("x", values[:CUT], values[CUT:], Spacing(in_time), least=20)
    assert result is not None
    return result


def emptied(values: pl.Series, share: float) -> pl.Series:
    """Return values of which a share of the last rows is missing."""
    hit = (np.arange(N) >= CUT) & (RNG.random(N) < share)
    return pl.Series([None if gone else value for value, gone in zip(values, hit, strict=True)], dtype=values.dtype)


NUMBERS = pl.Series(RNG.normal(size=N))
KINDS = pl.Series(RNG.choice(["a", "b", "c"], N))


@pytest.mark.parametrize("values", [NUMBERS, KINDS], ids=["numbers", "categories"])
@pytest.mark.parametrize(("share", "drifted"), [(0.7, True), (1.0, True), (0.15, True), (0.02, False), (0.0, False)])
def test_the_share_of_missing_cells_is_part_of_drift(values, share, drifted):
    found = drift(emptied(values, share))
    assert found.drifted == drifted
    assert found.method == MISSING or not drifted


@pytest.mark.parametrize(("scale", "offset"), [(1, 0.5), (2.5, 0.0), (1000, 0.0), (1e-9, 0.0), (-1, 1.0)])
def test_numbers_that_move_spread_or_change_their_unit_have_drifted(scale, offset):
    late = np.arange(N) >= CUT
    values = pl.Series(np.where(late, NUMBERS.to_numpy() * scale + offset, NUMBERS.to_numpy()))
    assert (drift(values).drifted, drift(values).method) == (True, RANKS)


def test_no_unit_and_no_single_value_decides():
    still = drift(NUMBERS)
    huge = NUMBERS.to_numpy().copy()
    huge[-1] = 1e12
    assert drift(pl.Series(huge)).score == pytest.approx(still.score, abs=0.01)
    assert drift(NUMBERS * 1e-9).score == still.score
    assert not still.drifted


def test_a_new_category_is_drift_and_a_rare_one_is_not():
    late = np.arange(N) >= CUT
    assert drift(pl.Series(np.where(late & (RNG.random(N) < 0.3), "new", KINDS.to_numpy()))).method == SHARES
    assert drift(pl.Series(np.where(late & (RNG.random(N) < 0.3), "new", KINDS.to_numpy()))).drifted
    assert not drift(pl.Series(np.where(late & (RNG.random(N) < 0.003), "new", KINDS.to_numpy()))).drifted


def test_rows_that_resemble_their_neighbours_need_more_to_alarm():
    values, level = [], 0.0
    for step in RNG.normal(size=N):
        level = 0.98 * level + step
        values.append(level)
    series = pl.Series(values)
    assert drift(series).threshold > 2 * drift(series, in_time=False).threshold


def test_a_steady_trend_is_drift_and_not_noise():
    assert drift(NUMBERS + pl.Series(np.arange(N) / 500)).drifted


def test_too_few_rows_are_not_compared():
    assert column_drift("x", NUMBERS[:10], NUMBERS[10:500], Spacing(in_time=True), least=20) is None


def test_running_totals_are_recognized():
    assert runs(pl.Series(np.cumsum(RNG.integers(0, 5, 300))))
    assert runs(pl.Series(-np.arange(300)))
    assert not runs(NUMBERS)
    assert not runs(NUMBERS + pl.Series(np.arange(N) / 500))
    assert not runs(pl.Series([1.0] * 300))


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("MONTH(ordered_at)", ["orders.ordered_at"], True),
        ("WEEKDAY(ordered_at)", ["orders.ordered_at"], True),
        ("HOUR(ordered_at)", ["orders.ordered_at"], True),
        ("YEAR(due)", ["orders.due"], True),
        ("HOUR(due)", ["orders.due"], False),
        ("customers.COUNT(orders)", ["orders.customer_id"], True),
        ("customers.SUM(orders.total)", ["orders.customer_id", "orders.total"], True),
        ("customers.COUNT(orders, last 30d)", ["orders.customer_id"], False),
        ("customers.MEAN(orders.total)", ["orders.customer_id", "orders.total"], False),
        ("total", ["orders.total"], False),
        ("month", ["orders.month"], False),
    ],
)
def test_parts_of_the_time_and_totals_of_the_past_are_left_out(name, columns, expected):
    tag = ColumnTag(role="feature", type="numeric")
    table = TableTags(time_index=["ordered_at"], columns={"total": tag, "due": tag, "ordered_at": tag})
    tags = Tags(target=Target(table="orders", column="y", problem="binary"), tables={"orders": table}, relationships=[])
    feature = Feature(name=name, type="numeric", explanation="", tables=["orders"], columns=columns)
    assert is_of_the_time(feature, tags) == expected
