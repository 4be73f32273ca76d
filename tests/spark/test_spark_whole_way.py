"""Projects on a cluster, driven by the real command: the same snapshots as locally, a model, and predictions."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from spark_alike import alike
from spark_cluster import CONFIG

sys.path.append(str(Path(__file__).parents[1] / "end_to_end"))
from driving import Installation, errors, states
from little_shop import new_orders, write_shop
from test_future import QUESTION, write_club

from radix_assets.exploration.explore import load_exploration
from radix_assets.features.stage import load_features, make_features
from radix_assets.labels.stage import load_question, make_labels
from radix_assets.pipeline.stage import fingerprint, steps
from radix_assets.pipeline.status import assemble
from radix_assets.pipeline.tools import tools
from radix_assets.profiles import assets
from radix_assets.profiles.load import load_profile
from radix_assets.profiles.stage import make_profile
from radix_assets.project.load import load_project
from radix_assets.raw.assets import RAW
from radix_assets.tags.stage import load_tags


def spark(master: str) -> dict[str, Any]:
    return {"engine": "spark", "spark": {"master": master, "config": CONFIG}}


@pytest.fixture(scope="module")
def club(master: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a finished project with a question about the future."""
    made = Installation(tmp_path_factory.mktemp("club"), forks=False)
    asked = yaml.safe_dump(QUESTION, default_flow_style=True)
    made.new("club", *write_club(made.data / "club", 40, 200), "--accept", "auto", "--target", asked, trials=1)
    made.rewrite("club", compute=spark(master))
    made.radix("run", "club")
    yield made
    made.close()


@pytest.fixture(scope="module")
def place(master: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a shop whose target is a column."""
    made = Installation(tmp_path_factory.mktemp("there"), forks=False)
    made.new("shop", *write_shop(made.data)[:2], "--accept", "auto", "--target", "orders.returned", trials=1)
    made.rewrite("shop", compute=spark(master))
    made.radix("run", "shop")
    yield made
    made.close()


def snapshot(place: Installation, key: str) -> Path:
    storage = tools(place.home).storage
    found = storage.latest(key)
    assert found is not None
    return storage.path(found)


def shown(place: Installation, key: str) -> dict[str, Any]:
    found = tools(place.home).storage.latest(key)
    assert found is not None
    return dict(found.shown["shown"])


def same_features(place: Installation, project: str, tables: list[str], folder: Path) -> None:
    """Return what Polars computes from the same raw tables, tags and exclusions."""
    raw = {table: snapshot(place, f"{project}/raw/{table}") for table in tables}
    question = load_question(snapshot(place, f"{project}/labels"))
    excluded = load_exploration(snapshot(place, f"{project}/exploration")).excluded(question.tags)
    make_features(question.tags, raw | question.tables, excluded, folder)
    there = snapshot(place, f"{project}/features")
    assert {file.name for file in folder.iterdir()} == {file.name for file in there.iterdir()} - {".snapshot"}
    assert load_features(folder) == load_features(there)
    assert (folder / "plan.json").read_text() == (there / "plan.json").read_text()
    mine, theirs = pl.read_parquet(folder / "matrix.parquet"), pl.read_parquet(there / "matrix.parquet")
    assert mine.schema == theirs.schema
    for name in mine.columns:
        alike(mine[name].to_list(), theirs[name].to_list(), name)


def test_a_project_on_a_cluster_has_the_same_snapshots_as_a_local_one(place: Installation, tmp_path: Path) -> None:
    tables = ["customers", "orders"]
    for table in tables:
        there = snapshot(place, f"shop/profile/{table}")
        folder = tmp_path / table
        folder.mkdir()
        make_profile(table, snapshot(place, f"shop/raw/{table}"), folder)
        alike(load_profile(folder).model_dump(), load_profile(there).model_dump())
    (tmp_path / "features").mkdir()
    same_features(place, "shop", tables, tmp_path / "features")
    for key in ("profile/orders", "features"):
        assert shown(place, f"shop/{key}")["engine"] == "Spark: the project asks for it"


def test_a_question_about_the_future_is_computed_on_the_cluster(club: Installation, tmp_path: Path) -> None:
    raw = {table: snapshot(club, f"club/raw/{table}") for table in ("members", "visits")}
    folder = tmp_path / "labels"
    folder.mkdir()
    make_labels(load_tags(snapshot(club, "club/tags")), raw, folder)
    there = snapshot(club, "club/labels")
    assert pl.read_parquet(folder / "data.parquet").equals(pl.read_parquet(there / "data.parquet"))
    for file in ("schema.json", "tags.json"):
        assert (folder / file).read_text() == (there / file).read_text()
    (tmp_path / "features").mkdir()
    same_features(club, "club", ["members", "visits"], tmp_path / "features")
    answers = tmp_path / "answers.csv"
    club.radix("predict", "club", "--at", "2023-05-01", "--output", str(answers))
    assert len(pl.read_csv(answers)) > 30  # of the 40, those who had joined by then


def test_a_model_built_on_spark_is_served_locally(place: Installation, tmp_path: Path) -> None:
    rows, answers = tmp_path / "new.csv", tmp_path / "answers.csv"
    new_orders().write_csv(rows, datetime_format="%Y-%m-%d %H:%M:%S")
    place.radix("predict", "shop", "--input", str(rows), "--output", str(answers))
    assert pl.read_csv(answers)["order_id"].to_list() == new_orders()["order_id"].to_list()


def of_profile(place: Installation) -> Any:
    project = load_project(place.project_file("shop"))
    step = next(one for one in steps(project, (RAW, assets.PROFILE)) if one.name == "profile/orders")
    held = tools(place.home)
    return assemble(project, step, held, held.storage.latest(step.key))


def test_a_change_of_engine_makes_nothing_stale(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    work = of_profile(place)
    assert fingerprint(work) == work.previous.fingerprint
    monkeypatch.setattr(assets, "REFINED", 10)  # as if this machine could estimate so many rows
    assert fingerprint(work) != work.previous.fingerprint
    place.rewrite("shop", compute={"engine": "polars"})
    work = of_profile(place)
    assert fingerprint(work) == work.previous.fingerprint
    assert set(states(place.radix("status", "shop", "--json").json["projects"][0]).values()) == {"fresh"}


def test_a_lost_cluster_stops_the_run_and_leaves_nothing_partial(club: Installation) -> None:
    club.new("gone", str(club.data / "club" / "members.csv"), "--accept", "auto")
    club.rewrite("gone", compute={"engine": "spark", "spark": {"master": "spark://127.0.0.1:1"}})
    result = club.radix("run", "gone", "--json", expect=1)
    assert errors(result.json) == {"profile/members": "RDX-CMP-003"}
    assert "raw/members" in club.content("gone")
    assert "profile/members" not in club.content("gone")
    assert club.verify()
    findings = {one["check"]: one for one in club.radix("doctor", "--json", expect=None).json}
    assert findings["cluster of gone"]["found"].startswith("RDX-CMP-003")
    assert findings["cluster of club"]["fine"]
