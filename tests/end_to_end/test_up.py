"""`radix up`: the UI answers, and the sensors run a project by themselves."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import psutil
import pytest
from driving import Installation
from little_shop import write_shop
from ports import free_port

pytestmark = pytest.mark.slow
PATIENCE = 240
"""Seconds after which a test fails; no test asserts how long something takes."""


def wait_until(holds: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"timed out: {what}"
        time.sleep(1)


def ask(port: int, query: str, **variables: object) -> dict:  # type: ignore[type-arg]
    body = json.dumps({"query": query, "variables": variables}).encode()
    kind = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, kind)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own address
            return json.loads(answer.read()).get("data") or {}
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return {}


@pytest.fixture
def served(installation: Installation, request: pytest.FixtureRequest) -> Iterator[int]:
    """Yield the port of a running UI over a project; end it by SIGTERM, or by the signal that is given for the test."""
    installation.new("shop", *write_shop(installation.data), "--target", "orders.returned")
    port = free_port()
    command = [sys.executable, "-m", "radix_assets.cli", "up", "--port", str(port)]
    with (installation.folder / "up.log").open("w") as log:
        up = subprocess.Popen(
            command,
            env=installation.environment,
            stdout=log,
            stderr=log,
            # A process that a shell started in the background ignores Ctrl-C, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 it does nothing else
        )
    tree = []
    try:
        wait_until(lambda: ask(port, "{ version }"), "the UI answers")
        tree = psutil.Process(up.pid).children(recursive=True)
        yield port
    finally:
        up.send_signal(getattr(request, "param", signal.SIGTERM))
        up.wait(timeout=PATIENCE)
        _, left = psutil.wait_procs(tree, timeout=PATIENCE)
        assert left == []


def test_sensors_take_a_project_to_the_gate_and_after_approval_to_the_end(installation: Installation, served: int):
    sensors = '{ sensorsOrError(repositorySelector: {repositoryName: "__repository__", repositoryLocationName: "%s"}) { ... on Sensors { results { name sensorState { status } } } } }'  # noqa: E501 one query
    found = ask(served, sensors % "radix_assets.definitions")["sensorsOrError"]["results"]
    assert {one["name"]: one["sensorState"]["status"] for one in found} == dict.fromkeys(
        ["source_data", "edited_tags", "materialize_stale", "idle_endpoints"], "RUNNING"
    )
    wait_until(installation.tags_file("shop").exists, "the first round ends at the gate")
    assert installation.radix("status", "shop", "--json", expect=2).json["projects"][0]["state"] == "waiting"
    installation.radix("tags", "shop", "--confirm")
    report = installation.home.store / "commits" / "shop" / "report"
    wait_until(report.exists, "the second round ends with the report")
    runs = ask(served, "{ runsOrError { ... on Runs { results { status tags { key value } } } } }")["runsOrError"]
    assert len(runs["results"]) >= 2
    wait_until(
        lambda: installation.radix("status", "shop", "--json", expect=None).json["projects"][0]["state"] == "done",
        "all is up to date",
    )


LAUNCH = """
mutation ($execution: ExecutionParams!) {
  launchRun(executionParams: $execution) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on RunConfigValidationInvalid { errors { message } }
    ... on PythonError { message }
  }
}
"""


def launch(port: int, key: list[str], config: dict[str, object]) -> None:
    """Materialize one asset with the content of the launchpad, as the button does; wait for its success."""
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "radix_assets.definitions",
        "jobName": "__ASSET_JOB",
        "assetSelection": [{"path": key}],
    }
    ops = {"ops": {"__".join(key): {"config": config}}} if config else {}
    done = ask(port, LAUNCH, execution={"selector": selector, "runConfigData": ops})["launchRun"]
    assert done["__typename"] == "LaunchRunSuccess", done
    status = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"

    def ended() -> bool:
        found = ask(port, status, run=done["run"]["runId"]).get("runOrError", {}).get("status")
        assert found != "FAILURE"
        return found == "SUCCESS"

    wait_until(ended, f"the run of {key} succeeds")


@pytest.mark.extended
@pytest.mark.parametrize("served", [signal.SIGINT], indirect=True)
def test_the_launchpad_of_the_tags_corrects_and_confirms_them(installation: Installation, served: int):
    wait_until(installation.tags_file("shop").exists, "the first round ends at the gate")
    launch(served, ["shop", "raw", "orders"], {})
    edits = {
        "target": "orders.days > 5.5",
        "columns": {"orders.express": {"role": "ignore"}},
        "confirm": True,
        "by": "Ada",
    }
    launch(served, ["shop", "tags"], edits)
    text = installation.tags_file("shop").read_text()
    for line in ("confirmed: true", "confirmed_by: Ada", "target: orders.days > 5.5", "express: {role: ignore"):
        assert line in text
    assert "tags" in installation.content("shop")
    result = installation.radix("log", "shop", "--json", "--limit", "1000").json
    assert {(one["what"], one["subject"], one["outcome"]) for one in result} >= {("tag", "shop/tags", "ok")}
