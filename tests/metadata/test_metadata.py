"""The contract of every metadata backend."""

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from psycopg2.extensions import cursor

from radix_resources.action_log.log import record
from radix_resources.action_log.reading import Filter, entries
from radix_resources.action_log.schema import Action
from radix_resources.errors import ConfigError, CredentialError, MetadataError
from radix_resources.home import Home
from radix_resources.machines.worker import DAEMON, Worker
from radix_resources.metadata import postgresql as postgresql_metadata
from radix_resources.metadata.base import DRIVER_VARIABLE, VARIABLE, Metadata
from radix_resources.metadata.choice import metadata_of

SPAWN = multiprocessing.get_context("spawn")
PATIENCE = 30


@pytest.fixture(params=["local", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "local" else str(request.getfixturevalue("postgresql")[0])


@pytest.fixture
def metadata(address: str, tmp_path: Path) -> Metadata:
    return metadata_of(address, tmp_path)


def hold_for_long(address: str, state: Path) -> None:
    with metadata_of(address, state).claims.hold("step shop/model") as claim:
        (state / "held" if claim else state / "not held").touch()
        time.sleep(PATIENCE)


def wait_for(path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_name_is_claimed_by_one_holder_at_a_time(metadata: Metadata) -> None:
    claims = metadata.claims
    with claims.hold("step a") as first, claims.hold("step b") as other, claims.hold("step a") as second:
        assert first
        assert other
        assert second is None
        assert first.holds()
        assert claims.is_held("step a")
        assert not claims.is_held("step c")
    assert not claims.is_held("step a")
    with claims.hold("step a") as again:
        assert again


def test_a_claim_is_free_when_it_was_released_although_the_server_still_has_the_session(
    postgresql: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        """A session that the server has not ended yet although it was closed."""

        def __init__(self, session: Any) -> None:
            self.session, self.cursor = session, session.cursor

        def close(self) -> None:
            left.append(self.session)

    left: list[Any] = []
    connect = postgresql_metadata._connect
    claims = metadata_of(postgresql[0], tmp_path).claims
    monkeypatch.setattr(postgresql_metadata, "_connect", lambda address: Slow(connect(address)))
    with claims.hold("step a") as claim:
        assert claim
    assert not claims.is_held("step a")
    with claims.hold("step a") as again:
        assert again
    for session in left:
        session.close()


def test_a_waiting_caller_gets_the_claim_when_it_is_free(metadata: Metadata) -> None:
    order: list[str] = []

    def second() -> None:
        with metadata.claims.hold("step a", wait=True) as claim:
            order.append("second" if claim else "none")

    with metadata.claims.hold("step a"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.5)
        order.append("first")
    waiting.join(PATIENCE)
    assert order == ["first", "second"]


def test_the_claim_of_a_killed_holder_is_free(address: str, metadata: Metadata, tmp_path: Path) -> None:
    process = SPAWN.Process(target=hold_for_long, args=(address, tmp_path))
    process.start()
    wait_for(tmp_path / "held")
    with metadata.claims.hold("step shop/model") as claim:
        assert claim is None
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with metadata.claims.hold("step shop/model", wait=True) as claim:
        assert claim


def test_a_broken_connection_loses_its_claim(postgresql: tuple[str, Path], tmp_path: Path) -> None:
    import psycopg2

    metadata = metadata_of(postgresql[0], tmp_path)
    with metadata.claims.hold("step a") as claim:
        assert claim
        session = psycopg2.connect(postgresql[0])
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        session.close()
        assert not claim.holds()
    assert not metadata.claims.is_held("step a")


@pytest.fixture
def few(postgresql: tuple[str, Path]) -> Iterator[str]:
    """Yield the address of a separate database whose user gets at most six connections at a time."""
    import psycopg2

    with contextlib.closing(psycopg2.connect(postgresql[0])) as session, session.cursor() as asking:
        session.autocommit = True
        asking.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 6")
        asking.execute("CREATE DATABASE crowd OWNER few")
        yield postgresql[0].replace("postgres:@", "few:@").replace("/postgres?", "/crowd?")
        until = time.monotonic() + PATIENCE
        while connections(asking):
            assert time.monotonic() < until, "a connection is left behind"
            time.sleep(0.1)
        asking.execute("DROP DATABASE crowd")
        asking.execute("DROP ROLE few")


def connections(asking: cursor) -> int:
    """Return the number of connections of the limited user."""
    asking.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'few'")
    (count,) = asking.fetchone() or (0,)
    return int(count)


def test_a_caller_waits_for_a_free_connection(few: str, tmp_path: Path) -> None:
    metadata, held = metadata_of(few, tmp_path), []

    def hold() -> None:
        with metadata.claims.hold("step a", wait=True) as claim:
            held.append(bool(claim and claim.holds()))

    with contextlib.ExitStack() as all_of_them:
        for number in range(6):
            all_of_them.enter_context(metadata.claims.hold(f"run {number}"))
        threads = [threading.Thread(target=hold) for _ in range(9)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        assert held == []
    for thread in threads:
        thread.join(2 * PATIENCE)
    assert held == [True] * 9


def test_if_no_connection_becomes_free_a_coded_error_is_raised(
    few: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_metadata, "_QUEUE_SECONDS", 0.5)
    metadata = metadata_of(few, tmp_path)
    with contextlib.ExitStack() as all_of_them:
        for number in range(6):
            all_of_them.enter_context(metadata.claims.hold(f"run {number}"))
        with pytest.raises(MetadataError, match="RDX-MET-006") as caught:
            metadata.claims.is_held("run 0")
    assert caught.value.transient
    assert metadata.claims.is_held("run 0") is False


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Dagster's own, as it opens its storage
def test_a_machine_without_a_connection_reports_it_and_continues_when_one_is_free(
    few: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, few)
    monkeypatch.setenv(DRIVER_VARIABLE, "")
    monkeypatch.setattr(postgresql_metadata, "_QUEUE_SECONDS", 0.5)
    shared = Home.from_environment()
    shared.prepare()
    claims = shared.metadata.claims
    with dg.DagsterInstance.get() as instance:
        worker = Worker(instance, claims, name="one", slots=1, environment={}, code_location="nothing.to.load")
        with contextlib.ExitStack() as others:
            for name in [DAEMON, *(f"run {number}" for number in range(5))]:
                others.enter_context(claims.hold(name))
            with pytest.raises(MetadataError, match="RDX-MET-006"):
                worker.turn()
        with claims.hold(DAEMON, wait=True):
            worker.turn()
        worker.close()


@pytest.mark.slow
def test_runs_that_use_all_connections_wait_or_end_with_a_code_and_continue_afterwards(
    few: str, tmp_path: Path
) -> None:
    script = [sys.executable, str(Path(__file__).parents[1] / "crowd.py"), str(tmp_path), "4"]
    crowd = subprocess.run(
        script, env={**os.environ, "RADIX_METADATA": few}, capture_output=True, text=True, check=False, timeout=300
    )
    assert crowd.returncode == 0, crowd.stderr[-3000:]
    assert "too many connections" in crowd.stderr, "otherwise the fault did not occur"
    first, *at_once, last = json.loads(crowd.stdout.splitlines()[-1])
    assert set(at_once) <= {"done", "failed", "RDX-MET-006 True"}, crowd.stderr[-3000:]
    assert (first, last) == ("done", "done"), "the next run does the rest"


def test_a_database_that_does_not_answer_is_reported_without_its_password(tmp_path: Path) -> None:
    metadata = metadata_of("postgresql://radix:s3cr3t%21@127.0.0.1:9/radix", tmp_path)
    with pytest.raises(MetadataError) as caught:
        metadata.check()
    assert caught.value.code == "RDX-MET-001"
    assert caught.value.transient
    assert "s3cr3t" not in str(caught.value)


def test_an_address_may_refer_to_a_credential_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path, tmp_path / "projects", address="postgresql://radix:${RADIX_DB}@127.0.0.1:1/radix")
    monkeypatch.delenv("RADIX_DB", raising=False)
    with pytest.raises(CredentialError, match="RDX-CRD-001"):
        _ = home.metadata
    monkeypatch.setenv("RADIX_DB", "a b@c")
    assert home.metadata.environment()["RADIX_METADATA"] == "postgresql://radix:a%20b%40c@127.0.0.1:1/radix"


def test_another_kind_of_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RDX-MET-002"):
        metadata_of("mysql://host/radix", tmp_path)


@dg.asset(key=["shop", "raw", "orders"])
def orders() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"radix/version": 3})


def test_records_of_dagster_are_read_the_same_without_importing_it(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home", tmp_path / "projects", address=address)
    for name, value in home.environment().items():
        monkeypatch.setenv(name, value)
    home.prepare()
    with home.metadata.tables() as tables:
        assert list(entries(tables, Filter())) == [], "Dagster has created no tables yet"
    with dg.DagsterInstance.get() as instance, home.metadata.tables() as tables:
        for project in ("shop", "bank"):
            subject = f"{project}/champion"
            record(instance, home, Action(kind="promote", subject=subject, project=project, actor="ada", outcome="ok"))
        for tags in ({}, {"radix/actor": "sensor"}):
            dg.materialize([orders], instance=instance, tags=tags)
        everything = list(entries(tables, Filter()))
        assert [entry.action.actor for entry in everything] == ["sensor", "a person in the UI", "ada", "ada"]
        last = everything[0].timestamp
        for query in (Filter(), Filter(project="shop"), Filter(subject="shop/raw/orders"), Filter(since=last - 0.001),
                       Filter(until=last), Filter(since=last)):  # fmt: skip
            assert list(entries(tables, query)) == list(entries(instance, query))
        assert len(list(entries(tables, Filter(project="shop")))) == 3
