"""No value of a column tagged private appears anywhere: planted values are searched for everywhere."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
import yaml
from canaries import LABELS, sightings
from driving import DONE, PERSON, Installation, states
from private_shop import ID, START, TAGGED, more_orders, write_private_shop

from radix_assets.pipeline.tools import tools
from radix_assets.reports.preview import preview_page

pytestmark = pytest.mark.slow

BEFORE_TAGS = r"store/snapshots/[^/]+/profile/"
"""Contains values of columns that are not tagged private yet, and is rebuilt when they are."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("private"))
    made.new("shop", *write_private_shop(made.data), "--target", "orders.answer")
    yield made
    made.close()


@pytest.fixture(scope="module")
def finished(shop: Installation) -> dict[str, Any]:
    """Tag the private columns of the shop and run it to the end; return the summary of that run."""
    if not shop.tags_file("shop").exists():
        shop.radix("run", "shop", expect=PERSON)
    tag(shop, TAGGED)
    return shop.radix("run", "shop", "--json").json


def tag(shop: Installation, columns: dict[str, list[str]]) -> None:
    """Tag these columns as private and confirm, in the file, as a user would."""
    path = shop.tags_file("shop")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for table, names in columns.items():
        for name in names:
            content["tables"][table]["columns"][name]["sensitivity"] = "personal"
            if name in {"city_note", "salary_x", "note"}:
                content["tables"][table]["columns"][name]["role"] = "feature"
    content["confirmed"] = True
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def ask(shop: Installation, body: Any) -> httpx.Response:
    address = shop.radix("status", "shop", "--json", expect=None).json["projects"][0]["endpoint"]
    return httpx.post(f"{address}/predict", json=body, timeout=60)


def test_before_any_approval_no_value_that_looks_private_is_stored_and_no_event_contains_a_value(
    shop: Installation,
):
    shop.radix("run", "shop", expect=PERSON)
    tags = yaml.safe_load(shop.tags_file("shop").read_text(encoding="utf-8"))
    found = {name for name, line in tags["tables"]["customers"]["columns"].items() if "sensitivity" in line}
    assert {"last_name", "email", "phone", "national_id"} <= found
    assert sightings(shop.home.state, skip=BEFORE_TAGS) == []
    suspected = ("name", "mail", "phone", "long")
    assert [one for one in sightings(shop.home.state) if any(f"qzx{kind}" in one.lower() for kind in suspected)] == []


@pytest.mark.extended
def test_a_column_marked_private_is_removed_from_earlier_output_and_appears_nowhere_afterwards(
    shop: Installation, finished: dict[str, Any]
):
    assert finished["state"] == "done"
    assert finished["model"]["accepted"]
    assert {"profile/customers", "profile/orders"} <= {
        name for name, state in states(finished).items() if state == "made"
    }
    assert sightings(shop.home.state) == []
    features = tools(shop.home).storage.latest("shop/features")
    dropped = json.loads((shop.home.store / features.directory / "features.json").read_text())["dropped"]
    assert {"customers.city_note", "customers.salary_x", "orders.note"} <= dropped.keys(), "they were requested"


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
def test_private_classes_are_named_only_in_answers_to_requests(shop: Installation, tmp_path: Path):
    row = {
        "order_id": 1,
        "national_id": ID + 38,
        "ordered_at": "1967-08-01T00:00:00",
        "weight": 6.5,
        "express": "yes",
    }
    answer = ask(shop, row)
    assert answer.status_code == 200, answer.text
    assert answer.json()["prediction"] in LABELS
    assert set(answer.json()["probabilities"]) == set(LABELS)
    rows = pl.DataFrame([row]).with_columns(pl.lit(START).alias("ordered_at"))
    rows.write_csv(tmp_path / "new.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    shop.radix("predict", "shop", "--input", str(tmp_path / "new.csv"), "--output", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        scored = list(csv.DictReader(file))
    assert scored[0]["prediction"] in LABELS
    assert sightings(shop.home.state) == []


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
def test_a_request_that_cannot_be_answered_is_refused_without_its_values(shop: Installation):
    for body in (
        {"order_id": 1, "national_id": "Qzxname 7714289", "weight": 1.0, "express": "yes"},
        {"order_id": 1, "national_id": ID + 38, "ordered_at": "Qzxnote 1967-99-99", "weight": 1.0, "express": "yes"},
        [{"order_id": 1, "Qzxnote unbekannt": 1}],
    ):
        answer = ask(shop, body)
        assert answer.status_code == 422
        assert "7714289" not in answer.text
        assert "1967-99" not in answer.text
    assert sightings(shop.home.state) == []


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
def test_new_rows_with_unreadable_cells_retrain_without_revealing_them(shop: Installation):
    more_orders(shop.data)
    result = shop.radix("run", "shop", "--json")
    assert result.json["state"] == "done"
    assert states(result.json)["model"] == "made"
    assert sightings(shop.home.state) == []
    assert "qzx" not in (result.out + result.err).lower()


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
@pytest.mark.parametrize("broken", ["text in the key", "no header"])
def test_a_change_that_stops_at_the_gate_reveals_no_private_value(shop: Installation, broken: str):
    file = shop.data / ("customers.parquet" if broken == "text in the key" else "orders.csv")
    before = file.read_bytes()
    if broken == "text in the key":
        frame = pl.read_parquet(file)
        frame.with_columns(
            pl.lit("Qzxname keine Zahl").alias("national_id"), pl.col("salary_x").cast(pl.String)
        ).rename({"visits": "besuche"}).write_parquet(file)
    else:
        file.write_bytes(before.split(b"\n", 1)[1])
    try:
        result = shop.radix("run", "shop", "--json", expect=None)
    finally:
        file.write_bytes(before)
    assert result.code == PERSON
    assert "waiting" in states(result.json).values()
    assert sightings(shop.home.state) == []
    assert "qzx" not in (result.out + result.err).lower()
    assert shop.radix("run", "shop").code == DONE


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
def test_a_column_marked_private_late_is_removed_from_everything_but_the_action_log(shop: Installation):
    models = shop.home.mlflow / "artifacts"
    assert any(b"Qzylate" in file.read_bytes() for file in models.rglob("fitted.json")), "it was a feature"
    tag(shop, {"customers": ["country"]})
    summary = shop.radix("run", "shop", "--json").json
    assert summary["state"] == "done"
    assert sightings(shop.home.state, late=True) == []
    assert sightings(shop.home.state) == []
    assert shop.verify() > 0
    assert summary["model"]["version"]
    collected = shop.radix("log", "shop", "--json").json
    assert any("collect" in json.dumps(one) for one in collected)


@pytest.mark.usefixtures("finished")
@pytest.mark.extended
def test_the_preview_hides_what_is_private_at_the_time_it_is_opened(shop: Installation):
    page = preview_page(shop.home, "shop", "raw/orders")
    assert page is not None
    assert "1001" in page
    assert "Qzx" not in page
    assert "1967" not in page
