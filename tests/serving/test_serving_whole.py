"""Serving with the real features, model, endpoint and server, on a small relational question."""

import json
import math
import os
import shutil
import signal
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from radix_assets.features.stage import make_features
from radix_assets.models.champion import decide
from radix_assets.models.stored import load_champion
from radix_assets.models.train import train
from radix_assets.privacy import Seal
from radix_assets.project.sections import Search
from radix_assets.project.settings import Project
from radix_assets.raw.ingestion import ingest
from radix_assets.relationships.schema import Relationship
from radix_assets.serving.batch import champion_predictor, predict_file, predict_rows
from radix_assets.serving.deployment import load_served, make_endpoint
from radix_assets.serving.predictions import Previous, make_predictions
from radix_assets.sources.kinds.files import FileSource
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target
from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.errors import RadixError, ServingError
from radix_resources.processes import started_at

pytestmark = pytest.mark.slow

OPEN = 10
"""Orders whose outcome is not known yet."""


def orders_and_customers(rows=600):
    random = np.random.default_rng(0)
    customers = pl.DataFrame(
        {
            "id": range(20),
            "region": random.choice(["north", "south"], 20),
            "name": [f"Private Person {i}" for i in range(20)],
        }
    )
    owner, amount = random.integers(0, 20, rows), random.gamma(2, 20, rows).round(2)
    north = (customers["region"] == "north").to_list()
    chance = [1 / (1 + math.exp(-(a - 40) / 6 - (4 if north[c] else -4))) for a, c in zip(amount, owner, strict=True)]
    orders = pl.DataFrame(
        {
            "order id": range(rows),
            "customer": owner,
            "at": [datetime(2024, 1, 1) + timedelta(minutes=37 * i) for i in range(rows)],  # noqa: DTZ001 canonical
            "amount": amount,
            "contact": [f"private{i % 9}@example.com" for i in range(rows)],
            "returned": [None if i >= rows - OPEN else bool(random.random() < p) for i, p in enumerate(chance)],
        }
    )
    return {"orders": orders, "customers": customers}


def tag(role, kind, sensitivity="none"):
    return ColumnTag(role=role, type=kind, sensitivity=sensitivity)


