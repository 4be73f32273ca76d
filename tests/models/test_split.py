import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radix_assets.models.data import mix
from radix_assets.models.split import SMALL, Rows, inner, split


def rows(count, *, moments=None, groups=None, strata=None):
    strata = np.arange(count) % 3 if strata is None else np.asarray(strata)
    groups = None if groups is None else mix(np.asarray(groups))
    moments = None if moments is None else np.asarray(moments)
    return Rows(mix(np.arange(count)), strata, moments, groups)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(20, 900),
    moments=st.booleans(),
    groups=st.integers(0, 60),
    classes=st.sampled_from([0, 3]),
    seed=st.integers(0, 9),
)
def test_no_row_is_tested_twice_or_both_trained_on_and_tested(count, moments, groups, classes, seed):
    generator = np.random.default_rng(seed)
    data = rows(
        count,
        moments=generator.integers(0, 40, count) if moments else None,
        groups=generator.integers(0, groups, count) if groups else None,
    )
    found = split(data, classes=classes)
    assert len(np.unique(found.test)) == len(found.test) > 0
    for train, test in found.folds:
        assert not set(train) & set(test)
        assert found.kind != "time" or data.moments[train].max() < data.moments[test].min()
        assert found.kind != "group" or not set(data.groups[train]) & set(data.groups[test])
        for learn, valid in inner(data.take(train), found.kind, classes=classes, single=True):
            assert not set(learn) & set(valid)
            # A part that lacks a class falls back to strata.
            if found.kind == "time" and not classes and len(np.unique(data.moments[train])) > 5:
                assert data.moments[train][learn].max() < data.moments[train][valid].min()


def test_a_time_split_is_preferred_to_groups_and_groups_to_a_random_split():
    count = 1000
    assert split(rows(count, moments=np.arange(count), groups=np.arange(count) % 50), classes=3).kind == "time"
    assert split(rows(count, groups=np.arange(count) % 50), classes=3).kind == "group"
    assert split(rows(count), classes=3).kind == "stratified"


def test_small_data_are_evaluated_out_of_fold_on_every_row():
    found = split(rows(SMALL - 1), classes=3)
    assert found.crossed
    assert len(found.test) == SMALL - 1


def test_a_last_fifth_with_one_class_moves_the_cut_with_a_note():
    count = 1000
    strata = np.where(np.arange(count) < 770, np.arange(count) % 2, 0)
    found = split(rows(count, moments=np.arange(count), strata=strata), classes=2)
    assert found.kind == "time"
    assert len(found.test) > count // 5
    assert "moved back" in found.reason


def test_a_time_that_separates_the_classes_falls_back_with_a_note():
    count = 1000
    found = split(rows(count, moments=np.arange(count), strata=np.arange(count) // 500), classes=2)
    assert found.kind == "stratified"
    assert "split by time would" in found.reason


def test_a_row_keeps_its_side_when_rows_are_added():
    first, more = split(rows(1000), classes=3), split(rows(1500), classes=3)
    assert set(first.test) <= set(more.test)
    groups = np.arange(3000) % 700
    first, more = (split(rows(n, groups=groups[:n]), classes=3) for n in (2000, 3000))
    assert set(first.test) <= set(more.test)


@pytest.mark.parametrize("size", [2, 5])
def test_each_class_is_on_both_sides(size):
    strata = np.r_[np.zeros(995), np.ones(size)].astype(int)
    train, test = split(rows(995 + size, strata=strata), classes=2).folds[0]
    assert set(strata[train]) == set(strata[test]) == {0, 1}


def test_training_uses_only_outcomes_known_by_the_cut() -> None:
    moments = np.repeat(np.arange(20, dtype=np.int64), 50)
    hashes = np.random.default_rng(0).integers(0, 2**63, len(moments)).astype(np.uint64)
    rows = Rows(hashes, np.tile([0, 1], 500).astype(np.int64), moments, horizon=3)
    for folds in (split(rows, classes=2).folds, inner(rows, "time", classes=2, single=False)):
        for train, test in folds:
            assert moments[train].max() + 3 <= moments[test].min()
