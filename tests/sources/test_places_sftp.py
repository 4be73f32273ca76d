"""Files of servers with SFTP, from an SSH server in this process."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from place_servers import SftpServer, sftp_server

from radix_assets.raw.convert import convert
from radix_assets.sources.kinds.base import SourceContext, TableNames
from radix_assets.sources.kinds.places import PlaceSource
from radix_assets.sources.places.access import Access
from radix_resources.credentials.lookup import Credentials
from radix_resources.credentials.memory import InMemory
from radix_resources.errors import RadixError

SECRET = "Qzx-sftp-secret"
CSV = b"id,name\n1,Ann\n2,Bob\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(tmp_path_factory.mktemp("sftp"), SECRET) as started:
        yield started


def write(server: SftpServer, name: str, content: bytes) -> None:
    path = server.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def context(folder: Path, server: SftpServer) -> SourceContext:
    secrets = {"PW": SECRET, "KEY": server.private_key, "WRONG": f"{SECRET}-wrong"}
    return SourceContext(folder, Credentials((InMemory(secrets),)), cache=folder / "cache")


def source_of(server: SftpServer, name: str, login: str = "reader:${PW}", **access: Any) -> PlaceSource:
    address = f"sftp://{login}@127.0.0.1:{server.port}/{name}"
    return PlaceSource(table="t", path=address, access=Access(**({"host_key": server.fingerprint} | access)))


def read(folder: Path, server: SftpServer, source: PlaceSource) -> pl.DataFrame:
    work = folder / f"raw_{len(list(folder.glob('raw_*')))}" / "staging"
    work.mkdir(parents=True)
    convert("t", source.read_table("t", work, context(folder, server)), work.parent)
    return pl.read_parquet(work.parent / "data.parquet")


def failure(folder: Path, server: SftpServer, source: PlaceSource) -> RadixError:
    with pytest.raises(RadixError) as caught:
        read(folder, server, source)
    text = str(caught.value) + repr(caught.value.attrs())
    assert SECRET not in text
    assert "PRIVATE" not in text
    return caught.value


def test_files_patterns_and_folders_are_read(server: SftpServer, tmp_path: Path):
    write(server, "in/orders.csv", CSV)
    for year in (2023, 2024):
        write(server, f"in/sales/year={year}/a.csv", b"id\n%d\n" % year)
    write(server, "in/.part.csv", b"half")
    (server.folder / "in" / "link.csv").symlink_to("orders.csv")
    (server.folder / "in" / "circle").symlink_to(".")
    assert read(tmp_path, server, source_of(server, "in/orders.csv")).height == 2
    assert read(tmp_path, server, source_of(server, "in/*.csv")).height == 4
    assert sorted(read(tmp_path, server, source_of(server, "in/sales/**/*.csv")).rows()) == [(2023, 2023), (2024, 2024)]
    options = f"?host_key={server.fingerprint}"
    for name, tables in {"in/sales": ["sales"], "in/": ["link", "orders"], "in/o*.csv": ["orders"]}.items():
        argument = f"sftp://reader:{SECRET}@127.0.0.1:{server.port}/{name}{options}"
        sources = PlaceSource.discover([argument], SourceContext(tmp_path), TableNames(str))
        assert [source.table for source in sources] == tables
        assert sources[0].path.startswith("sftp://reader:${127_0_0_1_PASSWORD}@127.0.0.1:")
        assert SECRET not in repr(sources)
    assert failure(tmp_path, server, source_of(server, "in/none.csv")).code == "RDX-SRC-001"
    assert failure(tmp_path, server, source_of(server, "none/*.csv")).code == "RDX-SRC-002"
    assert source_of(server, "in/*.csv").probe(context(tmp_path, server)).found.startswith("2 files may be read")


def test_a_private_key_logs_in_and_a_wrong_credential_is_refused(server: SftpServer, tmp_path: Path):
    write(server, "t.csv", CSV)
    by_key = source_of(server, "t.csv", "reader", credential="${KEY}")
    assert read(tmp_path, server, by_key).height == 2
    for source in (
        source_of(server, "t.csv", "reader:${WRONG}"),
        source_of(server, "t.csv", "other", credential="${KEY}"),
        source_of(server, "t.csv", "reader", credential="${PW}"),
    ):
        assert failure(tmp_path, server, source).code == "RDX-CRD-002"


def test_a_server_whose_key_is_not_stated_is_never_talked_to(server: SftpServer, tmp_path: Path):
    write(server, "t.csv", CSV)
    other = "SHA256:" + "A" * 43
    for keys in (None, other, [other]):
        error = failure(tmp_path, server, source_of(server, "t.csv", host_key=keys))
        assert error.code == "RDX-SRC-082"
        assert server.fingerprint in error.found
    assert read(tmp_path, server, source_of(server, "t.csv", host_key=[other, server.fingerprint])).height == 2
    with pytest.raises(ValueError, match="fingerprint"):
        source_of(server, "t.csv", host_key="any")


def test_a_broken_connection_is_resumed(server: SftpServer, tmp_path: Path):
    content = b"id,name\n" + b"".join(b"%d,name %d\n" % (number, number) for number in range(30_000))
    write(server, "large.csv", content)
    server.stop_after.append(300_000)
    assert failure(tmp_path, server, source_of(server, "large.csv", most_bytes=1000)).code == "RDX-SRC-081"
    assert read(tmp_path, server, source_of(server, "large.csv")).height == 30_000
    assert server.stop_after == []


def test_a_file_that_changes_is_never_mixed(server: SftpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from radix_assets.sources.places import sftp

    write(server, "race.csv", CSV)
    source = source_of(server, "race.csv")
    first = source.read_version("t", context(tmp_path, server))
    fetch = sftp.SftpPlace.fetch

    def changed(*arguments: Any) -> Any:
        write(server, "race.csv", CSV + b"3,Eve\n")
        return fetch(*arguments)

    monkeypatch.setattr(sftp.SftpPlace, "fetch", changed)
    error = failure(tmp_path, server, source)
    assert (error.code, error.transient) == ("RDX-SRC-011", True)
    monkeypatch.undo()
    assert source.read_version("t", context(tmp_path, server)) != first
    os.utime(server.folder / "race.csv", (1, 1))
    assert read(tmp_path, server, source).height == 3


def test_a_server_that_is_not_there_is_tried_again_later(server: SftpServer, tmp_path: Path):
    away = PlaceSource(table="t", path="sftp://reader@127.0.0.1:1/t.csv", access=Access(host_key=server.fingerprint))
    assert failure(tmp_path, server, away).code == "RDX-SRC-012"
    metadata = PlaceSource(table="t", path="sftp://reader@169.254.169.254/t.csv")
    assert failure(tmp_path, server, metadata).code == "RDX-SRC-051"
