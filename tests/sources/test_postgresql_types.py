"""Every type, kind of relation and constraint of PostgreSQL, on a real server."""
# ruff: noqa: DTZ001, S608 canonical timestamps are naive, in UTC; the statements have no input

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import psycopg2
import pytest

from radix_assets.raw.read_source import TableRead, TableUnread, read_source
from radix_assets.sources.databases.postgresql import exported_snapshot, stage_table
from radix_assets.sources.read.staging import Staged
from radix_assets.sources.schema import ForeignKey
from radix_resources.credentials.lookup import NO_CREDENTIALS
from radix_resources.errors import SourceError

MOMENT = dt.datetime(2024, 2, 3, 4, 5, 6, 789012)
VALUES: list[tuple[str, str, Any]] = [
    ("bool", "true", True),
    ("int2", "-32768", -32768),
    ("int8", "9223372036854775807", 2**63 - 1),
    ("float4", "0.1", 0.1),
    ("float8", "1e308", 1e308),
    ("numeric", "9007199254740993", 2**53 + 1),
    ("numeric", "0.10000000000000000000000001", Decimal("0.10000000000000000000000001")),
    ("numeric(38)", "12345678901234567890123456789012345678", Decimal(12345678901234567890123456789012345678)),
    ("numeric(38)", "9223372036854775808", Decimal(2**63)),
    ("numeric(12, 2)", "7", Decimal("7.00")),
    ("numeric(3, -2)", "1234", 1200),
    ("numeric", "1" * 50, "1" * 50),
    ("money", "12.5", Decimal("12.50")),
    ("text", "'é, \"x\"'", 'é, "x"'),
    ("varchar(3)", "'007'", "007"),
    ("char(4)", "'ab'", "ab"),
    ('"char"', "'z'", "z"),
    ("name", "'n'", "n"),
    ("date", "'0001-01-01'", dt.date(1, 1, 1)),
    ("date", "'9999-12-31'", dt.date(9999, 12, 31)),
    ("timestamp", "'2024-02-03 04:05:06.789012'", MOMENT),
    ("timestamptz", "'2024-02-03 06:05:06.789012+02'", MOMENT),
    ("time", "'23:59:59.999999'", dt.time(23, 59, 59, 999999)),
    ("timetz", "'10:00+02'", "10:00:00+02"),
    ("interval", "'1 day 2 hours'", 93600.0),
    ("interval", "'1 month'", "P1M"),
    ("bytea", "'\\xdeadbeef'", "\\xdeadbeef"),
    ("uuid", "'11111111-1111-1111-1111-111111111111'", "11111111-1111-1111-1111-111111111111"),
    ("json", "'{\"a\":1}'", '{"a":1}'),
    ("jsonb", "'{\"a\":1}'", '{"a": 1}'),
    ("int4range", "'[1,5)'", "[1,5)"),
    ("int4multirange", "'{[1,2)}'", "{[1,2)}"),
    ("int[]", "'{1,NULL,3}'", "{1,NULL,3}"),
    ("text[][]", "'{{a,\"b c\"}}'", '{{a,"b c"}}'),
    ("mood", "'happy'", "happy"),
    ("pair", "'(1,\"x y\")'", '(1,"x y")'),
    ("cents_or_more", "3.25", Decimal("3.25")),
    ("day_domain", "'2024-01-01'", dt.date(2024, 1, 1)),
    ("inet", "'10.0.0.1'", "10.0.0.1"),
    ("inet", "'10.1.0.0/16'", "10.1.0.0/16"),
    ("cidr", "'10.0.0.0/8'", "10.0.0.0/8"),
    ("macaddr", "'08:00:2b:01:02:03'", "08:00:2b:01:02:03"),
    ("bit(3)", "'101'", "101"),
    ("point", "'(1,2)'", "(1,2)"),
    ("tsvector", "'a b'", "'a' 'b'"),
    ("oid", "42", 42),
    ("regclass", "'pg_class'", "pg_class"),
]
"""A type, a literal of it, and the value that is read."""
SET_ASIDE: list[tuple[str, str, str]] = [
    ("float4", "'NaN'", "NaN"),
    ("float8", "'-Infinity'", "-inf"),
    ("numeric", "'NaN'", "NaN"),
    ("numeric(8, 0)", "'NaN'", "NaN"),
    ("numeric", "'Infinity'", "Infinity"),
    ("date", "'infinity'", "infinity"),
    ("date", "'20224-05-01'", "20224-05-01"),
    ("date", "'0044-03-15 BC'", "0044-03-15 BC"),
    ("day_domain", "'-infinity'", "-infinity"),
    ("timestamp", "'0044-03-15 BC'", "0044-03-15 00:00:00 BC"),
    ("timestamptz", "'294000-01-01'", "294000-01-01 00:00:00+00"),
    ("timestamptz", "'-infinity'", "-infinity"),
    ("time", "'24:00'", "24:00:00"),
]
SETUP = f"""
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN cents AS numeric(12, 2);
CREATE DOMAIN cents_or_more AS cents CHECK (value > -5);
CREATE DOMAIN day_domain AS date;
CREATE TABLE every ({", ".join(f"c{n} {kind}" for n, (kind, *_) in enumerate(VALUES))});
INSERT INTO every VALUES ({", ".join(literal for _, literal, _ in VALUES)}), ({", ".join(["NULL"] * len(VALUES))});
CREATE TABLE beyond ({", ".join(f"c{n} {kind}" for n, (kind, *_) in enumerate(SET_ASIDE))});
INSERT INTO beyond VALUES ({", ".join(literal for _, literal, _ in SET_ASIDE)});
CREATE SCHEMA odd;
SET search_path = odd;
CREATE TABLE "Odd ""N""; drop table t; --" ("Sel ect" int, "a""b" text, "c.d" int, gone int, twice int
    GENERATED ALWAYS AS ("c.d" * 2) STORED);
ALTER TABLE "Odd ""N""; drop table t; --" DROP COLUMN gone;
INSERT INTO "Odd ""N""; drop table t; --" VALUES (1, 'x', 2);
CREATE TABLE part (id int, k int) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
INSERT INTO part VALUES (1, 1);
CREATE TABLE empty (a int, b text);
CREATE VIEW broken AS SELECT 1 / (k - 1) AS q FROM part;
CREATE VIEW fine AS SELECT k FROM part;
CREATE MATERIALIZED VIEW filled AS SELECT k FROM part;
CREATE MATERIALIZED VIEW unfilled AS SELECT k FROM part WITH NO DATA;
CREATE TABLE blobs (id int, content bytea);
INSERT INTO blobs VALUES (1, decode(repeat('00', 100), 'hex'));
CREATE SCHEMA keyed;
SET search_path = keyed;
CREATE TABLE parent (x int, y int, note text, PRIMARY KEY (y, x));
CREATE TABLE child (id int PRIMARY KEY, code text NOT NULL UNIQUE, px int, py int, boss int REFERENCES child (id),
    backup int REFERENCES child (id), FOREIGN KEY (px, py) REFERENCES parent (x, y));
CREATE UNIQUE INDEX ON child (boss) WHERE boss > 3;
CREATE UNIQUE INDEX ON child (lower(code));
COMMENT ON TABLE child IS 'the children';
COMMENT ON COLUMN child.code IS 'as printed';
INSERT INTO child VALUES (1, 'a');
"""


