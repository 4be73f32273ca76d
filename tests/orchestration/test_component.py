"""A project mounted in the code location of a team, as docs/extending/component.md shows it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from radix_assets import RadixProject
from radix_assets.pipeline.tools import tools
from radix_assets.project.settings import Project
from radix_resources.errors import ConfigError
from radix_resources.home import Home

PAGE = Path(__file__).parents[2] / "docs" / "extending" / "component.md"
BLOCK = re.compile(r"^```(?:toml|python|yaml)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_team(folder: Path) -> Path:
    """Write the files of the page, and a source."""
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("src/team/__init__.py", "src/team/defs/__init__.py"):
        (folder / name).touch()
    data = folder / "src" / "team" / "defs" / "shop" / "data"
    data.mkdir()
    rows = [f"{number},{number / 2},{'yes' if number % 3 else 'no'}" for number in range(30)]
    (data / "orders.csv").write_text("\n".join(["order_id,weight,returned", *rows]) + "\n")
    return folder


@pytest.fixture
def team(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    assert home
    folder = write_team(tmp_path / "team")
    monkeypatch.syspath_prepend(str(folder / "src"))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "team"]:
        del sys.modules[name]


def load(team: Path) -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=team / "src" / "team")


def keys_of(defs: dg.Definitions) -> set[str]:
    return {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}


def test_the_example_in_the_docs_loads_as_one_graph(team: Path, instance: dg.DagsterInstance, home: Home):
    defs = load(team)
    graph = defs.resolve_asset_graph()
    assert {"mailing_list", "shop/raw/orders", "shop/report", "infra/local/storage"} <= keys_of(defs)
    predictions, mailing = dg.AssetKey(["shop", "predictions"]), dg.AssetKey("mailing_list")
    assert graph.get(mailing).parent_keys == {predictions}
    assert set(graph.get(predictions).owners) == {"team:sales"}
    repository = defs.get_repository_def()
    names = ("source_data", "edited_tags", "materialize_stale", "idle_endpoints")
    assert {sensor.name for sensor in repository.sensor_defs} == {f"radix_{name}" for name in names}
    assert "radix_approve_plan" in repository.job_names
    result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey(["shop", "raw", "orders"]), dg.AssetKey(["shop", "profile", "orders"])],
    )
    assert result.success
    storage = tools(home).storage
    raw, profile = storage.latest("shop/raw/orders"), storage.latest("shop/profile/orders")
    assert raw is not None
    assert profile is not None
    assert raw.rows == profile.rows == 30
    with storage.attempt("shop/predictions") as attempt:
        pl.DataFrame({"prediction": ["yes", "no"]}).write_parquet(attempt.path / "predictions.parquet")
        storage.commit(attempt, fingerprint="", rows=2, seconds=0.0, shown={})
    mailed = defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance, asset_selection=[dg.AssetKey("mailing_list")]
    )
    (materialization,) = mailed.asset_materializations_for_node("mailing_list")
    assert materialization.metadata["dagster/row_count"].value == 2


def test_its_sensor_requests_the_raw_tables_through_a_job_of_the_location(
    team: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("radix_assets.orchestration.sensors.SETTLE_SECONDS", 0.0)
    repository = load(team).get_repository_def()
    sensor = repository.get_sensor_def("radix_source_data")
    result = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
    (request,) = result.run_requests or []
    assert dg.AssetKey(["shop", "raw", "orders"]) in (request.asset_selection or [])
    assert sensor.job_name in repository.job_names


def test_two_projects_share_sensors_and_infrastructure(team: Path):
    shop = team / "src" / "team" / "defs" / "shop" / "defs.yaml"
    club = shop.parents[1] / "club" / "defs.yaml"
    club.parent.mkdir()
    club.write_text(shop.read_text() + '  schedule: "0 5 * * *"\n')
    defs = load(team)
    assert {"shop/raw/orders", "club/raw/orders", "infra/local/storage"} <= keys_of(defs)
    repository = defs.get_repository_def()
    assert len(repository.sensor_defs) == 4
    assert [schedule.name for schedule in repository.schedule_defs] == ["club_schedule"]


def test_without_automation_there_are_assets_only(team: Path):
    file = team / "src" / "team" / "defs" / "shop" / "defs.yaml"
    file.write_text(file.read_text() + '  automation: false\n  schedule: "0 5 * * *"\n')
    repository = load(team).get_repository_def()
    assert list(repository.sensor_defs) == []
    assert list(repository.schedule_defs) == []


def test_a_project_folder_may_be_named_and_python_mounts_it_too(tmp_path: Path, home: Home):
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text("sources:\n  - {table: orders, path: orders.csv}\n")
    defs = dg.build_defs_for_component(RadixProject(project=str(folder)))
    assert {"shop/raw/orders", "infra/local/storage"} <= keys_of(defs)
    with pytest.raises(ConfigError, match="RDX-CFG-003") as caught:
        dg.build_defs_for_component(RadixProject(project=str(folder), schedule="0 5 * * *"))
    assert "schedule" in caught.value.found
    with pytest.raises(ConfigError, match="RDX-CFG-001"):
        dg.build_defs_for_component(RadixProject(project=str(tmp_path / "nowhere")))


def test_a_mistake_in_the_attributes_names_its_line(team: Path):
    file = team / "src" / "team" / "defs" / "shop" / "defs.yaml"
    file.write_text(file.read_text().replace("orders.csv}", "orders.csv, sheat: a}"))
    with pytest.raises(Exception, match="RadixProject") as caught:
        load(team)
    error: BaseException | None = caught.value
    while error and not isinstance(error, ConfigError):
        error = error.__cause__ or error.__context__
    assert isinstance(error, ConfigError)
    assert error.code == "RDX-CFG-003"
    assert error.context["line"] == 7
    assert "did you mean sheet?" in str(error)


def test_its_attributes_are_those_of_a_project_file():
    assert set(RadixProject.model_fields) - {"project", "automation"} == set(Project.model_fields) - {"folder"}


def test_importing_the_package_does_not_load_dagster():
    code = "import sys, radix_assets; assert 'RadixProject' in dir(radix_assets); sys.exit('dagster' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
