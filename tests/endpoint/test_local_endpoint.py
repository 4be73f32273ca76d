import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from radix_resources.endpoint.local import LocalEndpoint
from radix_resources.endpoint.manifest import EndpointManifest
from radix_resources.endpoint.state import with_uptime
from radix_resources.errors import ServingError
from radix_resources.processes import is_running, started_at

PATIENCE = 240.0
"""Seconds after which a test fails; no test asserts how long something takes."""


def manifest(version, how="", files=None):
    server = str(Path(__file__).with_name("small_server.py"))
    return EndpointManifest(version=version, command=[sys.executable, "-S", server, version, how], files=files or {})


def get(address, path="/", patience=PATIENCE):
    with urllib.request.urlopen(address + path, timeout=patience) as answer:  # noqa: S310 a loopback address
        return json.load(answer)


def eventually(holds):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def endpoint(tmp_path):
    local = LocalEndpoint(root=str(tmp_path / "endpoints"), start_seconds=30)
    yield local
    for deployed in local.list():
        local.release(deployed.project)


def supervisor_of(endpoint, project):
    return json.loads(Path(endpoint.root, project, "endpoint.json").read_text())["supervisor"]


def pid_now(endpoint):
    now = endpoint.inspect("shop")
    return now.pid if now.state == "running" else None


