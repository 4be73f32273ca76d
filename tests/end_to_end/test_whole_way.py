"""From files to predictions, as a user would proceed."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from driving import DONE, FAILED, PERSON, Installation, errors, states
from little_shop import TABLES, new_orders, write_shop
from prepared import Prepared, serving_copy

from radix_assets.pipeline.tools import tools

pytestmark = pytest.mark.slow

FIRST_ROUND = [f"{stage}/{table}" for stage in ("raw", "profile") for table in TABLES] + [
    "relationships",
    "suggestions",
    "rules",
]
SECOND_ROUND = [
    *("tags", "labels", "exploration", "features", "model"),
    *("champion", "endpoint", "predictions", "monitoring", "report"),
]


@pytest.fixture(scope="module")
def finished_copy(session_folder: Path) -> Iterator[Prepared]:
    """Yield a shop whose run accepted the suggestions and went to the end; tests only read it."""
    with serving_copy(session_folder) as copy:
        yield copy


@pytest.fixture(scope="module")
def summary(finished_copy: Prepared) -> Any:
    return finished_copy.result.json


@pytest.fixture(scope="module")
def shop(finished_copy: Prepared) -> Installation:
    return finished_copy.installation


def test_with_accepted_suggestions_one_run_completes_the_project(summary: Any):
    assert summary["state"] == "done"
    assert states(summary) == dict.fromkeys(FIRST_ROUND + SECOND_ROUND, "made")


def test_the_last_line_of_a_run_has_the_documented_shape(summary: Any):
    assert {"project", "state", "assets", "model", "endpoint", "report"} <= summary.keys()
    assert summary["project"] == "shop"
    for asset in summary["assets"]:
        assert asset.keys() == {"key", "state", "seconds", "error"}
        assert asset["key"].startswith("shop/")
        assert asset["seconds"] > 0
        assert asset["error"] is None
    model = summary["model"]
    assert {"metric", "score", "interval", "baselines", "version"} <= model.keys()
    low, high = model["interval"]
    assert low <= model["score"] <= high
    assert model["baselines"]
    assert model["version"]
    assert Path(summary["report"]).is_file()
    assert httpx.get(f"{summary['endpoint']}/health", timeout=60).json() == {"healthy": True}


def test_progress_goes_to_stderr_so_that_stdout_is_json_alone(finished_copy: Prepared):
    result = finished_copy.result
    assert json.loads(result.out)
    assert "raw/orders" in result.err
    assert "model" in result.err


def test_the_model_that_could_be_learnt_beats_the_baselines(summary: Any):
    model = summary["model"]
    assert model["accepted"]
    assert model["score"] > max(model["baselines"].values())


def test_a_second_run_computes_nothing_and_starts_nothing(shop: Installation):
    before = shop.runs()
    result = shop.radix("run", "shop", "--json")
    assert result.json["state"] == "done"
    assert set(states(result.json).values()) == {"fresh"}
    assert shop.runs() == before


def test_predict_gives_keys_prediction_and_probabilities_in_the_order_of_the_rows(shop: Installation, tmp_path: Path):
    rows = new_orders()
    rows.write_csv(tmp_path / "new.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    shop.radix("predict", "shop", "--input", str(tmp_path / "new.csv"), "--output", str(tmp_path / "scored.csv"))
    with (tmp_path / "scored.csv").open(newline="") as file:
        scored = list(csv.DictReader(file))
    assert [int(row["order_id"]) for row in scored] == rows["order_id"].to_list()
    assert list(scored[0]) == ["order_id", "prediction", "probability_no", "probability_yes"]
    for row in scored:
        chances = {name: float(row[f"probability_{name}"]) for name in ("no", "yes")}
        assert sum(chances.values()) == pytest.approx(1)
        assert row["prediction"] in chances


def test_the_endpoint_and_the_batch_give_the_same_answers(shop: Installation, summary: Any, tmp_path: Path):
    rows = new_orders()
    rows.write_parquet(tmp_path / "new.parquet")
    shop.radix("predict", "shop", "--input", str(tmp_path / "new.parquet"), "--output", str(tmp_path / "out.parquet"))
    batch = pl.read_parquet(tmp_path / "out.parquet")
    body = json.loads(rows.with_columns(pl.col("ordered_at").dt.to_string("iso")).write_json())
    answer = httpx.post(f"{summary['endpoint']}/predict", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    for single, row in zip(answer.json(), batch.iter_rows(named=True), strict=True):
        assert single["order_id"] == row["order_id"]
        assert single["prediction"] == row["prediction"]
        for name, chance in single["probabilities"].items():
            assert chance == pytest.approx(row[f"probability_{name}"], abs=1e-9)


def test_the_endpoint_refuses_an_invalid_row_with_a_reason(summary: Any):
    answer = httpx.post(f"{summary['endpoint']}/predict", json={"weight": "heavy"}, timeout=60)
    assert answer.status_code == 422
    assert all(error["code"].startswith("RDX-SRV-") for error in answer.json()["errors"])


def test_status_reports_that_all_is_fresh(shop: Installation, summary: Any):
    (project,) = shop.radix("status", "--json").json["projects"]
    assert (project["project"], project["state"], project["endpoint"]) == ("shop", "done", summary["endpoint"])
    assert project["fresh"] == len(project["assets"])
    assert "shop" in shop.radix("status").out
    assert "shop/report" in shop.radix("status", "shop").out


@pytest.mark.parametrize("command", ["status", "log", "errors"])
def test_read_only_commands_import_no_heavy_library(shop: Installation, command: str):
    """Importing Dagster alone would take longer than the whole command."""
    outputs = shop.radix(command, "shop", PYTHONPROFILEIMPORTTIME="1").err
    loaded = {line.rpartition("|")[2].strip() for line in outputs.splitlines() if line.startswith("import time:")}
    assert "radix_assets.cli.main" in loaded
    heavy = {"dagster", "mlflow", "numpy", "pandas", "polars", "psutil", "pyarrow", "sklearn", "sqlalchemy"}
    assert loaded & heavy == set()


def test_the_log_names_actors_and_actions(shop: Installation):
    entries = shop.radix("log", "shop", "--json", "--limit", "500").json
    done = {(entry["what"], entry["subject"], entry["outcome"]) for entry in entries}
    assert ("materialize", "shop/report", "made") in done
    assert ("promote", "shop/champion", "ok") in done
    assert ("provision", "shop/endpoint", "ok") in done
    assert len(shop.radix("log", "shop", "--json", "--limit", "5").json) == 5


def test_tags_can_be_read_by_a_script(shop: Installation):
    shown = shop.radix("tags", "shop", "--json").json
    assert shown["project"] == "shop"
    assert shown["waiting"] is None
    assert Path(shown["file"]) == shop.tags_file("shop")


def test_doctor_prints_json(shop: Installation):
    findings = shop.radix("doctor", "--json", expect=None).json
    assert {"Python", "disk", "memory", "project shop"} <= {finding["check"] for finding in findings}


@pytest.fixture
def stopped(shop: Installation) -> Iterator[Installation]:
    """Yield the shop while its endpoint is stopped."""
    shop.radix("down")
    yield shop
    tools(shop.home).endpoint.start("shop")


def test_status_reports_a_stopped_endpoint_and_how_to_start_it(stopped: Installation):
    result = stopped.radix("status", "shop")
    assert result.code == DONE
    assert "endpoint  stopped" in result.out
    assert "radix up" in result.out
    row = stopped.radix("status", "shop", "--json").json["projects"][0]
    assert (row["state"], row["endpoint"], row["endpoint_state"]) == ("done", None, "stopped")


def test_the_doctor_reports_missing_files(shop: Installation):
    file = shop.data / "items.csv"
    moved = file.rename(file.with_name("elsewhere.csv"))
    findings = {finding["check"]: finding for finding in shop.radix("doctor", "--json", expect=None).json}
    moved.rename(file)
    assert not findings["source shop/items"]["fine"]
    assert "items.csv" in findings["source shop/items"]["found"]
    assert "elsewhere.csv" in findings["source shop/items"]["fix"]
    assert "source shop/orders" not in findings


@pytest.fixture
def misspelt(shop: Installation) -> Iterator[Installation]:
    """Yield the shop while the target in its project file is misspelt."""
    file = shop.project_file("shop")
    before = file.read_bytes()
    shop.rewrite("shop", goal={"target": "orders.retruned"})
    yield shop
    file.write_bytes(before)


def test_a_misspelt_target_is_reported_with_the_file_to_fix(misspelt: Installation):
    result = misspelt.radix("run", "shop", "--json", expect=FAILED)
    assert errors(result.json)["suggestions"] == "RDX-TAG-002"
    assert "goal.target in project.yaml" in result.err
    assert "did you mean orders.returned" in result.err


@pytest.mark.extended
def test_the_life_of_a_project_with_manual_approval(installation: Installation):
    files = write_shop(installation.data)
    installation.new("shop", *files, "--target", "orders.days > 5.5", "--accept", "human")

    first = installation.radix("run", "shop", "--json", expect=PERSON).json
    assert first["state"] == "waiting"
    assert states(first) == dict.fromkeys(FIRST_ROUND, "made") | dict.fromkeys(SECOND_ROUND, "waiting")
    assert (first["model"], first["endpoint"], first["report"]) == (None, None, None)
    assert all("confirm" in one["error"] for one in first["assets"] if one["state"] == "waiting")
    assert "orders.days > 5.5" in installation.tags_file("shop").read_text()
    assert "confirmed: false" in installation.tags_file("shop").read_text()
    assert installation.radix("status", expect=PERSON)

    again = installation.radix("run", "shop", "--json", expect=PERSON).json
    assert set(states(again).values()) == {"fresh", "waiting"}

    installation.radix("tags", "shop", "--confirm", "--by", "Ada")
    assert "confirmed_by: Ada" in installation.tags_file("shop").read_text()
    second = installation.radix("run", "shop", "--json").json
    assert second["state"] == "done"
    assert states(second) == dict.fromkeys(FIRST_ROUND, "fresh") | dict.fromkeys(SECOND_ROUND, "made")
    assert second["model"]["metric"] == "roc_auc"

    runs = installation.runs()
    third = installation.radix("run", "shop", "--json").json
    assert set(states(third).values()) == {"fresh"}
    assert installation.runs() == runs

    with Path(files[2]).open("a") as items:
        items.write("90001,1001,hat,25.5,2\n90002,1002,shoe,79.0,1\n")
    fourth = installation.radix("run", "shop", "--json").json
    assert fourth["state"] == "done"
    untouched = [f"{stage}/{table}" for stage in ("raw", "profile") for table in ("customers", "orders")]
    assert {states(fourth)[name] for name in untouched} == {"fresh"}
    assert {states(fourth)[name] for name in ("raw/items", "profile/items", "features")} == {"made"}

    installation.radix("tags", "shop", "--set", "orders.express=ignore")
    assert "confirmed_by: Ada" in installation.tags_file("shop").read_text()
    fifth = installation.radix("run", "shop", "--json").json
    assert {states(fifth)[name] for name in FIRST_ROUND} == {"fresh"}
    assert {states(fifth)[name] for name in ("tags", "exploration", "features", "model", "report")} == {"made"}
    rows = new_orders().drop("express", "days").with_columns(returned=pl.lit("no"))
    rows.write_csv(installation.data / "new.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    installation.radix("predict", "shop", "--input", "data/new.csv", "--output", "data/out.csv")
    assert pl.read_csv(installation.data / "out.csv")["order_id"].to_list() == rows["order_id"].to_list()
    installation.verify()


@pytest.mark.extended
def test_a_real_dataset_runs_to_the_end(installation: Installation, shared_data: Path):
    name, target, metric = "insurance", "insurance.charges", "rmse"
    shutil.copytree(shared_data / name, installation.data / name, ignore=shutil.ignore_patterns("*.json", "*.md"))
    installation.new(name, f"data/{name}", "--target", target)
    assert installation.radix("run", name, "--json", expect=PERSON).json["state"] == "waiting"
    installation.radix("tags", name, "--confirm")
    summary = installation.radix("run", name, "--json").json
    assert summary["state"] == "done"
    assert summary["model"]["metric"] == metric
    again = installation.radix("run", name, "--json").json
    assert "made" not in states(again).values()
    if summary["model"]["accepted"]:
        example = httpx.get(f"{summary['endpoint']}/example", timeout=60).json()
        answer = httpx.post(f"{summary['endpoint']}/predict", json=example, timeout=60).json()
        assert answer["prediction"] is not None
    else:
        assert summary["endpoint"] is None
