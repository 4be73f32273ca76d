"""Rows that are equal in everything but the key are on one side of every split, and count as one."""

import numpy as np
import polars as pl
import pytest
from model_matrices import signal, snapshot

from radix_assets.features.equal_rows import EQUAL_FILE
from radix_assets.models.data import read
from radix_assets.models.leaks import find_leaks
from radix_assets.models.split import inner, split
from radix_assets.models.stored import load_card
from radix_assets.models.train import draws, train
from radix_assets.project.sections import Search


def coin(rows=300, *, seed=0):
    generator = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "u": generator.normal(size=rows).round(3),
            "v": generator.normal(size=rows).round(3),
            "k": generator.choice(list("abcd"), rows),
            "yes": generator.integers(0, 2, rows) == 1,
        }
    )


def keyed(path, rows, first):
    """Write a features snapshot with a key of its own for each row."""
    features = snapshot(path, rows.with_columns(id=pl.int_range(pl.len())), "yes", "binary", key="id")
    pl.DataFrame({"first": first}, schema={"first": pl.Int64}).write_parquet(features / EQUAL_FILE)
    return features


def repeated(path, rows, times):
    return keyed(path, pl.concat([rows] * times), list(range(rows.height)) * times)


@pytest.mark.parametrize("times", [2, 5])
def test_copies_with_keys_of_their_own_are_on_one_side(tmp_path, times):
    data = read(repeated(tmp_path / "f", coin(), times))
    assert data.copies == 300 * (times - 1)
    for learn, judged in split(data.rows, classes=2).folds:
        assert not set(data.rows.hashes[learn]) & set(data.rows.hashes[judged])
        for a, b in inner(data.rows.take(learn), "stratified", classes=2, single=False):
            assert not set(data.rows.hashes[learn][a]) & set(data.rows.hashes[learn][b])


def test_copies_without_a_key_are_on_one_side_even_if_most_rows_are_copies(tmp_path):
    data = read(snapshot(tmp_path / "f", pl.concat([coin()] * 5), "yes", "binary"))
    assert (data.copies, len(set(data.rows.hashes))) == (1200, 300)


def test_an_oversampled_class_is_counted_as_copies(tmp_path):
    rows = coin(1000)
    rare = rows.with_row_index("at").filter("yes").head(60)
    first = [*range(1000), *rare["at"].to_list() * 5]
    data = read(keyed(tmp_path / "f", pl.concat([rows, *[rare.drop("at")] * 5]), first))
    assert data.copies == 300
    assert len(set(data.rows.hashes)) == 1000


def test_equal_rows_of_few_values_are_no_copies(tmp_path):
    frame = pl.DataFrame({"a": [n % 7 for n in range(900)], "yes": [n % 7 > 3 for n in range(900)]})
    _, first = np.unique(frame["a"], return_inverse=True)
    assert read(keyed(tmp_path / "f", frame, first)).copies == 0


def test_copies_are_drawn_together_so_that_intervals_are_as_wide_as_without(tmp_path):
    rows = coin()
    widths = []
    for times in (1, 5):
        data = read(repeated(tmp_path / f"f{times}", rows, times))
        drawn = draws(data, np.arange(len(data)), "stratified", seed=0)
        shares = np.concatenate([chunk[:, data.frame["u"].to_numpy() > 0].sum(axis=1) for chunk in drawn])
        widths.append(shares.std() / len(data))
    assert widths[1] == pytest.approx(widths[0], rel=0.15)


def test_a_feature_is_no_leak_because_rows_are_copied(tmp_path):
    data = read(repeated(tmp_path / "f", coin(), 2))
    assert find_leaks(data, np.arange(len(data)), keep=set()) == {}


def test_a_model_that_remembers_copies_of_a_coin_is_refused_and_a_signal_is_not(tmp_path):
    noise = pl.Series(np.random.default_rng(0).normal(size=400))
    learnable = signal(400, noise=0.3).select(u=pl.col("score") + noise, k="colour", yes="yes")
    for name, rows, accepted in (("coin", coin(), False), ("signal", learnable, True)):
        path = tmp_path / f"model_{name}"
        path.mkdir()
        output = train(repeated(tmp_path / name, rows, 5), Search(trials=3), path)
        card = load_card(path)
        assert card.accepted == accepted, card.reason
        assert card.copies == 4 * rows.height
        assert "are copies of others in everything but the key" in card.split
        assert "are copies of others in everything but the key" in card.reason
        assert not next(check for check in output.checks if check.name == "rows_are_independent").passed
