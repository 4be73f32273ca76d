"""Two machines on one PostgreSQL and one folder: here, two state directories and two processes of one host."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import psutil
import pytest
from driving import Installation, states
from little_shop import write_shop

from radix_resources.home import Home
from radix_resources.machines.worker import MACHINE

pytestmark = pytest.mark.slow
PATIENCE = 240
"""Seconds after which a test fails; no test asserts how long something takes."""


def wait_until(holds: Callable[[], object], what: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"timed out: {what}\n{log.read_text()[-3000:]}"
        time.sleep(0.3)


@pytest.fixture
def address(postgresql: tuple[str, Path], tmp_path: Path) -> str:
    """Return the address of a separate database."""
    import psycopg2

    server, name = postgresql[0], f"radix_{abs(hash(tmp_path)):x}"
    session = psycopg2.connect(server)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    session.close()
    return (
        server.replace("/postgres?", f"/{name}?") if "/postgres?" in server else f"{server.rpartition('/')[0]}/{name}"
    )


@dataclass(frozen=True)
class Machine(Installation):
    """An installation that shares a database and a folder with others."""

    storage: Path = Path()
    address: str = ""

    @property
    def home(self) -> Home:
        return Home(self.folder / "home", self.storage / "projects", self.storage, self.address)

    @contextlib.contextmanager
    def joined(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run `radix join` in a separate session; kill it and its children at the end."""
        self.folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "radix_assets.cli", "join", "--name", self.folder.name]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            self.kill(process)

    @property
    def log(self) -> Path:
        return self.folder / "join.log"

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill without warning, like a power cut."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.send_signal(signal.SIGKILL)
        process.wait()

    def done(self) -> bool:
        shown = self.radix("status", "--json", expect=None).json["projects"]
        return {project["state"] for project in shown} == {"done"}

    def of(self) -> list[dg.DagsterRun]:
        with self.instance() as instance:
            return list(instance.get_runs())


@pytest.fixture
def machines(tmp_path: Path, address: str) -> Iterator[tuple[Machine, Machine]]:
    storage = tmp_path / "storage"
    both = tuple(Machine(tmp_path / name, storage=storage, address=address) for name in ("one", "two"))
    for machine in both:
        machine.folder.mkdir()
    yield both  # type: ignore[misc]
    for machine in both:
        machine.close()


@pytest.mark.extended
def test_the_work_of_a_dead_machine_is_finished_by_the_other_and_nothing_is_done_twice(
    machines: tuple[Machine, Machine],
) -> None:
    one, two = machines
    one.new("shop", *write_shop(one.data), "--target", "orders.returned", "--accept", "auto", trials=8)
    with two.joined() as dying:
        wait_until(lambda: "shop/features" in made_by(two), "features", two.log)
        two.kill(dying)
    cut_off = [run for run in one.of() if not run.is_finished]
    assert cut_off
    with one.joined():
        wait_until(one.done, "the project is done", one.log)
    ended = {run.run_id: run for run in one.of()}
    assert {ended[run.run_id].status for run in cut_off} == {dg.DagsterRunStatus.FAILURE}
    assert {run.tags.get(MACHINE) for run in ended.values()} >= {"one", "two"}
    assert made_by(one) == dict.fromkeys(made_by(one), 1)
    assert one.verify()
    seen = [states(machine.radix("status", "--json").json["projects"][0]) for machine in machines]
    assert seen[0] == seen[1]
    assert (one.storage / "mlflow").exists()
    assert not (one.storage / "mlflow" / "mlflow.db").exists()
    for machine in machines:
        assert machine.address not in (machine.home.state / "dagster.yaml").read_text()


@pytest.mark.extended
def test_two_concurrent_machines_run_no_step_twice(machines: tuple[Machine, Machine]) -> None:
    one, two = machines
    one.new("shop", *write_shop(one.data), "--target", "orders.returned", "--accept", "auto")
    with one.joined(), two.joined():
        by_hand = subprocess.Popen(
            [sys.executable, "-m", "radix_assets.cli", "run", "shop"], env=two.environment, stdout=subprocess.DEVNULL
        )
        wait_until(one.done, "the project is done", one.log)
        assert by_hand.wait(PATIENCE) == 0
    assert made_by(one) == dict.fromkeys(made_by(one), 1)


def made_by(machine: Machine) -> dict[str, int]:
    """Return how often each asset was computed: the versions in its commit records."""
    root = machine.home.store / "commits"
    return Counter(str(record.parent.relative_to(root)) for record in root.rglob("*.json"))


def test_joining_without_a_cluster_is_an_error(installation: Installation) -> None:
    result = installation.radix("join", expect=1)
    assert "RDX-MET-003" in result.err
    assert os.linesep in result.err
