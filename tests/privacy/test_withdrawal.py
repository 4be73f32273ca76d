"""Output of the time before a column was known to be private is removed once it is rebuilt."""

from pathlib import Path

import dagster as dg
import pytest
import yaml

from radix_assets.orchestration.assets import build_assets
from radix_assets.orchestration.withdraw import PRIVATE
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Tools, Work
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.project.settings import Project
from radix_assets.raw.assets import RAW
from radix_resources.action_log.reading import read
from radix_resources.errors import StorageError
from radix_resources.home import Home

NOTES = "id,note,kind\n" + "".join(f"{number},Qzx {number % 3},a\n" for number in range(30))


def _look(work: Work) -> Output:
    """Write a page of all columns that the tags file does not mark as private; show some of it in the record."""
    tags = work.project.tags_path
    hidden = tags.exists() and "note" in tags.read_text()
    text = "nothing" if hidden else "Qzx 1"
    (work.out / "page.json").write_text(f'"{text}"')
    return Output(shown={"what": text})


def _forget(work: Work, snapshot: Path) -> None:
    with (work.project.folder / "forgotten").open("a") as file:
        file.write((snapshot / "page.json").read_text())


LOOK = Stage(
    "look",
    "Look.",
    _look,
    deps=("raw",),
    external_state=lambda work: work.project.tags_path.read_text() if work.project.tags_path.exists() else None,
    on_withdraw=_forget,
)


class Shop:
    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.projects / "shop"
        self.folder.mkdir(parents=True)
        (self.folder / "orders.csv").write_text(NOTES)
        sources = [{"table": "orders", "path": "orders.csv"}]
        (self.folder / "project.yaml").write_text(yaml.safe_dump({"name": "shop", "sources": sources}))

    @property
    def project(self) -> Project:
        return load_project(self.folder / "project.yaml")

    @property
    def tools(self) -> Tools:
        return tools(self.home)

    def make(self, instance: dg.DagsterInstance) -> None:
        assets = build_assets(self.project, (RAW, LOOK), self.tools)
        assert dg.materialize(assets, instance=instance, resources=self.tools.backends).success

    def tag_private(self) -> None:
        line = "note: {role: feature, sensitivity: personal}"
        self.project.tags_path.write_text(f"tables:\n  orders:\n    columns:\n      {line}\n")


@pytest.fixture
def shop(home: Home) -> Shop:
    return Shop(home)


def everything(home: Home, *parts: str) -> str:
    return "".join(
        file.read_text(errors="replace") for file in home.store.joinpath(*parts).rglob("*") if file.is_file()
    )


def test_a_late_tag_removes_earlier_snapshots_and_records_except_raw_ones(shop: Shop, instance: dg.DagsterInstance):
    shop.make(instance)
    assert "Qzx" in everything(shop.home, "snapshots", "shop", "look")
    raw = shop.tools.storage.latest("shop/raw/orders")
    shop.tag_private()
    shop.make(instance)
    assert "Qzx" not in everything(shop.home, "snapshots", "shop", "look")
    assert "Qzx" not in everything(shop.home, "commits")
    assert [commit.sequence for commit in shop.tools.storage.history("shop/look")] == [2]
    assert shop.tools.storage.latest("shop/look").shown[PRIVATE] == {"orders": ["note"]}
    assert shop.tools.storage.latest("shop/raw/orders") == raw
    assert (shop.folder / "forgotten").read_text() == '"Qzx 1"', "other files that contained it were removed first"
    collected = [entry.action for entry in read(instance, project="shop", kind="collect")]
    assert {action.outcome for action in collected if action.phase == "outcome"} == {"ok"}
    assert "orders.note" in collected[0].reason


def test_snapshots_computed_with_the_tag_stay(shop: Shop, instance: dg.DagsterInstance):
    shop.tag_private()
    shop.make(instance)
    text = shop.project.tags_path.read_text()
    shop.project.tags_path.write_text(text + "# a remark\n")
    shop.make(instance)
    assert [commit.sequence for commit in shop.tools.storage.history("shop/look")] == [1, 2]


def test_the_newest_snapshot_and_referenced_ones_are_never_withdrawn(shop: Shop, instance: dg.DagsterInstance):
    shop.make(instance)
    storage = shop.tools.storage
    with pytest.raises(StorageError, match="RDX-STO-006"):
        storage.withdraw(storage.latest("shop/look"))
    (shop.folder / "orders.csv").write_text(NOTES + "99,Qzx,b\n")
    shop.make(instance)
    first, second = storage.history("shop/look")
    assert first.directory == second.directory, "the toy looks the same"
    storage.withdraw(first)
    storage.withdraw(first)
    assert storage.history("shop/look") == [second]
    assert storage.path(second).is_dir()
