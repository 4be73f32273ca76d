import json
from datetime import UTC, datetime

import dagster as dg
import pytest
from toy import Toy
from typer import Typer
from typer.testing import CliRunner

from radix_assets.cli import errors, log
from radix_assets.cli.log import moment
from radix_resources.action_log.log import record
from radix_resources.action_log.schema import Action
from radix_resources.errors import ConfigError
from radix_resources.home import Home

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def toy(home: Home) -> Toy:
    return Toy(home)


def ask(*arguments: str) -> str:
    app = Typer()
    for module in (log, errors):
        module.register(app)
    app.callback()(lambda: None)
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_log_lists_materializations_failures_and_actions(toy: Toy, instance: dg.DagsterInstance, home: Home):
    toy.source["a"] = "bug"
    toy.materialize(instance)
    record(
        instance,
        home,
        Action(kind="approve", subject="toy/end", project="toy", actor="ada", outcome="ok", reason="looks good"),
    )
    found = json.loads(ask("log", "toy", "--json"))
    assert (found[0]["who"], found[0]["reason"]) == ("ada", "looks good")
    assert {(one["what"], one["subject"], one["outcome"]) for one in found} == {
        ("approve", "toy/end", "ok"),
        ("materialize", "toy/raw/a", "failed RDX-INT-001"),
        ("materialize", "toy/raw/b", "made"),
        ("provision", "infra/local/storage", "begun"),
        ("provision", "infra/local/storage", "ok"),
    }
    (failed,) = json.loads(ask("log", "--severity", "error", "--since", "1h", "--json"))
    assert "ValueError" in failed["reason"]
    assert "4711" not in json.dumps(found), "a private value"
    assert "approve" in ask("log", "toy", "--limit", "1")
    assert ask("log", "--actor", "nobody") == "no matching actions\n"


def test_failures_are_counted_by_code_with_a_hint(toy: Toy, instance: dg.DagsterInstance):
    assert ask("errors") == "no failures since 7d\n"
    toy.source["a"] = "bug"
    toy.materialize(instance, "toy/raw/a")
    (found,) = json.loads(ask("errors", "toy", "--json"))
    assert (found["code"], found["count"], sum(found["trend"]), found["subject"]) == ("RDX-INT-001", 1, 1, "toy/raw/a")
    assert "next: set RADIX_DEBUG=1" in ask("errors")


def test_a_failure_is_shown_on_the_timeline_of_its_asset(toy: Toy, instance: dg.DagsterInstance):
    toy.source["a"] = "bug"
    toy.materialize(instance, "toy/raw/a")
    (found,) = instance.fetch_observations(dg.AssetKey(["toy", "raw", "a"]), limit=10).records
    shown = found.asset_observation
    assert shown
    assert shown.metadata["error code"].value == "RDX-INT-001"
    assert (shown.description or "").startswith("materialize toy/raw/a: failed (unexpected ValueError in raw/a")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", -1800),
        ("30 min", -1800),
        ("2h", -7200),
        ("1.5d", -129600),
        ("2030-01-31T11:59:00", -60),
        ("2030-01-31T12:00+01:00", -3600),
        ("2030-01-31", -43200),
    ],
)
def test_a_time_is_relative_or_a_date(text: str, seconds: float):
    assert moment(text, NOW) - NOW.timestamp() == seconds


@pytest.mark.parametrize("arguments", [{"since": "yesterday"}, {"kind": "dance"}, {"severity": "bad"}])
def test_an_invalid_filter_is_reported(arguments: dict[str, str]):
    with pytest.raises(ConfigError, match="RDX-LOG-002"):
        log._filter(**arguments)