def test_a_deployed_endpoint_answers_and_is_found_again(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    assert (deployed.state, deployed.version) == ("running", "1")
    assert get(deployed.address)["pid"] == deployed.pid
    assert endpoint.inspect("shop") == deployed
    assert list(endpoint.list()) == [deployed]


def test_the_time_of_an_endpoint_is_counted_across_a_stop_and_a_kill(endpoint):
    assert endpoint.uptime("shop") == {}
    deployed = endpoint.deploy("shop", manifest("1"))
    assert eventually(lambda: sum(endpoint.uptime("shop").values()) > 0.5)
    endpoint.stop("shop")
    stopped = endpoint.uptime("shop")
    time.sleep(1.2)
    assert endpoint.uptime("shop") == stopped, "a stopped endpoint costs nothing"
    endpoint.start("shop")
    assert eventually(lambda: sum(endpoint.uptime("shop").values()) > sum(stopped.values()) + 1)
    os.kill(supervisor_of(endpoint, "shop"), signal.SIGKILL)
    assert eventually(lambda: endpoint.inspect("shop").state == "failed")
    killed = sum(endpoint.uptime("shop").values())
    endpoint.start("shop")
    assert sum(endpoint.uptime("shop").values()) >= killed
    assert deployed.version == endpoint.inspect("shop").version


def test_a_time_that_spans_months_is_divided_among_them():
    begin = datetime(2029, 12, 31, 23, tzinfo=UTC).timestamp()
    found = with_uptime({"2029-12": 1.0}, begin, begin + 3600 + 31 * 86400 + 60)
    assert found == {"2029-12": 3601.0, "2030-01": 31 * 86400.0, "2030-02": 60.0}


def test_deploying_the_same_version_again_changes_nothing(endpoint):
    first = endpoint.deploy("shop", manifest("1"))
    assert endpoint.deploy("shop", manifest("1")) == first


def test_a_new_version_takes_over_at_the_same_address_without_a_refused_request(endpoint):
    first = endpoint.deploy("shop", manifest("1"))
    seen, failures, done = [], [], threading.Event()

    def ask():
        while not done.is_set():
            try:
                seen.append(get(first.address)["version"])
            except (OSError, urllib.error.URLError) as error:
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    second = endpoint.deploy("shop", manifest("2"))
    until = len(seen) + 20
    assert eventually(lambda: len(seen) > until)
    done.set()
    thread.join()
    assert failures == []
    assert (seen[0], seen[-1]) == ("1", "2")
    assert second.address == first.address
    assert eventually(lambda: started_at(first.pid) is None), "the old server must end"


@pytest.mark.parametrize(
    ("how", "reason"), [("broken", "the model is upside down"), ("never-ready", "not ready after 1 seconds")]
)
def test_a_version_that_does_not_start_leaves_the_old_one_serving(endpoint, how, reason):
    first = endpoint.deploy("shop", manifest("1"))
    hasty = LocalEndpoint(root=endpoint.root, start_seconds=1 if how == "never-ready" else 30)
    with pytest.raises(ServingError) as caught:
        hasty.deploy("shop", manifest("2", how))
    assert caught.value.code == "RDX-SRV-008"
    assert reason in str(caught.value)
    assert endpoint.inspect("shop") == first
    assert get(first.address)["version"] == "1"


def test_a_first_version_that_does_not_start_leaves_nothing_running(endpoint):
    with pytest.raises(ServingError, match="RDX-SRV-008"):
        endpoint.deploy("shop", manifest("1", "broken"))
    supervisor = supervisor_of(endpoint, "shop")
    assert eventually(lambda: started_at(supervisor) is None)
    assert endpoint.inspect("shop").state == "failed"
    assert endpoint.deploy("shop", manifest("2")).version == "2", "a later good version starts"


def test_a_missing_program_is_reported(endpoint):
    broken = manifest("1").model_copy(update={"command": ["/no/such/program"]})
    with pytest.raises(ServingError, match="RDX-SRV-008") as caught:
        endpoint.deploy("shop", broken)
    assert "/no/such/program cannot be run" in str(caught.value)


def test_a_file_with_one_flipped_byte_is_refused(endpoint, tmp_path):
    model = tmp_path / "model.bin"
    model.write_bytes(b"good model")
    files = {str(model): hashlib.sha256(b"good model").hexdigest()}
    first = endpoint.deploy("shop", manifest("1", files=files))
    model.write_bytes(b"gOod model")
    with pytest.raises(ServingError, match="RDX-SRV-008") as caught:
        endpoint.deploy("shop", manifest("2", files=files))
    assert caught.value.context["cause"] == "RDX-SRV-007"
    assert get(first.address)["version"] == "1"


def test_a_killed_server_comes_back_every_time_with_the_last_good_version(endpoint):
    endpoint.deploy("shop", manifest("1"))
    deployed = endpoint.deploy("shop", manifest("2"))
    with pytest.raises(ServingError):
        endpoint.deploy("shop", manifest("3", "broken"))
    pid = deployed.pid
    for _ in range(3):
        os.kill(pid, signal.SIGKILL)
        answer = get(deployed.address)
        assert answer["version"] == "2"
        assert answer["pid"] != pid
        pid = answer["pid"]
    assert eventually(lambda: endpoint.inspect("shop").state == "running")
    assert endpoint.inspect("shop").restarts == 3


def test_requests_wait_while_a_crashed_server_comes_back(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    with pytest.raises((OSError, urllib.error.URLError)):
        get(deployed.address, "/crash")
    assert get(deployed.address)["version"] == "1"


def test_the_servers_end_with_a_killed_supervisor_and_the_status_reports_it(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    os.kill(supervisor_of(endpoint, "shop"), signal.SIGKILL)
    assert eventually(lambda: started_at(deployed.pid) is None), "the orphan must die"
    assert eventually(lambda: endpoint.inspect("shop").state == "failed")
    assert endpoint.inspect("shop").pid is None
    again = endpoint.deploy("shop", manifest("1"))
    assert again.address == deployed.address
    assert get(again.address)["version"] == "1"


def test_a_stopped_endpoint_can_be_started(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    endpoint.stop("shop")
    assert endpoint.inspect("shop").state == "stopped"
    endpoint.stop("shop")
    started = endpoint.start("shop")
    assert (started.version, started.address, started.state) == ("1", deployed.address, "running")
    assert endpoint.start("other") is None


def test_an_idle_endpoint_stops_completely_by_itself(tmp_path):
    endpoint = LocalEndpoint(root=str(tmp_path), idle_seconds=0.5)
    deployed = endpoint.deploy("shop", manifest("1"))
    supervisor = supervisor_of(endpoint, "shop")
    assert eventually(lambda: started_at(supervisor) is None and started_at(deployed.pid) is None)
    stopped = endpoint.inspect("shop")
    assert (stopped.state, stopped.version) == ("stopped", "1")
    endpoint.release("shop")


def test_release_leaves_nothing_and_may_be_repeated(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    supervisor = supervisor_of(endpoint, "shop")
    for _ in range(2):
        endpoint.release("shop")
        assert endpoint.inspect("shop") is None
        assert started_at(deployed.pid) is None
        assert started_at(supervisor) is None
        assert list(Path(endpoint.root).iterdir()) == []


def test_a_removed_state_folder_ends_the_supervisor(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    folder = Path(endpoint.root, "shop")
    folder.rename(folder.with_name("elsewhere"))
    assert eventually(lambda: started_at(deployed.pid) is None)


def test_projects_have_distinct_addresses_and_a_taken_port_is_avoided(endpoint, tmp_path):
    other = LocalEndpoint(root=str(tmp_path / "other installation"))
    addresses = {endpoint.deploy("shop", manifest("1")).address, endpoint.deploy("bank", manifest("1")).address}
    try:
        addresses.add(other.deploy("shop", manifest("1")).address)
    finally:
        other.release("shop")
    assert len(addresses) == 3
    assert all(address.startswith("http://127.0.0.1:8") for address in addresses)


def test_a_recycled_pid_is_not_mistaken_for_the_server(endpoint):
    assert is_running(os.getpid(), started_at(os.getpid()))
    assert not is_running(os.getpid(), "1")
    assert not is_running(None, None)


def test_the_server_sees_no_credential(endpoint, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "canary-7261")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-7261")
    deployed = endpoint.deploy("shop", manifest("1"))
    names = get(deployed.address)["environment"]
    assert {"PATH", "GOMP_SPINCOUNT", "DO_NOT_TRACK"} <= set(names)
    assert not {"SHOP_PASSWORD", "AWS_SECRET_ACCESS_KEY"} & set(names)


def test_a_caller_with_pipes_does_not_hang(endpoint):
    program = (
        "from radix_resources.endpoint.local import LocalEndpoint\n"
        "from radix_resources.endpoint.manifest import EndpointManifest\n"
        f"manifest = EndpointManifest.model_validate_json({manifest('1').model_dump_json()!r})\n"
        f"print(LocalEndpoint(root={endpoint.root!r}).deploy('shop', manifest).state)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "running"
    assert endpoint.inspect("shop").state == "running"


def test_concurrent_deployers_agree(endpoint):
    outcomes = []
    threads = [
        threading.Thread(target=lambda v=str(v): outcomes.append(endpoint.deploy("shop", manifest(v))))
        for v in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.version for outcome in outcomes) == ["0", "1", "2"]
    assert len({outcome.address for outcome in outcomes}) == 1
    final = endpoint.inspect("shop")
    assert final.state == "running"
    assert get(final.address)["pid"] == final.pid


def test_the_log_keeps_its_newest_part_and_no_more(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    log = Path(endpoint.root, "shop", "endpoint.log")
    with log.open("ab") as stream:
        stream.write(b"x" * 1_000_001)
    assert eventually(lambda: log.stat().st_size < 1_000_000)
    assert log.with_name("endpoint.log.1").stat().st_size > 1_000_000
    assert get(deployed.address)["version"] == "1"


def test_a_killed_deployer_does_not_block_the_next_one(endpoint):
    program = (
        "from radix_resources.endpoint.local import LocalEndpoint\n"
        "from radix_resources.endpoint.manifest import EndpointManifest\n"
        f"manifest = EndpointManifest.model_validate_json({manifest('1', 'never-ready').model_dump_json()!r})\n"
        f"LocalEndpoint(root={endpoint.root!r}).deploy('shop', manifest)"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as deployer:
        assert eventually(lambda: Path(endpoint.root, "shop", "endpoint.json").exists())
        deployer.kill()
    assert endpoint.deploy("shop", manifest("2")).version == "2"


@pytest.mark.slow
def test_under_load_a_repeatedly_killed_server_answers_every_request_that_did_not_kill_it(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    done, answered, hung = threading.Event(), [], []

    def ask():
        while not done.is_set():
            try:
                answered.append(get(deployed.address)["version"])
            except (OSError, http.client.HTTPException) as error:  # of the server that was killed
                if isinstance(getattr(error, "reason", error), TimeoutError):
                    hung.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    pid = deployed.pid
    for _ in range(5):
        os.kill(pid, signal.SIGKILL)
        killed = pid
        assert eventually(lambda: (pid_now(endpoint) or killed) != killed), "it restarts"  # noqa: B023
        pid = pid_now(endpoint)
    before = len(answered)
    assert eventually(lambda: len(answered) > before + 20)
    done.set()
    for thread in threads:
        thread.join()
    assert set(answered) == {"1"}
    assert hung == []


@pytest.mark.slow
def test_a_server_that_hangs_is_replaced(endpoint):
    deployed = endpoint.deploy("shop", manifest("1"))
    with pytest.raises((OSError, urllib.error.URLError)):
        get(deployed.address, "/hang", patience=5)
    assert eventually(lambda: endpoint.inspect("shop").restarts == 1)
    time.sleep(0.1)
    assert eventually(lambda: endpoint.inspect("shop").state == "running")
