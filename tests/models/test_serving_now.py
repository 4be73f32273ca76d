"""Which model serves, since when, and what it has learned from."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from radix_assets.models.schema import Champion, ModelCard, Score
from radix_assets.models.serving_now import in_words, serving_now
from radix_assets.models.stored import CARD, CHAMPION
from radix_resources.storage.local import LocalStorage

SCORE = Score(value=0.8712, low=0.8, high=0.9)
PROJECT: Any = SimpleNamespace(key=lambda name: f"shop/{name}")


CARD_OF_IT = ModelCard(
    problem="binary",
    metric="roc_auc",
    greater_is_better=True,
    score=SCORE,
    split="time: It learns from what came before.",
    train_rows=640,
    test_rows=160,
    accepted=True,
    reason="It is better.",
    estimator="linear",
    served_rows=800,
    served_until="2030-01-01T12:30:00",
)


def publish(folder: Path, champion: Champion, day: int = 1) -> None:
    """Publish a decision as of a day of January 2030."""
    storage = LocalStorage(root=str(folder))
    with storage.attempt("shop/champion") as attempt:
        (attempt.path / CHAMPION).write_text(champion.model_dump_json(), encoding="utf-8")
        (attempt.path / CARD).write_text(CARD_OF_IT.model_dump_json(), encoding="utf-8")
        shown = {"shown": {"serving": champion.model_id or "nothing"}}
        commit = storage.commit(attempt, fingerprint="f", rows=None, seconds=1.0, shown=shown)
    record = folder / "commits" / "shop" / "champion" / f"{commit.sequence:08}.json"
    record.write_text(record.read_text().replace(commit.created, f"2030-01-{day:02}T08:00:00+00:00"))


def test_a_model_serves_since_it_was_promoted_however_often_it_was_confirmed(tmp_path):
    assert serving_now(LocalStorage(root=str(tmp_path)), PROJECT) is None
    first = Champion(model_id="4f", version="1", metric="roc_auc", score=SCORE, reason="It is the first.")
    second = first.model_copy(update={"model_id": "5a", "version": "2"})
    for day, champion in enumerate([first, second, second, second], 1):
        publish(tmp_path, champion, day)
    serving = serving_now(LocalStorage(root=str(tmp_path)), PROJECT)
    assert serving is not None
    assert in_words(serving.as_json()) == ("version 2 (roc_auc 0.8712 when it was tested); since 2030-01-02 08:00 UTC")
    assert serving.fitted_on.endswith("refitted in the same way on all 800 rows until 2030-01-01 12:30:00.")


def test_nothing_serves_for_a_reason(tmp_path):
    publish(tmp_path, Champion(reason="The challenger was refused: chance."))
    serving = serving_now(LocalStorage(root=str(tmp_path)), PROJECT)
    assert serving is not None
    assert in_words(serving.as_json()) == "nothing: The challenger was refused: chance."
