"""Messages of the commands: what they say on a mistake and before the first run."""

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from radix_assets.cli import tags_actions
from radix_assets.cli.common import place
from radix_assets.cli.main import main, register_commands
from radix_assets.cli.new_project import create_project
from radix_assets.cli.run import _print
from radix_assets.cli.tags_actions import _sentence
from radix_assets.cli.tags_options import parse_setting
from radix_assets.project.load import load_project
from radix_assets.sources.kinds.files import FileSource
from radix_assets.tags.impact import describe_changes
from radix_assets.tags_file.diff import Change
from radix_resources.action_log.log import record
from radix_resources.action_log.schema import Action
from radix_resources.errors import BudgetError, ConfigError, RadixError, TagError
from radix_resources.home import Home


@pytest.fixture
def orders(tmp_path: Path) -> str:
    file = tmp_path / "orders.csv"
    file.write_text("id,email,total\n1,a@b.de,2\n2,c@d.de,3\n")
    return str(file)


@pytest.fixture
def shop(home: Home, orders: str) -> str:
    create_project(home, "shop", [orders], target=None, accept="human")
    return "shop"


def radix(*arguments: str) -> Result:
    return CliRunner().invoke(register_commands(), list(arguments), env={"COLUMNS": "300"})


def refused(*arguments: str) -> RadixError:
    error = radix(*arguments).exception
    assert isinstance(error, RadixError)
    return error


@pytest.mark.parametrize(("name", "valid"), [("1shop", "project_1shop"), ("my shop", "my_shop"), ("-_-", "table")])
def test_the_hint_for_an_invalid_name_is_a_valid_name(home: Home, orders: str, name: str, valid: str):
    with pytest.raises(ConfigError) as error:
        create_project(home, name, [orders], target=None, accept="human")
    assert error.value.hint == f"try {valid}"
    create_project(home, valid, [orders], target=None, accept="human")


def test_status_does_not_suggest_a_first_project_if_one_is_broken(home: Home):
    assert "no projects yet" in radix("status").output
    (home.projects / "shop").mkdir(parents=True)
    (home.projects / "shop" / "project.yaml").write_text("nme: shop\n")
    assert "no projects yet" not in radix("status").output


def test_options_of_new_are_reported_as_options(home: Home, orders: str):
    assert radix("new", "shop", orders, "--accept", "maybe").exit_code == 2
    error = refused("new", "shop", orders, "--target", "{for_each: orders, predict: count(orders), within: thirty}")
    assert (error.code, error.context, error.hint) == ("RDX-CFG-003", {"option": "--target"}, "correct --target")
    assert not (home.projects / "shop").exists()


@pytest.mark.parametrize(
    "question",
    [
        "{for_each: orders, predict: 0 == count(ordrs), within: 30d}",
        "{for_each: orders, predict: count(orders), within: 30d, where: 3 < ordrs.total}",
    ],
)
def test_a_table_of_a_question_that_does_not_exist_is_refused_at_once(home: Home, orders: str, question: str):
    error = refused("new", "shop", orders, "--target", question)
    assert (error.code, error.expected, error.hint) == ("RDX-TGT-302", "one of orders", "did you mean orders?")
    assert error.found.startswith("there is no table 'ordrs'\n")
    assert error.context["character"] in {"6 of the expression", "5 of the expression"}
    assert not (home.projects / "shop").exists()
    assert radix("new", "shop", orders, "--target", question.replace("ordrs", "Orders")).exit_code == 0


def test_an_empty_file_is_reported_when_the_project_is_created(home: Home, orders: str):
    empty = Path(orders).with_name("refunds.csv")
    empty.touch()
    shown = radix("new", "shop", orders, str(empty)).output
    assert "! refunds is empty" in shown
    assert "orders is empty" not in shown


def test_an_address_of_an_unknown_kind_is_not_repeated(home: Home):
    error = refused("new", "shop", "oracle://ada:hush@localhost/db")
    assert error.found == "no kind of source reads oracle://"
    assert "hush" not in str(error)


