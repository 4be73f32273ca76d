"""A destroyed project leaves only its log behind, even if the command was killed at any point."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from driving import PERSON, Installation
from little_shop import TABLES
from prepared import Prepared, serving_copy

from radix_assets.operations.destroy import inventory
from radix_assets.project.load import load_project
from radix_resources.action_log.reading import open_intents, read
from radix_resources.endpoint.state import read_status
from radix_resources.processes import is_running

pytestmark = pytest.mark.slow

KILLS = [
    "radix_resources.provisioner:remove:1:before",
    "radix_resources.endpoint.local:LocalEndpoint.release:1:after",
    "radix_resources.tracking.local:LocalTracking._remove_experiment:1:before",
    "radix_resources.tracking.local:LocalTracking._remove_experiment:1:after",
    "radix_resources.tracking.local:LocalTracking.remove:1:after",
    "radix_resources.storage.local:sync_directory:1:before",
    "radix_resources.storage.local:sync_directory:1:after",
    "radix_assets.operations.destroy:_close_cut_off:1:before",
]
"""Each is a new `radix destroy`, which continues where the previous one was killed."""


def left(installation: Installation) -> set[str]:
    """Return the files of the state directory that are not logs, and those of MLflow and the endpoints."""
    found = set()
    for part in ("store", "endpoints", "mlflow/artifacts"):
        folder = installation.home.state / part
        found |= {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return found


@pytest.fixture
def finished_copy(session_folder: Path) -> Iterator[Prepared]:
    with serving_copy(session_folder) as copy:
        yield copy


@pytest.mark.extended
def test_killed_at_every_point_and_run_again_it_leaves_nothing(finished_copy: Prepared):
    installation, address = finished_copy.installation, finished_copy.result.json["endpoint"]
    files = list(installation.data.iterdir())
    assert len(files) == len(TABLES)
    assert httpx.get(f"{address}/health", timeout=60).status_code == 200
    project = load_project(installation.project_file("shop"))
    tags = installation.tags_file("shop").read_bytes()

    result = installation.radix("destroy", "shop", expect=PERSON)
    assert "snapshots" in result.out
    assert httpx.get(f"{address}/health", timeout=60).status_code == 200, "it asks before it removes data"

    served = read_status(installation.home.endpoints / "shop")
    assert served is not None
    for where in KILLS:
        installation.killed(where, "destroy", "shop", "--yes-delete-data")
    installation.radix("destroy", "shop", "--yes-delete-data")

    assert left(installation) == set()
    assert not is_running(served.pid, served.pid_started)
    assert not is_running(served.supervisor, served.supervisor_started)
    with installation.instance() as instance:
        assert inventory(project, installation.home) == {}
        found = read(instance, project="shop")
        assert open_intents(one for one in found if one.action.kind == "release") == []
        released = {one.action.subject for one in found if one.action.kind == "release" and one.action.outcome == "ok"}
    assert released >= {"infra/local/endpoint", "infra/local/tracking", "infra/local/storage", "shop/notes"}
    assert installation.tags_file("shop").read_bytes() == tags
    assert all(file.exists() for file in files)

    installation.radix("destroy", "shop", "--files", "--yes-delete-data")
    assert not installation.project_file("shop").parent.exists()
