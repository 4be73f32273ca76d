"""Private columns in a question: what of them is in the files of a model, and how they are recognized again."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from model_matrices import made, signal, snapshot

from radix_assets.models.champion import decide
from radix_assets.models.fit import Config
from radix_assets.models.fitted import load_model
from radix_assets.models.judge import refit
from radix_assets.models.masking import Masking, masked_targets, read_masked, unmasked_classes
from radix_assets.models.search import Recipe
from radix_assets.models.stored import load_card
from radix_assets.models.train import train
from radix_assets.privacy import Seal
from radix_assets.project.sections import Search

SEARCH = Search(trials=2, seed=0)
SEAL = Seal(b"a key")


def written(path):
    """Return everything in a folder, with tables also as text."""
    parts = []
    for file in path.rglob("*"):
        if file.is_file():
            parts.append(file.read_bytes())
            if file.suffix == ".parquet":
                parts.append(str(pl.read_parquet(file).to_dict(as_series=False)).encode())
    return b"\n".join(parts)


def out(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize("target", ["level", "yes"])
def test_private_classes_are_in_no_file_and_can_be_recognized_with_the_key(tmp_path, target):
    frame = signal(600, noise=0.4).drop({"level": ["score", "yes"], "yes": ["score", "level"]}[target])
    frame = frame.with_columns(pl.format("Qzxlabel ü<{}>", target).alias(target))
    features = snapshot(tmp_path / "features", frame, target, "multiclass" if target == "level" else "binary")
    folder = out(tmp_path, "model")
    train(features, SEARCH, folder, masking=Masking(target=True, seal=SEAL))
    assert b"Qzxlabel" not in written(folder)
    card, labels = load_card(folder), sorted(frame[target].unique())
    assert card.accepted
    assert card.classes == [f"class {number + 1}" for number in range(len(labels))]
    assert unmasked_classes(frame[target], card.sealed, SEAL) == dict(zip(card.classes, labels, strict=True))
    assert unmasked_classes(frame[target], card.sealed, Seal(b"another key")) == {}
    kept = pl.read_parquet(folder / "predictions.parquet")
    assert set(kept["prediction"]) <= set(card.classes)
    now = masked_targets(frame[target].gather(kept["__row"]), card.sealed, SEAL)
    assert now.eq_missing(kept["__target"]).all()
    assert load_model(folder).description.sealed == card.sealed


def test_private_numbers_are_in_no_file_beside_the_model_and_in_no_chart(tmp_path):
    features = made(tmp_path, "score", "regression", noise=0.3)
    folder = out(tmp_path, "model")
    masking = Masking(target=True, seal=SEAL)
    train(features, SEARCH, folder, masking=masking)
    assert load_card(folder).accepted
    assert not (folder / "fit.png").exists()
    kept = pl.read_parquet(folder / "predictions.parquet")
    assert kept["__target"].dtype == pl.UInt64
    assert kept["__target"].equals(read_masked(features, masking).original.gather(kept["__row"]).alias("__target"))


def test_no_leaf_of_a_model_of_private_numbers_contains_one_row_only(tmp_path):
    features = made(tmp_path, "score", "regression", noise=0.3)
    data = read_masked(features, Masking(target=True, seal=SEAL))
    config = Config("rf", {"max_features": 1.0, "min_samples_leaf": 1.0})
    alone = {float(np.float32(value)) for value in data.target}
    for private, shared in ((replace(data, private=False), True), (data, False)):
        recipe = Recipe([(config, 1, 1.0)])
        model = refit(private, data.features, np.arange(len(data)), recipe, seed=0)
        leaves = model.learners[0].arrays["value"].ravel()
        assert any(float(value) in alone for value in leaves) == shared


def test_a_private_time_of_a_split_is_not_shown(tmp_path):
    frame = signal(700, noise=0.4).drop("score", "level")
    frame = frame.with_columns(at=pl.datetime(1967, 1, 1) + pl.duration(hours=pl.int_range(pl.len())))
    features = snapshot(tmp_path / "features", frame, "yes", "binary", cutoff="at")
    shown, hidden = out(tmp_path, "shown"), out(tmp_path, "hidden")
    train(features, SEARCH, shown)
    train(features, SEARCH, hidden, masking=Masking(time=True))
    assert "1967-" in load_card(shown).split
    assert b"1967-" not in written(hidden)
    assert load_card(hidden).score == load_card(shown).score


def test_the_ids_of_private_keys_require_the_seal(tmp_path):
    frame = signal(600).drop("score", "level").with_columns(id=7_714_289_000_000 + pl.int_range(pl.len()))
    features = snapshot(tmp_path / "features", frame, "yes", "binary", key="id")
    plain = read_masked(features, Masking()).rows.hashes
    sealed, other = (read_masked(features, Masking(key=True, seal=Seal(key))).rows.hashes for key in (b"a", b"b"))
    assert len(set(sealed)) == len(set(plain)) == 600
    assert not set(plain) & set(sealed)
    assert not set(sealed) & set(other)


def test_a_champion_trained_on_now_private_values_stops_serving_with_any_challenger(tmp_path):
    good = made(tmp_path, "yes", "binary", noise=0.3)
    noise = snapshot(
        tmp_path / "noise",
        signal(600).drop("score", "level").with_columns(yes=pl.Series(signal(600, seed=9)["yes"])),
        "yes",
        "binary",
    )
    first, second = out(tmp_path, "first"), out(tmp_path, "second")
    train(good, SEARCH, first)
    train(noise, SEARCH, second)
    champion, after, replaced = (out(tmp_path, name) for name in ("champion", "after", "replaced"))
    decide(first, None, good, approval="auto", approved=set(), out=champion)
    refused = decide(second, champion, noise, approval="auto", approved=set(), out=after, withdrawal="Holds t.colour.")
    assert refused.shown["serving"] == "nothing"
    assert "t.colour" in refused.shown["reason"]
    assert not (after / "fitted").exists()
    third = out(tmp_path, "third")
    train(good, Search(trials=3, seed=1), third)
    taken = decide(third, champion, good, approval="auto", approved=set(), out=replaced, withdrawal="Holds t.colour.")
    assert taken.shown["decision"] == "the challenger is promoted"


def test_a_refusal_is_reported_once(tmp_path):
    noise = snapshot(
        tmp_path / "noise",
        signal(600).drop("score", "level").with_columns(yes=pl.Series(signal(600, seed=9)["yes"])),
        "yes",
        "binary",
    )
    challenger = out(tmp_path, "challenger")
    train(noise, SEARCH, challenger)
    refused = decide(challenger, None, noise, approval="auto", approved=set(), out=out(tmp_path, "champion"))
    assert str(refused.shown["reason"]).lower().count("refused") == 1
