"""Each version of an asset is computed and committed once, however many processes materialize it."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from toy import Toy

from radix_assets.orchestration.local_run import Report, run
from radix_resources.home import Home

pytestmark = pytest.mark.slow

PROCESSES = 8
PATIENCE = 300


@pytest.mark.parametrize("rounds", [8, pytest.param(200, marks=pytest.mark.extended)])
def test_processes_publish_each_version_once_and_a_cancelled_one_blocks_no_other(
    rounds: int, home: Home, instance: dg.DagsterInstance
):
    folder = home.state.parent
    script = [sys.executable, str(Path(__file__).parents[1] / "racing.py"), str(folder), str(PROCESSES), str(rounds)]
    done = subprocess.run(script, capture_output=True, text=True, check=False, timeout=2 * PATIENCE)
    assert done.returncode == 0, done.stderr[-3000:]
    ended = json.loads(done.stdout.splitlines()[-1])
    assert sorted(ended, key=bool)[:-1] == [0] * (PROCESSES - 1), done.stderr[-3000:]
    assert max(ended, key=bool) != 0, "one was cancelled"
    statuses = Counter(found.status for found in instance.get_runs())
    assert statuses == {dg.DagsterRunStatus.SUCCESS: PROCESSES - 1, dg.DagsterRunStatus.CANCELED: 1}

    history = Toy(home).tools.storage.history("toy/raw/a")
    assert [commit.sequence for commit in history] == list(range(1, rounds + 2))
    assert [commit.shown["shown"]["value"]["text"] for commit in history] == [
        f"**round {number}**" for number in range(rounds + 1)
    ]
    computed = Counter((folder / "computed").read_text().splitlines())
    with_claims = {f"round {number}": 1 for number in range(rounds // 2)}
    assert {name: computed[name] for name in with_claims} == with_claims
    assert computed[f"round {rounds}"] == 2, "once without success, and once by one of the waiting processes"
    assert not list((home.store / "tmp").glob("*/*"))


@pytest.fixture
def terminable() -> Iterator[None]:
    """Restore SIGTERM: children of a thread inherit that it is ignored, and Dagster waits 30 s for each log tail."""
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("terminable")
def test_threads_of_one_process_compute_it_once(home: Home, instance: dg.DagsterInstance):
    toy = Toy(home)
    project = toy.project
    reports: list[Report] = []

    def make() -> None:
        reports.append(run(project, toy.tools, instance, lambda *_: None, toy.stages))

    for version in ("1", "7"):
        toy.source["a"] = version
        threads = [threading.Thread(target=make, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert toy.read("end") == f"{version}+2!"
    assert [report.state for report in reports] == ["done"] * 8
    assert sorted(key for report in reports for key in report.made) == sorted(f"toy/{name}" for name in toy.computed)
    assert Counter(toy.computed) == {"raw/a": 2, "raw/b": 1, "sum": 2, "gate": 2, "end": 2}
