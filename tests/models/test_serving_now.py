"""Which model serves, since when, and what it has learned from."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from radix_assets.features.schema import CUTOFF, ROW, TARGET
from radix_assets.models.champion import learned_rows
from radix_assets.models.schema import Champion, ModelCard, Score
from radix_assets.models.serving_now import LEARNED_FROM, in_words, serving_now
from radix_assets.models.stored import CARD, CHAMPION
from radix_assets.models.train import PREDICTIONS
from radix_resources.storage.local import LocalStorage

SCORE = Score(value=0.8712, low=0.8, high=0.9)
PROJECT: Any = SimpleNamespace(key=lambda name: f"shop/{name}")


def publish(folder: Path, champion: Champion, learned: str, day: int = 1) -> None:
    """Publish a decision as of a day of January 2030."""
    storage = LocalStorage(root=str(folder))
    with storage.attempt("shop/champion") as attempt:
        (attempt.path / CHAMPION).write_text(champion.model_dump_json(), encoding="utf-8")
        shown = {"shown": {"serving": champion.model_id or "nothing", LEARNED_FROM: learned}}
        commit = storage.commit(attempt, fingerprint="f", rows=None, seconds=1.0, shown=shown)
    record = folder / "commits" / "shop" / "champion" / f"{commit.sequence:08}.json"
    record.write_text(record.read_text().replace(commit.created, f"2030-01-{day:02}T08:00:00+00:00"))


def test_a_model_serves_since_it_was_promoted_however_often_it_was_confirmed(tmp_path):
    assert serving_now(LocalStorage(root=str(tmp_path)), PROJECT) is None
    first = Champion(model_id="4f", version="1", metric="roc_auc", score=SCORE, reason="It is the first.")
    second = first.model_copy(update={"model_id": "5a", "version": "2"})
    for day, champion in enumerate([first, second, second, second], 1):
        publish(tmp_path, champion, "800 rows", day)
    serving = serving_now(LocalStorage(root=str(tmp_path)), PROJECT)
    assert serving is not None
    assert in_words(serving.as_json()) == (
        "version 2 (roc_auc 0.8712 when it was tested); since 2030-01-02 08:00 UTC; learned from 800 rows"
    )


def test_nothing_serves_for_a_reason(tmp_path):
    publish(tmp_path, Champion(reason="The challenger was refused: chance."), "")
    serving = serving_now(LocalStorage(root=str(tmp_path)), PROJECT)
    assert serving is not None
    assert in_words(serving.as_json()) == "nothing: The challenger was refused: chance."


@pytest.mark.parametrize(
    ("crossed", "private", "words"),
    [
        (False, False, "3 rows until 2030-01-03"),
        (True, False, "3 rows until 2030-01-05 12:30"),
        (False, True, "3 rows"),
    ],
)
def test_what_a_model_has_learned_from(tmp_path, *, crossed: bool, private: bool, words: str):
    card = ModelCard(
        problem="binary",
        metric="roc_auc",
        greater_is_better=True,
        score=SCORE,
        split="time: It learns from what came before.",
        train_rows=3,
        test_rows=2,
        cross_validated=crossed,
        accepted=True,
        reason="It is better.",
        estimator="linear",
    )
    (tmp_path / CARD).write_text(card.model_dump_json(), encoding="utf-8")
    pl.DataFrame({ROW: [3, 4]}).write_parquet(tmp_path / PREDICTIONS)
    texts = ["01 00:00", "02 00:00", "03 00:00", "04 00:00", "05 12:30", "06 00:00"]
    times = pl.Series([f"2030-01-{text}" for text in texts]).str.to_datetime("%Y-%m-%d %H:%M", time_unit="us")
    targets = ["a", "b", "a", "b", "a", None]  # the newest row has no outcome yet
    pl.DataFrame({ROW: range(6), CUTOFF: times, TARGET: targets}).write_parquet(tmp_path / "matrix.parquet")
    assert learned_rows(tmp_path, tmp_path, private_time=private) == words
