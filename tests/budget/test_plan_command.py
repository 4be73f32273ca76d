"""radix plan, radix approve HASH and the job of the same name, on a project of real stages."""

import json
from pathlib import Path

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from radix_assets.budget.hold import asset_statuses
from radix_assets.cli import approve, plan, run
from radix_assets.cli.common import OK, PERSON
from radix_assets.orchestration.jobs import build_approval
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.stages import STAGES
from radix_resources.action_log.reading import read
from radix_resources.home import Home


@pytest.fixture
def folder(home: Home) -> Path:
    found = home.projects / "shop"
    found.mkdir(parents=True)
    (found / "orders.csv").write_text("id,total\n1,2.5\n2,3.5\n")
    settings = {"name": "shop", "sources": [{"table": "orders", "path": "orders.csv"}], "budget": {"gigabytes": 0}}
    (found / "project.yaml").write_text(yaml.safe_dump(settings))
    return found


def radix(*arguments: str) -> tuple[int, str]:
    import typer

    app = typer.Typer()
    plan.register(app)
    for module in (approve, run):
        module.register(app)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output if result.exception is None or result.exit_code else str(result.exception)


def plan_of(folder: Path) -> dict[str, object]:
    code, output = radix("plan", folder.name, "--json")
    assert code in {OK, PERSON}
    found: dict[str, object] = json.loads(output.splitlines()[-1])
    return found


def test_a_plan_beyond_the_budget_is_shown_and_approved_by_its_hash(folder: Path, instance: dg.DagsterInstance):
    code, output = radix("plan", "shop")
    assert code == PERSON
    assert "raw/orders" in output
    assert "0 expected, at most 0; 0 used so far" in output
    plan = plan_of(folder)
    assert str(plan["hash"]) in output
    code, _ = radix("approve", str(plan["hash"]), "--why", "worth it", "--by", "ada")
    assert code == OK
    assert radix("plan", "shop")[0] == OK
    (approval,) = (one.action for one in read(instance, project="shop") if one.action.outcome == "ok")
    assert (approval.kind, approval.actor, approval.input_hash) == ("approve", "ada", plan["hash"])


def test_another_hash_is_refused_with_the_pending_plan(folder: Path, instance: dg.DagsterInstance):
    plan = plan_of(folder)
    code, output = radix("approve", "0" * 12)
    assert code == 1
    del output
    assert not (folder / "plans.yaml").exists()
    assert plan["beyond"]


def test_the_job_of_the_ui_approves_too(folder: Path, home: Home, instance: dg.DagsterInstance):
    project = load_project(folder / "project.yaml")
    assert {one.state for one in asset_statuses(project, STAGES, tools(home))} == {"waiting"}
    config = {"ops": {"approve": {"config": {"plan": plan_of(folder)["hash"], "why": "worth it"}}}}
    assert build_approval().execute_in_process(run_config=config, instance=instance).success
    assert asset_statuses(project, STAGES, tools(home))[0].state == "stale"
    wrong = {"ops": {"approve": {"config": {"plan": "0" * 12}}}}
    assert not build_approval().execute_in_process(run_config=wrong, instance=instance, raise_on_error=False).success