def test_only_run_suggests_a_new_project(home: Home):
    assert refused("run", "shop").hint == "radix new shop SOURCE…"
    error = refused("plan", "shop")
    assert (error.expected, error.hint) == (
        "an existing project (none exists yet)",
        "radix status lists the projects",
    )


@pytest.mark.parametrize("command", [("approve", "shop"), ("predict", "shop", "--input", "a.csv", "--output", "b.csv")])
def test_without_a_model_standard_error_says_what_to_do(shop: str, command: tuple[str, ...]):
    done = radix(*command)
    assert done.exit_code == 2
    assert "shop has no model yet; next: radix run shop" in done.stderr
    assert done.stdout == ""


def test_times_of_predict_are_parsed_first(shop: str):
    for moment in ("soon", "0000-01-01"):
        assert refused("predict", shop, "--at", moment, "--output", "b.csv").code == "RDX-TGT-305"


def test_predictions_replace_no_source_and_no_file_that_exists(shop: str, home: Home, tmp_path: Path):
    project = load_project(home.projects / shop / "project.yaml")
    (source,) = project.sources
    assert isinstance(source, FileSource)
    orders = (project.folder / source.path).resolve()
    rows, other = tmp_path / "rows.csv", tmp_path / "other.csv"
    shutil.copyfile(orders, rows)
    shutil.copyfile(orders, other)
    for output, options, code in (
        (orders, ["--force"], "RDX-SRV-015"),
        (rows, ["--force"], "RDX-SRV-015"),
        (other, [], "RDX-SRV-014"),
    ):
        before = output.read_bytes()
        assert refused("predict", shop, "--input", str(rows), "--output", str(output), *options).code == code
        assert output.read_bytes() == before
    assert radix("predict", shop, "--input", str(rows), "--output", str(other), "--force").exit_code == 2, (
        "no model yet"
    )
    refusal = radix("predict", shop, "--input", str(rows), "--output", str(other), "--json")
    assert refusal.exit_code == 1
    assert json.loads(refusal.stdout)["error"]["code"] == "RDX-SRV-014"


def test_approve_names_the_hash_of_a_plan(shop: str, instance: Any):
    assert refused("approve", "shpo").expected == "shop, or the 12-digit hash of a plan"
    error = refused("approve", "0" * 12)
    assert isinstance(error, BudgetError)
    assert error.expected == "the hash of a plan that exceeds its budget; no such plan is waiting"


def test_an_unknown_subcommand_of_credentials_is_reported_as_one(shop: str):
    error = refused("credentials", "check")
    assert "neither a subcommand" in error.found
    assert "list, set, remove, try" in error.expected
    assert radix("credentials", "shop").exit_code == 0


def test_removing_an_unknown_credential_fails(home: Home):
    done = radix("credentials", "remove", "NOT_THERE")
    assert done.exit_code == 1
    assert "no store of Radix has a credential named NOT_THERE" in done.stderr


def test_tags_before_the_first_run(shop: str):
    error = refused("tags", shop)
    assert (error.code, error.expected) == ("RDX-CFG-008", "")
    assert "shop has not been run yet" in error.found


def test_an_unknown_setting_of_a_column_is_reported_as_one():
    columns = {"customers": ["email", "home.unit"]}
    with pytest.raises(ConfigError) as error:
        parse_setting("customers.email.colour=red", columns)
    assert (error.value.code, error.value.found) == ("RDX-CFG-007", "'colour' is not a setting of a column")
    assert error.value.expected == "role, type, semantic_type, unit, sensitivity, was, accept"
    assert parse_setting("customers.email.unit=kg", columns) == ("customers.email", "unit", "kg")
    assert parse_setting("customers.home.unit=ignore", columns) == ("customers.home.unit", "role", "ignore")