TAGS = Tags(
    target=Target(table="orders", column="returned", problem="binary"),
    confirmed_by="person",
    tables={
        "customers": TableTags(
            primary_key=["id"],
            columns={
                "id": tag("primary_key", "not-generalizable"),
                "region": tag("feature", "categorical"),
                "name": tag("ignore", "sentence", "personal"),
            },
        ),
        "orders": TableTags(
            primary_key=["order id"],
            time_index=["at"],
            columns={
                "order id": tag("primary_key", "not-generalizable"),
                "customer": tag("foreign_key", "not-generalizable"),
                "at": tag("time_index", "datetime"),
                "amount": tag("feature", "numeric"),
                "contact": tag("feature", "categorical", "personal"),
                "returned": tag("target", "categorical"),
            },
        ),
    },
    relationships=[Relationship(child="orders", child_columns=["customer"], parent="customers", parent_columns=["id"])],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return raw snapshots by name, and a champion as its asset writes it."""
    root = tmp_path_factory.mktemp("serving")
    frames = orders_and_customers()
    for name, frame in frames.items():
        frame.write_csv(root / f"{name}.csv")
    sources = [FileSource(table=name, path=f"{name}.csv") for name in frames]
    project = Project(name="shop", sources=sources, folder=root)
    tables = {name: root / "raw" / name for name in frames}
    for name, path in tables.items():
        path.mkdir(parents=True)
        ingest(project, name, path)
    for name in ("features", "model", "champion"):
        (root / name).mkdir()
    make_features(TAGS, tables, set(), root / "features")
    train(root / "features", Search(trials=2, seed=0), root / "model")
    decide(root / "model", None, root / "features", approval="auto", approved=set(), out=root / "champion")
    assert load_champion(root / "champion").model_id
    (root / "champion" / "features").mkdir()
    for name in ("features.json", "plan.json"):
        shutil.copyfile(root / "features" / name, root / "champion" / "features" / name)
    (root / "champion" / "tags").mkdir()
    (root / "champion" / "tags" / "tags.json").write_text(TAGS.model_dump_json())
    return tables, root / "champion"


@pytest.fixture
def rows(made):
    tables, _ = made
    return pl.read_parquet(tables["orders"] / "data.parquet")


@pytest.fixture
def endpoint(tmp_path):
    local = LocalEndpoint(root=str(tmp_path / "endpoints"))
    yield local
    local.release("shop")


def call(address, content=None, **headers):
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(address, body, headers)  # noqa: S310 a loopback address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 same
        return json.load(answer)


def test_a_prediction_has_the_keys_of_its_row_and_probabilities(made, rows):
    tables, champion = made
    answers = predict_rows(champion, tables, rows, Seal())
    assert answers.columns == ["order id", "prediction", "probability_false", "probability_true"]
    assert answers["order id"].equals(rows["order id"])
    assert answers["prediction"].null_count() == 0
    assert ((answers["probability_false"] + answers["probability_true"] - 1).abs() < 1e-6).all()


def test_the_target_is_ignored_and_single_rows_are_answered_like_batches(made, rows):
    tables, champion = made
    together = predict_rows(champion, tables, rows.drop("returned").tail(5), Seal())
    alone = pl.concat([predict_rows(champion, tables, rows[[i]], Seal()) for i in range(len(rows) - 5, len(rows))])
    assert together.equals(alone)


def test_no_rows_give_no_answers(made, rows):
    tables, champion = made
    assert predict_rows(champion, tables, rows.clear(), Seal()).columns[:2] == ["order id", "prediction"]


def test_a_missing_column_is_reported_with_the_nearest_name(made, rows):
    tables, champion = made
    with pytest.raises(ServingError, match="RDX-SRV-003") as caught:
        predict_rows(champion, tables, rows.rename({"amount": "amonut"}), Seal())
    assert caught.value.context["column"] == "amount"
    assert "'amonut'" in caught.value.hint


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_is_predicted_like_its_rows(made, rows, tmp_path, suffix):
    tables, champion = made
    source = tmp_path / "new orders.csv"
    rows.drop("returned").write_csv(source)
    target = tmp_path / f"scored{suffix}"
    number, unlike = predict_file(champion, tables, source, target, Seal(), strict=True)
    assert (number, [each.kind for each in unlike]) == (len(rows), ["known_rows"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new orders.csv", target.name]
    found = pl.read_csv(target) if suffix == ".csv" else pl.read_parquet(target)
    expected = predict_rows(champion, tables, rows, Seal())
    assert found["order id"].to_list() == rows["order id"].to_list()
    assert found["probability_true"].to_list() == pytest.approx(expected["probability_true"].to_list())


def test_a_file_without_a_needed_column_is_refused_and_nothing_is_written(made, rows, tmp_path):
    tables, champion = made
    rows.drop("amount").write_csv(tmp_path / "new.csv")
    with pytest.raises(RadixError, match="amount"):
        predict_file(champion, tables, tmp_path / "new.csv", tmp_path / "scored.csv", Seal())
    assert not (tmp_path / "scored.csv").exists()


def test_strict_writes_nothing_if_rows_are_unlike_those_of_the_table(made, rows, tmp_path):
    tables, champion = made
    rows.with_columns(customer=pl.col("customer") + 100).write_csv(tmp_path / "new.csv")
    with pytest.raises(ServingError, match="RDX-SRV-016") as caught:
        predict_file(champion, tables, tmp_path / "new.csv", tmp_path / "scored.csv", Seal(), strict=True)
    assert "customer: matches no row of customers in 600 of 600 rows; in the table 0 of 600" in str(caught.value)
    assert not (tmp_path / "scored.csv").exists()
    number, unlike = predict_file(champion, tables, tmp_path / "new.csv", tmp_path / "scored.csv", Seal())
    assert (number, [each.kind for each in unlike]) == (600, ["known_rows", "no_parent"])


def test_open_rows_are_scored(made, tmp_path):
    tables, champion = made
    output = make_predictions(champion, tables, tmp_path, Seal())
    written = pl.read_parquet(tmp_path / "predictions.parquet")
    assert output.rows == len(written) == OPEN
    assert written["order id"].to_list() == list(range(590, 600))
    assert all(check.passed for check in output.checks)
    assert (tmp_path / "distribution.png").stat().st_size < 60_000
    assert sum(line["rows"] for line in output.shown["counts"].rows) == OPEN


def grown(rows: pl.DataFrame, number: int, at: datetime, **changed) -> pl.DataFrame:
    """Return the orders with a further one, whose outcome is not known."""
    values = {"order id": number, "at": at, "returned": None, **changed}
    return pl.concat(
        [rows, rows.tail(1).with_columns(pl.lit(v).cast(rows.schema[n]).alias(n) for n, v in values.items())]
    )


LATER, EARLIER = datetime(2025, 1, 1), datetime(2024, 1, 3)  # noqa: DTZ001 canonical


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda rows: grown(rows, 900, LATER), True),
        (lambda rows: grown(rows, 900, LATER, amount=7.5).reverse(), True),
        (lambda rows: rows.with_columns(pl.when(pl.col("order id") != 595).then("amount").otherwise(1.0)), True),
        (lambda rows: grown(rows.filter(pl.col("order id") != 599), 900, LATER), True),
        (lambda rows: grown(rows, 900, EARLIER), None),
        (lambda rows: rows.with_columns(pl.when(pl.col("order id") > 0).then("returned").otherwise(True)), None),
    ],
)
def test_rows_that_were_scored_before_keep_their_answers(made, rows, tmp_path, change, kept):
    tables, champion = made
    folders = [tmp_path / name for name in ("before", "grown", "again")]
    for folder in folders:
        folder.mkdir()
    make_predictions(champion, tables, folders[0], Seal())
    (tmp_path / "orders").mkdir()
    change(rows).select(rows.columns).write_parquet(tmp_path / "orders" / "data.parquet")
    now = tables | {"orders": tmp_path / "orders"}
    whole = make_predictions(champion, now, folders[1], Seal())
    output = make_predictions(champion, now, folders[2], Seal(), Previous(folders[0], tables))
    assert pl.read_parquet(folders[2] / "predictions.parquet").equals(
        pl.read_parquet(folders[1] / "predictions.parquet")
    )
    assert "predicted now" not in whole.shown
    assert not kept or "stay as they are" in output.shown["predicted now"]


def test_without_open_rows_the_held_out_rows_are_shown_with_their_keys(made, rows, tmp_path):
    tables, champion = made
    closed = {**tables, "orders": tmp_path / "orders"}
    closed["orders"].mkdir()
    rows.filter(pl.col("returned").is_not_null()).write_parquet(closed["orders"] / "data.parquet")
    output = make_predictions(champion, closed, tmp_path, Seal())
    written = pl.read_parquet(tmp_path / "predictions.parquet")
    kept = pl.read_parquet(champion / "predictions.parquet")
    assert output.rows == len(kept) > 0
    assert written["order id"].to_list() == kept["__row"].to_list()
    rows.filter(pl.col("returned").is_not_null()).reverse().write_parquet(closed["orders"] / "data.parquet")
    make_predictions(champion, closed, tmp_path, Seal())
    moved = pl.read_parquet(tmp_path / "predictions.parquet")
    assert moved.columns[0] == "row", "moved rows do not get the key of another row"


def test_the_example_shows_no_private_value(made):
    tables, champion = made
    assert "private" not in json.dumps(champion_predictor(champion, tables, Seal()).example).lower()


def test_a_served_champion_answers_like_predict_rows(made, rows, endpoint, tmp_path):
    tables, champion = made
    output = make_endpoint("shop", champion, tables, endpoint, tmp_path)
    address = endpoint.inspect("shop").address
    assert load_served(tmp_path).address == address
    assert output.shown["state"] == "running"
    assert call(f"{address}/ready")["version"] == load_served(tmp_path).version
    sent = json.loads(rows.drop("returned").tail(3).with_columns(pl.col("at").dt.to_string("iso:strict")).write_json())
    expected = predict_rows(champion, tables, rows.tail(3), Seal())
    for answer, row in zip(call(f"{address}/predict", sent), expected.iter_rows(named=True), strict=True):
        assert answer["order id"] == row["order id"]
        assert answer["prediction"] == row["prediction"]
        assert answer["probabilities"]["true"] == pytest.approx(row["probability_true"])


def test_a_killed_server_restarts_with_the_same_answers_and_foreign_host_names_are_refused(made, endpoint, tmp_path):
    tables, champion = made
    make_endpoint("shop", champion, tables, endpoint, tmp_path)
    deployed = endpoint.inspect("shop")
    example = call(f"{deployed.address}/example")
    before = call(f"{deployed.address}/predict", example)
    for _ in range(2):
        pid = json.loads((tmp_path / "endpoints" / "shop" / "endpoint.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        while started_at(pid):
            time.sleep(0.01)
        assert call(f"{deployed.address}/predict", example) == before
    with pytest.raises(urllib.error.HTTPError) as caught:
        call(f"{deployed.address}/example", Host="evil.example.com")
    caught.value.close()
    assert caught.value.code == 400


def test_a_damaged_model_is_refused_before_anything_is_changed(made, endpoint, tmp_path):
    tables, champion = made
    make_endpoint("shop", champion, tables, endpoint, tmp_path)
    first = endpoint.inspect("shop")
    damaged = tmp_path / "damaged"
    shutil.copytree(champion, damaged)
    member = next((damaged / "fitted").glob("member_*"))
    content = bytearray(member.read_bytes())
    content[len(content) // 2] ^= 1
    member.write_bytes(content)
    with pytest.raises(RadixError):
        make_endpoint("shop", damaged, tables, endpoint, tmp_path)
    assert endpoint.inspect("shop") == first


def test_a_server_that_cannot_load_reports_why(made, endpoint, tmp_path):
    from radix_assets.serving.deployment import manifest_of

    tables, champion = made
    with pytest.raises(ServingError, match="RDX-SRV-008") as caught:
        endpoint.deploy("shop", manifest_of("shop", "1", champion, {"orders": tables["orders"]}))
    assert caught.value.context["cause"] == "RDX-FEA-005"


def test_without_a_champion_nothing_is_deployed_or_predicted(made, endpoint, tmp_path):
    tables, champion = made
    refused = tmp_path / "refused"
    refused.mkdir()
    content = json.loads((champion / "champion.json").read_text())
    (refused / "champion.json").write_text(json.dumps({**content, "model_id": None, "reason": "no better than chance"}))
    output = make_endpoint("shop", refused, tables, endpoint, tmp_path)
    assert output.shown["reason"] == "no better than chance"
    assert endpoint.inspect("shop") is None
    assert make_predictions(refused, tables, tmp_path, Seal()).rows == 0
