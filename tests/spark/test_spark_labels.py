"""Label tables computed by Spark equal local ones."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from spark_alike import alike

from radix_assets.labels import table
from radix_assets.labels.ask import asker
from radix_assets.labels.spark.table import label as on_spark
from radix_assets.question.horizon import Future
from radix_resources.errors import TargetError

sys.path.append(str(Path(__file__).parents[1] / "labels"))
from test_labels import LINKS, world

N = 160


def orders() -> Any:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(N):
        amount = None if rng.random() < 0.2 else float(rng.integers(0, 9))
        returned = None if rng.random() < 0.2 else bool(rng.random() < 0.4)
        found.append((int(rng.integers(0, 10)), int(rng.integers(0, 90)), amount, returned))
    return found


@pytest.mark.parametrize(
    "question",
    [
        {"predict": "count(orders) == 0", "within": "30d", "every": "10d", "where": "count(orders, 60d) > 0"},
        {"predict": "sum(orders.amount)", "within": "1mo", "where": "count(orders) > 2 and customers.country == 'DE'"},
        {"predict": "mean(orders.amount) / max(orders.amount)", "within": "2w", "every": "5d"},
        {
            "predict": "last(orders.status)",
            "within": "20d",
            "where": "not any(orders.returned) or last(orders.amount) > 3",
        },
        {"predict": "any(orders.returned)", "within": "9d", "where": "min(orders.amount, 40d) < 2"},
        {"predict": "count(orders.amount > 3) - count(orders where orders.day < '2020-02-20')", "within": "12d"},
        {"predict": "sum(items.pieces)", "within": "15d", "where": "first(orders.status) == 'open'"},
    ],
)
def test_a_question_has_the_same_labels_on_spark(spark: Any, tmp_path: Path, question: dict[str, str]) -> None:
    tags, tables = world(tmp_path, orders(), customers=12)
    asked = asker(Future(for_each="customers", **question), tags, LINKS, tables)
    mine = table.label(asked, ["id"])
    later = table.open_rows(asked, ["id"], "at", "label", mine.rows.schema)
    found = on_spark(spark, asked, ["id"], tmp_path / "labels.parquet")
    theirs = pl.read_parquet(tmp_path / "labels.parquet")
    assert (found.moments, found.asked, found.undefined, found.share) == (
        mine.moments,
        mine.asked,
        mine.undefined,
        mine.share,
    )
    assert (found.known, found.open) == (len(mine.rows), len(later))
    both = pl.concat([mine.rows, later])
    assert both.schema == theirs.schema
    alike(both.rows(), theirs.rows())


def test_the_same_labels_are_sampled_from_too_many(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 30)
    tags, tables = world(tmp_path, orders(), customers=12)
    question = Future(for_each="customers", predict="count(orders)", within="9d", every="5d")
    asked = asker(question, tags, LINKS, tables)
    mine = table.label(asked, ["id"])
    found = on_spark(spark, asked, ["id"], tmp_path / "labels.parquet")
    theirs = pl.read_parquet(tmp_path / "labels.parquet")
    assert 0 < mine.share == found.share < 1
    assert 5 < len(mine.rows) <= 30
    assert mine.rows.rows() == theirs.head(found.known).rows()


def test_too_short_a_history_is_the_same_error(spark: Any, tmp_path: Path) -> None:
    tags, tables = world(tmp_path, orders()[:1])
    question = Future(for_each="customers", predict="count(orders) == 0", within="30d")
    with pytest.raises(TargetError) as caught:
        on_spark(spark, asker(question, tags, LINKS, tables), ["id"], tmp_path / "labels.parquet")
    assert caught.value.code == "RDX-TGT-304"
