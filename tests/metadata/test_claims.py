"""What every metadata backend promises of claims."""

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from radix_resources.errors import ConfigError, MetadataError
from radix_resources.metadata import Metadata, metadata_of

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


def test_a_name_has_one_holder_at_a_time(metadata: Metadata) -> None:
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


def test_who_waits_gets_it_when_it_is_free(metadata: Metadata) -> None:
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


def test_a_killed_holder_holds_nothing(address: str, metadata: Metadata, tmp_path: Path) -> None:
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


def test_a_broken_connection_has_lost_its_claim(postgresql: tuple[str, Path], tmp_path: Path) -> None:
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


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    metadata = metadata_of("postgresql://radix:s3cr3t%21@127.0.0.1:9/radix", tmp_path)
    with pytest.raises(MetadataError) as caught:
        metadata.check()
    assert caught.value.code == "RDX-MET-001"
    assert caught.value.transient
    assert "s3cr3t" not in str(caught.value)


def test_another_kind_of_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RDX-MET-002"):
        metadata_of("mysql://host/radix", tmp_path)