@pytest.fixture(scope="module")
def server(postgresql: tuple[str, Path]) -> str:
    run(postgresql[0], SETUP)
    return postgresql[0]


def run(address: str, statements: str) -> None:
    connection = psycopg2.connect(address)
    connection.autocommit = True
    connection.cursor().execute(statements)
    connection.close()


def stage(address: str, table: str, work: Path, schema: str = "public", snapshot: str | None = None) -> Staged:
    work.mkdir(exist_ok=True)
    return stage_table(address, schema, table, work, NO_CREDENTIALS, snapshot)


def in_schema(address: str, schema: str) -> str:
    return f"{address}&options=-csearch_path%3D{schema}"


def test_every_type_is_read_without_loss(server: str, tmp_path: Path):
    staged = stage(server, "every", tmp_path)
    frame = pl.read_parquet(staged.path)
    for number, (kind, _, expected) in enumerate(VALUES):
        assert frame[f"c{number}"].to_list() == [expected, None], kind
        assert type(frame[f"c{number}"][0]) is type(expected), kind
    assert (staged.unread, staged.dropped) == ({}, {})
    assert [warning.code for warning in staged.warnings] == ["numbers_as_text"]


def test_what_a_type_cannot_hold_is_set_aside_and_counted(server: str, tmp_path: Path):
    staged = stage(server, "beyond", tmp_path)
    frame = pl.read_parquet(staged.path)
    for number, (kind, _, text) in enumerate(SET_ASIDE):
        assert frame[f"c{number}"].to_list() == [None], kind
        assert frame[staged.unread[number][0]].to_list() == [text], kind
    assert {warning.count for warning in staged.warnings} == {1}


