"""A run beyond the budget does not start, and continues by itself once exactly that plan is approved."""

from datetime import UTC, datetime

import dagster as dg
import pytest
import yaml
from toy import Toy

from radix_assets.budget.approvals import approve_plan, approved_plan
from radix_assets.budget.hold import asset_statuses
from radix_assets.budget.meter import spent
from radix_assets.budget.plan import Plan, make_plan
from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.stage import Step
from radix_assets.pipeline.status import AssetStatus, unbudgeted_statuses, verdict
from radix_assets.project.settings import Project
from radix_assets.serving.assets import ENDPOINT
from radix_resources.endpoint.state import STATUS, Status, write
from radix_resources.errors import ConfigError
from radix_resources.home import Home
from radix_resources.providers.registry import build_provider

DEAR = {"dated": "2026-11-01", "machine_hour": 3600.0}
"""A dollar a second."""


@pytest.fixture
def toy(home: Home) -> Toy:
    made = Toy(home)
    (home.projects / "prices.yaml").write_text(yaml.safe_dump(DEAR))
    return made


def limit(toy: Toy, **budget: float) -> Project:
    path = toy.project.folder / "project.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"budget": budget}))
    return toy.project


def plan_of(toy: Toy) -> Plan:
    return make_plan(toy.project, unbudgeted_statuses(toy.project, toy.stages, toy.tools), toy.tools)


def go(toy: Toy, instance: dg.DagsterInstance) -> str:
    return run(toy.project, toy.tools, instance, lambda *_: None, toy.stages).state


def test_a_plan_shows_every_step_before_anything_runs(toy: Toy):
    plan = plan_of(toy)
    assert [step.key for step in plan.steps] == ["toy/raw/a", "toy/raw/b", "toy/sum", "toy/gate", "toy/end"]
    assert plan.expected.dollars == pytest.approx(sum(step.dollars.middle for step in plan.steps))
    assert plan.most.dollars >= plan.expected.dollars
    assert plan.beyond == []
    assert toy.computed == []


def test_within_the_budget_the_run_continues(toy: Toy, instance: dg.DagsterInstance):
    limit(toy, dollars_per_month=1e9, gigabytes=1e6, search_minutes=1e6)
    assert go(toy, instance) == "done"


def test_beyond_the_budget_nothing_starts_until_an_approval(toy: Toy, instance: dg.DagsterInstance):
    project = limit(toy, dollars_per_month=0)
    assert go(toy, instance) == "waiting"
    assert toy.computed == []
    statuses = asset_statuses(project, toy.stages, toy.tools)
    assert {one.state for one in statuses} == {"waiting"}
    plan = plan_of(toy)
    assert plan.hash in statuses[0].reason
    approve_plan(project.folder, plan, by="ada", why="worth it")
    assert approved_plan(project.folder, plan) == "ada"
    assert go(toy, instance) == "done"
    assert go(toy, instance) == "done"


def test_a_changed_plan_voids_the_approval(toy: Toy, instance: dg.DagsterInstance):
    project = limit(toy, dollars_per_month=0)
    first = plan_of(toy)
    approve_plan(project.folder, first, by="ada", why="")
    toy.source["a"] = "3"
    second = plan_of(toy)
    assert second.hash != first.hash
    assert go(toy, instance) == "waiting"
    assert toy.computed == []


def test_an_approval_covers_only_its_plan(toy: Toy):
    project = limit(toy, dollars_per_month=0)
    plan = plan_of(toy)
    approve_plan(project.folder, plan, by="ada", why="")
    dearer = plan.model_copy(
        update={"expected": plan.expected.model_copy(update={"dollars": plan.most.dollars * 1.01})}
    )
    assert approved_plan(project.folder, dearer) is None


def test_materializing_beyond_the_budget_fails_with_a_code_and_is_not_a_failure_of_the_step(
    toy: Toy, instance: dg.DagsterInstance
):
    project = limit(toy, gigabytes=0)
    result = toy.materialize(instance, "toy/raw/a")
    failures = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
    assert [one.step_failure_data.user_failure_data.metadata["code"].value for one in failures] == ["RDX-BUD-001"]
    assert not [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert toy.computed == []
    assert verdict(asset_statuses(project, toy.stages, toy.tools)) == "waiting"


def test_money_already_spent_counts(toy: Toy, instance: dg.DagsterInstance):
    go(toy, instance)
    spent = plan_of(toy).spent
    seconds = sum(toy.tools.storage.latest(f"toy/{name}").seconds for name in ("raw/a", "raw/b", "sum", "gate", "end"))
    assert spent.dollars == pytest.approx(seconds)
    assert spent.gigabytes > 0


def test_the_time_of_an_endpoint_counts_whether_or_not_it_still_exists(toy: Toy):
    this = datetime.now(UTC).strftime("%Y-%m")
    status = Status(project="toy", state="stopped", uptime={"2020-01": 7200.0, this: 1800.0})
    folder = toy.home.endpoints / "toy"
    folder.mkdir(parents=True)
    write(folder / STATUS, status)
    step = Step(ENDPOINT, "toy", None, (), ())
    (toy.home.projects / "prices.yaml").write_text(yaml.safe_dump({"dated": "2026-11-01", "endpoint_hour": 4.0}))
    assert spent([step], toy.tools).dollars == pytest.approx(2.0)


def test_a_planned_endpoint_counts_to_the_end_of_the_month_or_its_hours(toy: Toy):
    (toy.home.projects / "prices.yaml").write_text(yaml.safe_dump({"dated": "2026-11-01", "endpoint_hour": 1.0}))
    path = toy.project.folder / "project.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"infrastructure": {"endpoint_hours": 5}}))
    served = AssetStatus(Step(ENDPOINT, "toy", None, ("end",), ()), "stale", "never made")
    plan = make_plan(toy.project, [*unbudgeted_statuses(toy.project, toy.stages, toy.tools), served], toy.tools)
    assert (plan.endpoint, plan.expected.dollars) == (5.0, 5.0)
    assert {change.component for change in plan.changes} == {"infra/local/storage", "infra/local/endpoint"}
    assert plan_of(toy).endpoint == 0


def test_the_shipped_prices_are_dated_and_cost_nothing_here(home: Home):
    prices = build_provider(home).prices()
    assert prices.dated.year >= 2026
    assert prices.machine_hour == prices.endpoint_hour == prices.gigabyte_month == 0


@pytest.mark.parametrize("text", ["machine_hour: -1", "hour: 1", "[", "a text"])
def test_an_invalid_price_table_is_reported(home: Home, text: str):
    (home.projects / "prices.yaml").write_text(text)
    with pytest.raises(ConfigError, match="RDX-CFG-015"):
        build_provider(home).prices()
