"""A project runs from end to end on the provider of another package, and leaves no files anywhere else."""

from collections.abc import Iterator

import dagster as dg
import httpx
import pytest
import yaml
from driving import PERSON, Installation
from little_shop import write_shop

from radix_assets.definitions import defs
from radix_assets.operations.destroy import inventory, owners
from radix_assets.project.load import load_project
from radix_resources.action_log.reading import read
from radix_resources.home import Home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a shop with a project on the example provider, which has prices."""
    installation = Installation(tmp_path_factory.mktemp("elsewhere"))
    installation.new("shop", *write_shop(installation.data), "--target", "orders.returned", "--accept", "auto")
    installation.rewrite("shop", infrastructure={"provider": "example"})
    yield installation
    installation.radix("down")


def local_files(installation: Installation) -> list[str]:
    """Return the files that the local provider would write."""
    folders = (installation.home.store, installation.home.mlflow, installation.home.endpoints)
    return [str(path) for folder in folders for path in folder.rglob("*")]


@pytest.mark.extended
def test_it_runs_from_end_to_end_through_the_real_command_line(shop: Installation):
    plan = shop.radix("plan", "shop", "--json").json
    assert {change["component"] for change in plan["changes"]} >= {"infra/example/storage", "infra/example/endpoint"}
    assert plan["expected"]["dollars"] > 1, "3600 dollars an hour"

    done = shop.radix("run", "shop", "--json").json
    assert done["state"] == "done"
    assert httpx.get(f"{done['endpoint']}/health", timeout=10).status_code == 200
    root = shop.home.state / "example"
    assert (root / "snapshots_and_records" / "commits" / "shop" / "champion").is_dir()
    assert done["report"].startswith(str(root))
    assert local_files(shop) == []

    assert shop.radix("status", "shop", "--json").json["projects"][0]["state"] == "done"
    assert shop.radix("status", "shop", "--verify", "--all", "--json").json["findings"] == []
    assert shop.radix("plan", "shop", "--json").json["spent"]["dollars"] > 1
    shop.radix("reconcile")
    preview = shop.radix("tags", "shop", "--set", "orders.weight=ignore", "--preview", "--json").json["impact"]
    assert preview["dollars"] == pytest.approx(preview["seconds"], rel=0.01), "a dollar a second"

    rows = shop.folder / "rows.csv"
    shop.radix("predict", "shop", "--input", str(shop.data / "orders.csv"), "--output", str(rows))
    assert rows.exists()

    shop.radix("down")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{done['endpoint']}/health", timeout=10)

    shop.radix("destroy", "shop", expect=PERSON)
    shop.radix("destroy", "shop", "--yes-delete-data")
    with shop.instance() as instance:
        assert inventory(load_project(shop.project_file("shop")), shop.home) == {}
        assert owners(shop.home) == {}
        released = {entry.action.subject for entry in read(instance, project="shop") if entry.action.kind == "release"}
    assert released >= {"infra/example/endpoint", "infra/example/tracking", "infra/example/storage"}
    assert local_files(shop) == []


def test_each_project_has_the_resources_of_its_provider(home: Home):
    write = {"shop": {}, "bank": {"provider": "example"}, "club": {"provider": "example", "shelf": "upper"}}
    for name, infrastructure in write.items():
        folder = home.projects / name
        folder.mkdir()
        content = {"sources": [{"table": "t", "path": "t.csv"}], "infrastructure": infrastructure}
        (folder / "project.yaml").write_text(yaml.safe_dump(content))
    repository: dg.RepositoryDefinition = defs().get_repository_def()
    roots = {
        name: resource.config_schema.default_value["root"]
        for name, resource in repository.get_top_level_resources().items()
        if name.endswith("_storage")
    }
    assert roots == {
        "local_storage": str(home.store),
        "example_storage": str(home.state / "example" / "snapshots_and_records"),
        "example_upper_storage": str(home.state / "example_upper" / "snapshots_and_records"),
    }
    graph = repository.asset_graph
    for project, provider in {"shop": "local", "bank": "example", "club": "example_upper"}.items():
        parents = graph.get(dg.AssetKey([project, "endpoint"])).parent_keys
        assert dg.AssetKey(["infra", provider, "endpoint"]) in parents
        assets = repository.assets_defs_by_key[dg.AssetKey([project, "endpoint"])]
        names = {f"{provider}_{name}" for name in ("storage", "tracking", "endpoint")}
        assert assets.required_resource_keys == names | {"io_manager"}