def test_one_broken_relation_does_not_keep_the_others_from_being_read(server: str, tmp_path: Path):
    read = {}
    for table in read_source(in_schema(server, "odd"), tmp_path):
        read[table.schema.table if isinstance(table, TableRead) else table.table] = table
    errors = {name: table.error.code for name, table in read.items() if isinstance(table, TableUnread)}
    assert errors == {"broken": "RDX-SRC-016", "unfilled": "RDX-SRC-016"}
    tables = {name: table.schema for name, table in read.items() if isinstance(table, TableRead)}
    assert {name: schema.rows for name, schema in tables.items()} == {
        "part": 1,
        "empty": 0,
        "fine": 1,
        "filled": 1,
        "blobs": 1,
        'Odd "N"; drop table t; --': 1,
    }
    assert [column.name for column in tables['Odd "N"; drop table t; --'].columns] == [
        *("Sel ect", 'a"b', "c.d", "twice")
    ]
    assert [column.dtype for column in tables["empty"].columns] == ["integer", "string"]
    assert list(tables["blobs"].dropped) == ["content"]
    assert [warning.code for warning in tables["blobs"].warnings] == ["bytes_left_out"]


def test_declared_keys_and_comments_are_carried_into_the_snapshot(server: str, tmp_path: Path):
    tables = {table.schema.table: table.schema for table in read_source(f"{server}&schema=keyed", tmp_path)}
    declared = tables["child"].declared
    assert declared.primary_key == ["id"]
    assert declared.unique == [["code"]]
    assert sorted(declared.foreign_keys, key=lambda link: link.columns) == [
        ForeignKey(columns=["backup"], parent="child", parent_columns=["id"]),
        ForeignKey(columns=["boss"], parent="child", parent_columns=["id"]),
        ForeignKey(columns=["px", "py"], parent="parent", parent_columns=["x", "y"]),
    ]
    assert declared.not_null == ["id", "code"]
    assert (declared.comment, declared.comments) == ("the children", {"code": "as printed"})
    assert tables["parent"].declared.primary_key == ["y", "x"]


def test_tables_are_read_as_of_one_moment(server: str, tmp_path: Path):
    run(server, "CREATE TABLE a AS SELECT 1 AS n; CREATE TABLE b AS SELECT 1 AS n;")
    with exported_snapshot(server, NO_CREDENTIALS) as snapshot:
        assert pl.read_parquet(stage(server, "a", tmp_path / "1", snapshot=snapshot).path).height == 1
        run(server, "INSERT INTO a VALUES (2); INSERT INTO b VALUES (2);")
        assert pl.read_parquet(stage(server, "b", tmp_path / "2", snapshot=snapshot).path).height == 1
    assert pl.read_parquet(stage(server, "b", tmp_path / "3").path).height == 2


def test_a_reader_can_change_nothing(server: str, tmp_path: Path):
    run(server, "CREATE FUNCTION spoil() RETURNS int LANGUAGE sql AS 'INSERT INTO every DEFAULT VALUES RETURNING 1';")
    run(server, "CREATE VIEW spoiling AS SELECT spoil() AS n;")
    before = pl.read_parquet(stage(server, "every", tmp_path / "before").path).height
    with pytest.raises(SourceError, match="RDX-SRC-016"):
        stage(server, "spoiling", tmp_path / "spoil")
    assert pl.read_parquet(stage(server, "every", tmp_path / "after").path).height == before
