"""Tables of a real MariaDB server."""
# ruff: noqa: DTZ001, S608 canonical timestamps are naive, in UTC; the statements have no input

import datetime as dt
import shutil
import subprocess
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pymysql
import pytest
from cursor_steps import follow
from ports import free_port

from radix_assets.raw.discovery import discover
from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_assets.sources.kinds.base import SourceContext
from radix_assets.sources.kinds.registry import parse_source
from radix_assets.sources.probes import probe
from radix_assets.sources.schema import ForeignKey
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import CredentialError, RadixError

PATIENCE = 120.0
PASSWORD = "s/e@KRET"
CREDENTIALS = Credentials([Environment()])
VALUES: list[tuple[str, str, Any]] = [
    ("tinyint", "-128", -128),
    ("bigint", "-9223372036854775808", -(2**63)),
    ("bigint unsigned", "18446744073709551615", Decimal(2**64 - 1)),
    ("int(5) zerofill", "42", 42),
    ("bool", "true", 1),
    ("bit(3)", "b'101'", 5),
    ("decimal(10, 2)", "1.5", Decimal("1.50")),
    ("decimal(60, 0)", "1" * 60, "1" * 60),
    ("float", "0.1", 0.1),
    ("float", "1234567.8", 1234567.8),
    ("double", "1e300", 1e300),
    ("year", "2024", 2024),
    ("date", "'9999-12-31'", dt.date(9999, 12, 31)),
    ("datetime(6)", "'2024-02-03 04:05:06.789012'", dt.datetime(2024, 2, 3, 4, 5, 6, 789012)),
    ("timestamp NULL", "'2024-02-03 04:05:06'", dt.datetime(2024, 2, 3, 4, 5, 6)),
    ("time(3)", "'23:59:59.5'", dt.time(23, 59, 59, 500000)),
    ("time", "'-25:00:00'", "-25:00:00"),
    ("char(4)", "'ab'", "ab"),
    ("varchar(10)", "'007'", "007"),
    ("longtext", "'é😀\"x'", 'é😀"x'),
    ("enum('a', 'b')", "'b'", "b"),
    ("set('a', 'b')", "'a,b'", "a,b"),
    ("json", "'{\"a\":1}'", '{"a":1}'),
    ("binary(4)", "'ab'", "61620000"),
    ("blob", "x'00ff'", "00ff"),
    ("point", "ST_GeomFromText('POINT(1 2)')", "POINT(1 2)"),
    ("uuid", "'11111111-1111-1111-1111-111111111111'", "11111111-1111-1111-1111-111111111111"),
    ("inet6", "'::1'", "::1"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server with the database `shop`; yield the address of its root user."""
    install, daemon = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    if not install or not daemon:
        pytest.skip("mariadb-server is not installed")
    folder, port = tmp_path_factory.mktemp("maria"), free_port()
    own = [f"--datadir={folder}/data", "--no-defaults", "--user=root"]
    options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([install, own[1], own[0], own[2], *options], check=True, capture_output=True)
    started = [daemon, own[1], own[0], own[2], f"--socket={folder}/s", f"--port={port}", "--bind-address=127.0.0.1"]
    small = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"]
    with subprocess.Popen([*started, *small], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + PATIENCE
        while not (folder / "s").exists():
            assert process.poll() is None
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)
        address = f"mysql://root@127.0.0.1:{port}/shop"
        run(address.replace("/shop", "/"), "CREATE DATABASE shop CHARACTER SET utf8mb4")
        yield address
        process.terminate()


def run(address: str, *statements: str) -> None:
    port, _, database = address.rpartition(":")[2].partition("/")
    connection = pymysql.connect(
        host="127.0.0.1", port=int(port), user="root", database=database or None, autocommit=True
    )
    with connection.cursor() as cursor:
        for statement in ("SET sql_mode = ''", *statements):
            cursor.execute(statement)
    connection.close()


def read(address: str, out: Path) -> dict[str, TableRead | TableUnread]:
    tables = list(read_source(address, out, CREDENTIALS))
    return {table.schema.table if isinstance(table, TableRead) else table.table: table for table in tables}


def test_every_type_is_read_without_loss(server: str, tmp_path: Path):
    run(
        server,
        f"CREATE TABLE every ({', '.join(f'c{n} {kind}' for n, (kind, *_) in enumerate(VALUES))})",
        f"INSERT INTO every VALUES ({', '.join(value for _, value, _ in VALUES)})",
        f"INSERT INTO every VALUES ({', '.join(['NULL'] * len(VALUES))})",
    )
    source = parse_source({"database": server, "tables": ["every"]})
    frame = pl.read_parquet(source.read_table("every", tmp_path, SourceContext(tmp_path, CREDENTIALS)).path)
    for number, (kind, _, expected) in enumerate(VALUES):
        assert frame[f"c{number}"].to_list() == [expected, None], kind


def test_new_and_changed_rows_are_read_by_a_cursor(server: str, tmp_path: Path):
    follow(lambda *statements: run(server, *statements), {"database": server}, tmp_path, "datetime(6)")


def test_keys_odd_names_broken_views_and_dates_that_are_none(server: str, tmp_path: Path):
    run(
        server,
        'CREATE TABLE `odd ``n``; drop` (`a b` int, `c"d` int)',
        "CREATE TABLE dates (id int PRIMARY KEY, day date, at datetime)",
        "INSERT INTO dates VALUES (2, '2024-01-01', NULL), (1, '0000-00-00', '2024-00-10 00:00:00')",
        "CREATE TABLE parent (x int, y int COMMENT 'the y', PRIMARY KEY (y, x)) COMMENT 'parents'",
        "CREATE TABLE child (id int PRIMARY KEY, code varchar(5) NOT NULL UNIQUE, px int, py int, boss int,"
        " FOREIGN KEY (py, px) REFERENCES parent (y, x), FOREIGN KEY (boss) REFERENCES child (id))",
        "CREATE TABLE gone (a int)",
        "CREATE VIEW broken AS SELECT a FROM gone",
        "DROP TABLE gone",
        "CREATE TABLE blobs (id int, b blob)",
        "INSERT INTO blobs VALUES (1, repeat('x', 100))",
    )
    tables = read(server, tmp_path)
    broken = tables.pop("broken")
    assert isinstance(broken, TableUnread)
    assert broken.error.code == "RDX-SRC-016"
    schemas = {name: table.schema for name, table in tables.items() if isinstance(table, TableRead)}
    assert [column.name for column in schemas["odd `n`; drop"].columns] == ["a b", 'c"d']
    assert sorted(schemas["child"].declared.foreign_keys, key=lambda link: link.columns) == [
        ForeignKey(columns=["boss"], parent="child", parent_columns=["id"]),
        ForeignKey(columns=["py", "px"], parent="parent", parent_columns=["y", "x"]),
    ]
    assert schemas["child"].declared.unique == [["code"]]
    parent = schemas["parent"].declared
    assert (parent.primary_key, parent.comment, parent.comments) == (["y", "x"], "parents", {"y": "the y"})
    frame = pl.read_parquet(tmp_path / "dates.parquet")
    assert frame.rows() == [(1, None, None), (2, dt.date(2024, 1, 1), None)]
    rejects = pl.read_parquet(tmp_path / "dates.rejects.parquet")
    assert rejects.select("row", "column", "text").rows() == [
        (1, "at", "2024-00-10 00:00:00"),
        (1, "day", "0000-00-00"),
    ]
    assert [warning.code for warning in schemas["blobs"].warnings] == ["bytes_left_out"]


def test_tables_are_read_as_of_one_moment_and_the_version_follows_the_rows(server: str, tmp_path: Path):
    run(server, "CREATE TABLE a AS SELECT 1 AS n", "CREATE TABLE b AS SELECT 1 AS n")
    source = parse_source({"database": server, "tables": ["a", "b"]})
    context = SourceContext(tmp_path, CREDENTIALS)
    first = source.read_version("b", context)
    assert source.read_version("b", context) == first
    for name in ("1", "2", "3"):
        (tmp_path / name).mkdir()
    with source.hold_state(context) as state:
        assert pl.read_parquet(source.read_table("a", tmp_path / "1", state).path).height == 1
        run(server, "INSERT INTO b VALUES (2)")
        assert pl.read_parquet(source.read_table("b", tmp_path / "2", state).path).height == 1
    assert pl.read_parquet(source.read_table("b", tmp_path / "3", context).path).height == 2
    assert source.read_version("b", context) != first


def test_a_password_is_a_reference_and_what_goes_wrong_has_a_code(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run(
        server,
        f"CREATE USER ann@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
        "CREATE TABLE open_to_ann (n int)",
        "GRANT SELECT ON shop.open_to_ann TO ann@'127.0.0.1'",
    )
    [source], secrets = discover([server.replace("root@", "ann:s%2Fe%40KRET@")], tmp_path / "projects" / "p")
    assert (source.list_tables(), secrets) == (["open_to_ann"], ["SHOP_PASSWORD"])
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    context = SourceContext(tmp_path, CREDENTIALS)
    assert source.probe(context).found.endswith("1 table may be seen")
    assert source.probe(context).warnings == ()
    assert "may do more than read" in probe(server, CREDENTIALS).warnings[0]

    def code(address: str, table: str = "open_to_ann") -> str:
        with pytest.raises(RadixError) as caught:
            parse_source({"database": address, "tables": [table]}).read_version(table, context)
        assert "KRET" not in str(caught.value) + repr(caught.value.attrs())
        return caught.value.code

    ann = server.replace("root@", "ann:${SHOP_PASSWORD}@")
    assert code(ann, "none") == "RDX-SRC-014"
    assert code(server.replace("/shop", "/none"), "none") == "RDX-SRC-013"
    assert code("mysql://root@127.0.0.1:1/shop") == "RDX-SRC-012"
    monkeypatch.setenv("SHOP_PASSWORD", "another-KRET")
    with pytest.raises(CredentialError, match="RDX-CRD-002"):
        source.read_version("open_to_ann", context)
