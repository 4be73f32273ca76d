"""A changed column that something live reads stops the project before its features, until a person decides."""

from pathlib import Path

import dagster as dg
import pytest
import yaml

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.run_tags import WAITING_FOR
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.reads import Reads, RequestField
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.pipeline.status import unbudgeted_statuses
from radix_assets.pipeline.tools import tools
from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.load import PROFILE_FILE, load_profiles
from radix_assets.project.load import load_project
from radix_assets.project.settings import Project
from radix_assets.raw.assets import RAW
from radix_assets.relationships.schema import PrimaryKey, Schema
from radix_assets.relationships.stage import SCHEMA
from radix_assets.rules.assets import RULES
from radix_assets.suggestions.assets import SUGGESTIONS
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion
from radix_assets.suggestions.stage import SUGGESTIONS as SUGGESTIONS_FILE
from radix_assets.tags.assets import COLUMNS_NOTE, TAGS
from radix_assets.tags.edit import confirm, set_tags
from radix_assets.tags.stage import load_tags
from radix_resources.home import Home

ROWS = 60
READS = Reads(
    "the live model v1",
    {
        ("orders", "weight"): ["3 features", "a field of requests to the endpoint"],
        ("orders", "total"): ["the target"],
        ("orders", "pieces"): ["1 feature"],
    },
    "orders",
    (RequestField("weight", "Float64", required=True, example=2.5), RequestField("pieces", "Int64", required=True)),
)


def profile(work: Work) -> Output:
    found = profile_table(work.table, work.input("raw/orders") / "data.parquet")
    (work.out / PROFILE_FILE).write_text(found.model_dump_json())
    return Output()


def relationships(work: Work) -> Output:
    schema = Schema(primary_keys=[PrimaryKey(table="orders", columns=["order_id"])], relationships=[])
    (work.out / SCHEMA).write_text(schema.model_dump_json())
    return Output()


def suggestions(work: Work) -> Output:
    """Suggest by the type alone, which takes a hundredth of the time of the real stage."""
    columns = {
        name: ColumnSuggestion(
            role="primary_key" if name == "order_id" else "feature",
            role_confidence=0.9,
            type="categorical" if column.dtype == "string" else "numeric",
            type_confidence=0.9,
        )
        for name, column in load_profiles(work.profiles())["orders"].columns.items()
    }
    tables = {"orders": TableSuggestion(primary_key=["order_id"], columns=columns)}
    (work.out / SUGGESTIONS_FILE).write_text(Suggestions(tables=tables, targets=[]).model_dump_json())
    return Output()


def live(work: Work) -> Output:
    (work.out / "model.json").write_text(str(work.inputs["tags"].data_version))
    return Output()


STAGES = (
    RAW,
    Stage("profile", "Profile of {table}.", profile, per_table=True, deps=("raw",)),
    Stage("relationships", "Keys.", relationships, deps=("raw", "profile")),
    Stage("suggestions", "Suggestions.", suggestions, deps=("raw", "profile", "relationships")),
    RULES,
    TAGS,
    Stage("live", "The model that serves.", live, deps=("tags",), reads=lambda _snapshot: READS),
)
REAL = tuple(SUGGESTIONS if stage.name == "suggestions" else stage for stage in STAGES)


@pytest.fixture
def shop(home: Home, instance: dg.DagsterInstance) -> Project:
    """Return a project whose tags are confirmed and whose model serves."""
    path = home.projects / "shop" / "project.yaml"
    path.parent.mkdir(parents=True)
    source = {"table": "orders", "path": "orders.csv"}
    path.write_text(yaml.safe_dump({"name": "shop", "sources": [source], "goal": {"target": "orders.total"}}))
    write(path.parent)
    project = load_project(path)
    run(project, home, instance)
    confirm(project.tags_path, "Ada")
    run(project, home, instance)
    assert version(home, "live") == 1
    return project


def write(folder: Path, **changed: str | None) -> None:
    """Write the orders, with columns under other names, with other values (`=text`), or left out (None)."""
    columns = {
        "order_id": [str(1000 + row) for row in range(ROWS)],
        "weight": [f"{row * 7 % 50 / 4 + 0.25}" for row in range(ROWS)],
        "pieces": [str(row * 3 % 7 + 1) for row in range(ROWS)],
        "total": [f"{row * 13 % 90 / 2 + 0.5}" for row in range(ROWS)],
        "remark": [f"remark {row * 11 % 17}" for row in range(ROWS)],
    }
    for name, value in changed.items():
        values = columns.pop(name, [f"v{row % 5}" for row in range(ROWS)])
        if value is not None:
            columns[name if value.startswith("=") else value] = (
                [f"{text}{value[1:]}" for text in values] if value.startswith("=") else values
            )
    lines = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")


def run(
    project: Project,
    home: Home,
    instance: dg.DagsterInstance,
    stages: tuple[Stage, ...] = STAGES,
    *,
    fails: bool = False,
) -> dg.ExecuteInProcessResult:
    definitions = dg.Definitions(
        assets=build_assets(project, stages, tools(home)),
        resources=tools(home).backends,
        executor=dg.in_process_executor,
    )
    result = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=not fails,
    )
    assert result.success is not fails
    return result


def version(home: Home, name: str) -> int:
    commit = tools(home).storage.latest(f"shop/{name}")
    return commit.sequence if commit else 0


def status(project: Project, home: Home, stages: tuple[Stage, ...] = STAGES) -> dict[str, tuple[str, str]]:
    found = unbudgeted_statuses(project, stages, tools(home))
    return {item.step.name: (item.state, item.reason) for item in found}