def test_an_unknown_column_to_explain_is_reported_as_a_column(monkeypatch: pytest.MonkeyPatch):
    project: Any = SimpleNamespace(tags_path=Path("tags.yaml"))
    work = SimpleNamespace(profiles=dict, raw=dict)
    monkeypatch.setattr(tags_actions, "refresh", lambda *_: work)
    monkeypatch.setattr(
        tags_actions,
        "read_tags",
        lambda _: SimpleNamespace(ledger=SimpleNamespace(columns_seen={"customers": ["email"]})),
    )
    monkeypatch.setattr(tags_actions, "load_profiles", lambda *_: {})
    with pytest.raises(TagError) as error:
        tags_actions.explain(place(), project, "customers.emal", as_json=False)
    assert (error.value.expected, error.value.context) == ("table.column", {"column": "customers.emal"})
    assert error.value.hint == "did you mean customers.email?"


def test_changes_of_tags_name_no_internal_key():
    column = ("tables", "orders", "columns", "a")
    changes = [Change((*column, "unit"), None, "kg"), Change((*column, "human"), None, "true")]
    assert describe_changes(changes) == ["orders.a.unit: (not set) → kg", "orders.a: confirmed by a user"]
    event = {"what": "edited", "by": "Ada", "from": {"role": "id"}, "to": {"role": "id", "unit": "kg", "human": "true"}}
    assert _sentence(event) == "edited by Ada: unit (not set) → kg, confirmed by a user"


def test_the_table_of_the_log_uses_plain_words(home: Home, instance: Any):
    record(instance, home, Action(kind="approve", subject="shop/champion", project="shop", actor="ada"))
    line = radix("log").output
    assert " UTC  approve" in line
    assert "started" in line
    assert '"begun"' in radix("log", "--json").output


def step(name: str, state: str, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(step=SimpleNamespace(name=name, key=f"shop/{name}"), state=state, **more)


@pytest.mark.parametrize(("state", "shown"), [("fresh", True), ("stale", False)])
def test_the_result_of_a_run_shows_the_model_only_if_it_is_current(*, state: str, shown: bool):
    failed = step("raw/orders", "failed", error=None, reason="broken")
    report: Any = SimpleNamespace(
        made={}, state="failed", statuses=[step("model", state), failed], failed=[failed], wishes=["confirm the tags"]
    )
    model = {"metric": "roc_auc", "interval": [0.8, 0.9], "score": 0.85, "accepted": True, "reason": "Its roc_auc is."}
    model["baselines"] = {"class shares": 0.5, "one rule": 0.7255}
    console = Console(record=True, width=200)
    _print(console, report, {"model": model, "serving": None, "endpoint": None, "report": None})
    text = console.export_text()
    assert ("baselines: class shares 0.5, one rule 0.7255" in text) == shown
    assert ("accepted: its roc_auc is." in text) == shown
    assert ("(earlier model, not updated)" in text) != shown
    assert "fix the failed step first; then you are needed: confirm the tags" in text


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (
            "4f",
            "serves    version 3 (roc_auc 0.87 when it was tested); since 2030-01-31 08:15 UTC",
        ),
        (None, "serves    nothing: The challenger was refused: chance."),
    ],
)
def test_the_last_lines_of_a_run_say_which_model_serves(model: str | None, line: str):
    serving = {
        "model": model,
        "version": "3",
        "metric": "roc_auc",
        "score": 0.87,
        "since": "2030-01-31T08:15:59+00:00",
        "fitted_on": "Judged on 2 rows.",
        "reason": "The challenger was refused: chance.",
    }
    console = Console(record=True, width=200)
    report = SimpleNamespace(made=["a"], state="done", statuses=[], failed=[], wishes=[])
    _print(console, report, {"model": None, "serving": serving, "endpoint": None, "report": None})  # type: ignore[arg-type]
    assert line in console.export_text()


def test_the_help_documents_the_exit_codes(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "argv", ["radix", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert "130 interrupted" in capsys.readouterr().out
