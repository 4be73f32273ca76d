"""The code location: what it shows, what loading it costs, and which package may import which."""

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import dagster as dg
import pytest
import yaml

import radix_assets
import radix_resources
from radix_resources.home import Home

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_name("graph.txt")
HEAVY = [
    *("boto3", "evidently", "fastapi", "featuretools", "flaml", "kubernetes", "lightgbm", "matplotlib", "mlflow"),
    *("pandas", "pyspark", "shap", "sklearn", "uvicorn", "ydata_profiling"),
]
DAGSTER_FOLDERS, DAGSTER_MODULES = {"cli", "operations", "orchestration"}, {"launchpad.py", "cron.py"}
"""Where Dagster may be imported."""


@pytest.fixture
def location(home: Home) -> dg.RepositoryDefinition:
    """Return a location with a project of two tables and a schedule, and one whose file is invalid."""
    write(
        home,
        "shop",
        {
            "sources": [{"table": "orders", "path": "orders.csv"}, {"table": "Order Details", "path": "details.csv"}],
            "goal": {"target": "orders.total"},
            "schedule": "0 5 * * *",
        },
    )
    write(home, "wrong", {"sources": [{"table": "orders", "path": "orders.csv", "sheets": "1"}]})
    return load()


def write(home: Home, name: str, content: dict[str, object]) -> None:
    path = home.projects / name / "project.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(content))


def load() -> dg.RepositoryDefinition:
    from radix_assets.definitions import defs

    definitions = defs()
    assert isinstance(definitions, dg.Definitions)
    dg.Definitions.validate_loadable(definitions)
    return definitions.get_repository_def()


def test_a_location_without_a_project_loads(home: Home):
    keys = load().asset_graph.get_all_asset_keys()
    assert {key.path[0] for key in keys} == {"infra"}


def test_a_broken_project_is_shown_and_leaves_the_others_alone(location: dg.RepositoryDefinition):
    graph = location.asset_graph
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {"infra", "shop", "wrong"}
    (key,) = [key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "wrong"]
    shown = graph.get(key)
    assert "RDX-CFG-003" in (shown.description or "")
    assert "did you mean sheet?" in (shown.description or "")
    assert shown.metadata["line"] == "3"


def test_materializing_a_broken_project_reports_what_is_wrong(
    location: dg.RepositoryDefinition, instance: dg.DagsterInstance
):
    job = location.get_implicit_asset_job_names()[0]
    result = location.get_job(job).execute_in_process(
        instance=instance, asset_selection=[dg.AssetKey(["wrong", "project_file"])], raise_on_error=False
    )
    (failure,) = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
    data = failure.step_failure_data.user_failure_data
    assert data is not None
    assert data.metadata["code"].value == "RDX-CFG-003"


def test_sensors_run_from_the_start_and_the_schedule_is_the_project_files(location: dg.RepositoryDefinition):
    sensors = {sensor.name: sensor.default_status for sensor in location.sensor_defs}
    assert {"source_data", "edited_tags", "materialize_stale"} <= sensors.keys()
    assert set(sensors.values()) == {dg.DefaultSensorStatus.RUNNING}
    schedules = {schedule.name: schedule.cron_schedule for schedule in location.schedule_defs}
    assert schedules == {"shop_schedule": "0 5 * * *"}


def test_the_asset_graph_is_the_one_in_graph_txt(location: dg.RepositoryDefinition):
    """To accept a change: RADIX_ACCEPT=1 pytest tests/end_to_end/test_definitions.py, and inspect the diff."""
    found = "\n".join(described(location)) + "\n"
    if os.environ.get("RADIX_ACCEPT"):
        PICTURE.write_text(found)
    assert found == PICTURE.read_text()


def described(location: dg.RepositoryDefinition) -> Iterator[str]:
    graph = location.asset_graph
    yield "# asset [group: kinds] <- its dependencies; ? a check. The tables are orders and Order Details."
    for key in graph.toposorted_asset_keys:
        node = graph.get(key)
        if node.group_name == "wrong":
            continue
        kinds = sorted(tag.removeprefix("dagster/kind/") for tag in node.tags if tag.startswith("dagster/kind/"))
        yield f"{key.to_user_string()} [{node.group_name}: {', '.join(kinds)}]"
        yield from (f"    <- {parent}" for parent in sorted(parent.to_user_string() for parent in node.parent_keys))
        yield from (f"    ? {name}" for name in sorted(check.name for check in node.check_keys))


def test_dagster_shows_the_settings_of_the_backends(location: dg.RepositoryDefinition, home: Home):
    found = {name: one.config_schema.default_value for name, one in location.get_top_level_resources().items()}
    assert {name: found[name]["root"] for name in ("local_storage", "local_tracking", "local_endpoint")} == {
        "local_storage": str(home.store), "local_tracking": str(home.mlflow), "local_endpoint": str(home.endpoints),
    }  # fmt: skip


def test_loading_the_location_imports_no_heavy_library(home: Home):
    write(home, "shop", {"sources": [{"table": "orders", "path": "orders.csv"}]})
    code = (
        "import sys\n"
        "from radix_assets.definitions import defs\n"
        "defs().get_repository_def().load_all_definitions()\n"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_importing_the_command_line_imports_no_heavy_library(home: Home):
    code = (
        "import sys\n"
        "from radix_assets.cli import common, demo, join, log, main, new, plan, predict, run, status, tags, up\n"
        f"print(sorted(set(sys.modules) & set({[*HEAVY, 'dagster', 'polars']!r})))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def packages() -> Iterator[str]:
    for top in (radix_assets, radix_resources):
        for module in pkgutil.walk_packages(top.__path__, f"{top.__name__}."):
            if module.ispkg:
                yield module.name


@pytest.mark.parametrize("name", sorted(packages()))
def test_the_public_names_of_a_package_can_be_imported(name: str):
    package = importlib.import_module(name)
    for offered in getattr(package, "__all__", []):
        assert not isinstance(getattr(package, offered), ModuleType), f"{name}.{offered} is a module, not an object"


def imported(path: Path) -> set[str]:
    """Return the top-level names of all imports of a file, including those inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} is a relative import"
            found.add(str(node.module).partition(".")[0])
    return found


def test_the_resources_import_no_assets():
    for path in sorted((ROOT / "radix_resources").rglob("*.py")):
        assert "radix_assets" not in imported(path), path


def test_the_functions_of_a_stage_do_not_import_dagster():
    for path in sorted((ROOT / "radix_assets").glob("*/**/*.py")):
        if path.name not in DAGSTER_MODULES and path.parent.name not in DAGSTER_FOLDERS:
            assert "dagster" not in imported(path), path