def test_a_removed_column_waits_for_a_person_and_goes_on_once_accepted(
    shop: Project, home: Home, instance: dg.DagsterInstance
):
    write(shop.folder, weight=None)
    result = run(shop, home, instance)
    assert (version(home, "raw/orders"), version(home, "tags"), version(home, "live")) == (2, 1, 1)
    state, reason = status(shop, home)["tags"]
    assert state == "waiting"
    assert reason.startswith("decide about orders.weight: it is no longer in the data; the live model v1 depends on it")
    assert status(shop, home)["live"][0] == "waiting"
    waiting = instance.get_run_by_id(result.run_id)
    assert waiting is not None
    assert waiting.tags[WAITING_FOR] == "decide about orders.weight"
    (seen,) = [
        event.event_specific_data.asset_observation  # type: ignore[union-attr]
        for event in result.all_events
        if event.event_type_value == "ASSET_OBSERVATION"
    ]
    assert {"waiting for", "changed columns", "answers", "requests"} <= set(seen.metadata)
    requests = str(seen.metadata["requests"].value)
    assert 'now: `{"weight": 2.5, "pieces": "<whole number>"}`' in requests
    assert 'accepted: `{"pieces": "<whole number>"}`' in requests

    text = shop.tags_path.read_text()
    run(shop, home, instance)
    assert shop.tags_path.read_text() == text, "waiting changes nothing"
    set_tags(shop.tags_path, {"orders.weight": {"accept": "removed"}}, who="Ada")
    run(shop, home, instance)
    assert status(shop, home)["tags"] == ("fresh", "")
    commit = tools(home).storage.latest("shop/tags")
    assert commit is not None
    assert commit.shown["shown"][COLUMNS_NOTE] == "1 column removed: orders.weight"
    assert version(home, "live") == 2


def test_a_table_whose_only_file_is_missing_waits_for_a_person_and_what_serves_stays(
    shop: Project, home: Home, instance: dg.DagsterInstance
):
    file, aside = shop.folder / "orders.csv", shop.folder / "aside.csv"
    file.rename(aside)
    run(shop, home, instance, fails=True)
    state, reason = status(shop, home)["raw/orders"]
    assert state == "waiting"
    assert reason.startswith(
        "decide about the table orders: there is no file 'orders.csv' (RDX-SRC-001). It had 60 rows when it was read"
    )
    assert "Put it back, or name its new place in project.yaml (similar names there: aside.csv), or remove it" in reason
    set_tags(shop.tags_path, {"orders.total": {"unit": "EUR"}}, who="Ada")
    state, reason = status(shop, home)["tags"]
    assert state == "waiting"
    assert reason.endswith("the live model v1 depends on 3 columns of it")
    run(shop, home, instance, fails=True)
    assert (version(home, "raw/orders"), version(home, "tags"), version(home, "live")) == (1, 1, 1)

    aside.rename(file)
    assert status(shop, home)["raw/orders"] == ("fresh", ""), "the same file was put back"
    assert status(shop, home)["tags"][0] == "stale", "the edit is applied now"
    run(shop, home, instance)
    assert (version(home, "raw/orders"), version(home, "tags"), version(home, "live")) == (1, 2, 2)


@pytest.mark.extended
def test_a_renamed_column_is_recognized_and_continues_with_its_tags(
    shop: Project, home: Home, instance: dg.DagsterInstance
):
    set_tags(shop.tags_path, {"orders.total": {"unit": "EUR"}}, who="Ada")
    run(shop, home, instance, REAL)
    write(shop.folder, total="amount", remark=None, coupon="coupon")
    run(shop, home, instance, REAL)
    state, reason = status(shop, home, REAL)["tags"]
    assert state == "waiting"
    assert "probably continues as amount (99%: 60 of 60 rows with the same key have the same value)" in reason
    assert "remark" not in reason, "nothing depends on it"
    set_tags(shop.tags_path, {"orders.amount": {"was": "total"}}, who="Ada")
    run(shop, home, instance, REAL)
    assert status(shop, home, REAL)["tags"] == ("fresh", "")
    commit = tools(home).storage.latest("shop/tags")
    assert commit is not None
    assert commit.shown["shown"][COLUMNS_NOTE] == (
        "1 new column: orders.coupon; 1 column removed: orders.remark; 1 column renamed: orders.total → amount"
    )
    tags = load_tags(tools(home).storage.path(commit))
    assert (tags.target.name, tags.tables["orders"].columns["amount"].unit) == ("orders.amount", "EUR")


def test_another_type_waits_and_what_nothing_reads_goes_on_with_a_note(
    shop: Project, home: Home, instance: dg.DagsterInstance
):
    write(shop.folder, weight="= kg or so")
    run(shop, home, instance)
    assert status(shop, home)["tags"][0] == "waiting"
    assert "it held numbers and holds text now" in status(shop, home)["tags"][1]
    write(shop.folder, weight="=kg", pieces="=.5", remark=None, coupon="coupon")
    run(shop, home, instance)
    assert status(shop, home)["tags"][0] == "fresh", "a unit is no other type, and fractions are only a wider one"
    commit = tools(home).storage.latest("shop/tags")
    assert commit is not None
    assert commit.shown["shown"][COLUMNS_NOTE] == (
        "1 new column: orders.coupon; 1 column removed: orders.remark; 1 column with a wider type: orders.pieces"
    )
    assert version(home, "live") == 2
