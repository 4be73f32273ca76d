"""Batches that break a blocking rule are set aside; the stages are the real ones, in Dagster."""

import json

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from radix_assets.cli.main import app, register_commands
from radix_assets.orchestration.assets import build_assets
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.pipeline.status import unbudgeted_statuses
from radix_assets.pipeline.tools import tools_of
from radix_assets.profiles.assets import PROFILE
from radix_assets.project.load import load_project
from radix_assets.raw.assets import RAW
from radix_assets.relationships.assets import RELATIONSHIPS
from radix_assets.rules.assets import RULES
from radix_assets.suggestions.assets import SUGGESTIONS
from radix_assets.tags.assets import TAGS
from radix_assets.tags.edit import apply_edits
from radix_assets.tags.edit_plan import Edits
from radix_resources.errors import TagError

GOOD = "order_id,amount,status,returned\n" + "".join(
    f"{number},{number % 17}.5,{'open' if number % 2 else 'paid'},{number % 3 == 0}\n" for number in range(1, 301)
)
BAD = GOOD.replace("\n7,", "\n8,")


def _end(work: Work) -> Output:
    (work.out / "seen.txt").write_text(work.inputs["raw/orders"].data_version)
    return Output(rows=1)


STAGES = (
    RAW,
    PROFILE,
    RELATIONSHIPS,
    SUGGESTIONS,
    RULES,
    TAGS,
    Stage("end", "What is computed from the data.", _end, deps=("tags",), optional_deps=("raw",)),
)


class Shop:
    def __init__(self, home, instance):
        self.home, self.instance = home, instance
        self.folder = home.projects / "shop"
        self.folder.mkdir(parents=True)
        settings = {"name": "shop", "sources": [{"table": "orders", "path": "orders.csv"}]}
        (self.folder / "project.yaml").write_text(yaml.safe_dump(settings))
        self.write(GOOD)

    @property
    def project(self):
        return load_project(self.folder / "project.yaml")

    @property
    def tools(self):
        return tools_of(self.project, self.home)

    def write(self, text):
        (self.folder / "orders.csv").write_text(text)

    def run(self, **config):
        assets = build_assets(self.project, STAGES, self.tools)
        return dg.materialize(
            assets, instance=self.instance, resources=self.tools.backends, run_config=config, raise_on_error=False
        )

    def state(self, name):
        statuses = {status.step.name: status for status in unbudgeted_statuses(self.project, STAGES, self.tools)}
        return statuses[name].state, statuses[name].reason

    def version(self, name):
        return self.tools.storage.latest(f"shop/{name}").data_version


def radix(*arguments):
    register_commands()
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def checks_of(result):
    results = result.get_asset_check_evaluations()
    return {check.check_name: check for check in results if check.asset_key.path[-1] == "rules"}


@pytest.mark.extended
def test_the_gate_of_the_rules(home, instance):
    shop = Shop(home, instance)
    assert shop.run().success
    text = shop.project.tags_path.read_text()
    assert "  - orders.amount >= 0 " in text
    assert "  - orders.status in (open, paid) " in text
    rules = ["block: orders.order_id is unique", "orders.status in (Qzx, open, paid)"]
    apply_edits(shop.project.tags_path, Edits(target="orders.returned", add_rules=rules, confirm=True), who="Ada")
    assert shop.run().success
    before = shop.version("end")

    # A blocking rule is broken: nothing is built, and a person is needed.
    shop.write(BAD)
    result = shop.run()
    assert result.success
    assert shop.version("end") == before
    state, reason = shop.state("tags")
    assert state == "waiting"
    assert "1 of 300 rows break the rule `orders.order_id is unique`" in reason
    assert "radix approve shop --batch" in reason
    checks = checks_of(result)
    assert (checks["unique"].passed, checks["unique"].severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert checks["range"].passed

    # A person accepts these data, and no others.
    assert "accepted the data" in radix("approve", "shop", "--batch", "--by", "Ada", "--why", "the orders were merged")
    assert shop.run().success
    accepted = shop.version("end")
    assert accepted != before
    shop.write(BAD.replace("\n9,", "\n8,"))
    assert shop.run().success
    assert shop.state("tags")[0] == "waiting"
    assert shop.version("end") == accepted

    # The same in the launchpad.
    assert shop.run(ops={"shop__tags": {"config": {"accept_batch": True, "by": "Ada"}}}).success
    assert shop.state("end")[0] == "fresh"

    # Good data continue; a confirmed rule stays although it is broken, and only warns.
    shop.write(GOOD.replace(",5.5", ",-5.5"))
    result = shop.run()
    assert shop.state("end")[0] == "fresh"
    assert "  - orders.amount >= 0 " in shop.project.tags_path.read_text()
    checks = checks_of(result)
    assert (checks["range"].passed, checks["range"].severity) == (False, dg.AssetCheckSeverity.WARN)

    assert json.loads(radix("status", "shop", "--json").splitlines()[-1])  # printed as JSON
    assert "orders.amount >= 0 (" in radix("status", "shop")

    # A column that is missing breaks its rules.
    shop.write(GOOD.replace("order_id", "number"))
    shop.run()
    state, reason = shop.state("tags")
    assert state == "waiting"
    assert "no column order_id" in reason

    log = "".join(str(entry) for run in instance.get_runs() for entry in instance.all_logs(run.run_id))
    assert "a list of 3 values" in log
    assert "Qzx" not in log


def test_a_rule_with_a_mistake_is_not_written_and_is_reported_with_its_line(home, instance):
    shop = Shop(home, instance)
    assert shop.run().success
    path = shop.project.tags_path
    text = path.read_text()
    with pytest.raises(TagError) as raised:
        apply_edits(path, Edits(add_rules=["orders.amuont >= 0"]), who="Ada")
    assert raised.value.code == "RDX-TAG-014"
    assert path.read_text() == text
    path.write_text(text.replace("confirmed: false", "confirmed: true") + "  - orders.amuont >= 0\n")
    assert not shop.run().success
    error = shop.tools.storage.failure("shop/tags").error
    assert (error["code"], error["line"]) == ("RDX-TAG-014", str(len(path.read_text().splitlines())))
