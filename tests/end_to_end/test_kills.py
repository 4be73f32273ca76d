"""A project that is killed at any point and started again reaches the same end."""

import json
import signal
from pathlib import Path

import dagster as dg
import httpx
import pytest
from driving import Installation, states
from little_shop import write_shop
from prepared import Prepared

pytestmark = pytest.mark.slow

UNFINISHED = [
    *(dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED),
    *(dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.CANCELING),
]
RECORD = "radix_resources.storage.local:LocalStorage._put_record"

KILLS = [
    # where, the asset being computed, whether it is published; test_crashpoints.py covers every step of publishing
    ("radix_assets.raw.ingestion:convert:2:before", "raw/orders", False),
    ("radix_assets.profiles.stage:make_profile:2:after", "profile/orders", False),
    (f"{RECORD}:3:after", "relationships", True),
    ("radix_assets.features.stage:_write:1:before", "features", False),
    ("radix_assets.models.search:_Bench.run:2:after", "model", False),
    (f"{RECORD}:2:before", "champion", False),
    ("radix_assets.serving.deployment:make_endpoint:1:after", "endpoint", False),
]
"""Each is a new `radix run` of the same project, so that it continues where the previous one was killed."""


@pytest.fixture(scope="module")
def undisturbed(finished: Prepared) -> dict[str, dict[str, str]]:
    """Return the content of each asset of an undisturbed run, with another hash seed than the killed runs."""
    return finished.installation.content("shop")


def start(installation: Installation) -> None:
    files = write_shop(installation.data)
    installation.new("shop", *files, "--target", "orders.returned", "--accept", "auto")


def unfinished(installation: Installation) -> list[dg.DagsterRun]:
    with installation.instance() as instance:
        return list(instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)))


def referred(installation: Installation) -> set[str]:
    records = (installation.home.store / "commits").rglob("*.json")
    return {json.loads(record.read_text())["directory"] for record in records}


@pytest.mark.extended
def test_a_run_killed_repeatedly_reaches_the_same_end(
    installation: Installation, undisturbed: dict[str, dict[str, str]]
):
    start(installation)
    for where, asset, published in KILLS:
        installation.killed(where, "run", "shop", "--json")
        assert len(unfinished(installation)) == 1, f"the run killed at {where} was not reported by the next one"
        installation.verify()
        visible = installation.content("shop")
        assert (asset in visible) is published, where
        assert visible.items() <= undisturbed.items(), where
        (project,) = installation.radix("status", "--json", expect=None).json["projects"]
        assert project["state"] == "stale", where
    last = installation.radix("run", "shop", "--json").json
    assert last["state"] == "done"
    assert installation.content("shop") == undisturbed
    assert installation.verify() == len(undisturbed)
    assert unfinished(installation) == []
    assert last["model"]["version"] == "1", "a model that was registered before the kill is not registered again"
    assert httpx.get(f"{last['endpoint']}/health", timeout=60).status_code == 200

    runs = installation.runs()
    again = installation.radix("run", "shop", "--json").json
    assert set(states(again).values()) == {"fresh"}
    assert installation.runs() == runs


@pytest.mark.extended
def test_a_run_that_is_stopped_says_so_and_the_next_one_goes_on(
    installation: Installation, undisturbed: dict[str, dict[str, str]]
):
    start(installation)
    stops = [
        (signal.SIGINT, "radix_assets.raw.ingestion:convert:2:before"),
        (signal.SIGTERM, "radix_assets.models.search:_Bench.run:2:before"),
    ]
    for number, where in stops:
        stopped = installation.stopped(number, where, "run", "shop", "--json")
        assert stopped.json == {"project": "shop", "state": "interrupted", "signal": number.name}
        assert f"stopped by {number.name}; nothing is half-written, and `radix run shop` continues" in stopped.err
        assert unfinished(installation) == []
        installation.verify()
        assert installation.content("shop").items() <= undisturbed.items()
    (project,) = installation.radix("status", "--json", expect=None).json["projects"]
    assert (project["state"], project["log"]["failed_today"], project["log"]["unfinished"]) == ("stale", 0, 0)
    assert installation.radix("run", "shop", "--json").json["state"] == "done"
    assert installation.content("shop") == undisturbed


@pytest.mark.extended
def test_a_snapshot_that_was_never_recorded_is_invisible(
    installation: Installation, undisturbed: dict[str, dict[str, str]]
):
    start(installation)
    installation.killed(f"{RECORD}:1:before", "run", "shop", "--json")
    snapshots = {
        str(path.parent.relative_to(installation.home.store))
        for path in (installation.home.store / "snapshots").rglob(".snapshot")
    }
    assert len(snapshots) == 1
    assert referred(installation) == set()
    (project,) = installation.radix("status", "--json", expect=None).json["projects"]
    assert {asset["version"] for asset in project["assets"]} == {None}
    done = installation.radix("run", "shop", "--json").json
    assert states(done)["raw/customers"] == "made"
    assert snapshots <= referred(installation), "the same content is placed in the same directory"
    assert installation.content("shop") == undisturbed


@pytest.mark.extended
def test_a_damaged_snapshot_would_be_noticed(installation: Installation, tmp_path: Path):
    """The check that the other tests rely on detects damage."""
    start(installation)
    installation.killed("radix_assets.profiles.stage:make_profile:1:before", "run", "shop", "--json")
    assert installation.verify() == 3
    file = next((installation.home.store / "snapshots").rglob("data.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(AssertionError):
        installation.verify()
