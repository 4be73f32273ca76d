"""Tables of a real PostgreSQL server."""
# ruff: noqa: DTZ001 canonical timestamps are naive, in UTC

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import pytest
from cursor_steps import follow
from postgresql_rules import demand_password

from radix_assets.project.settings import Project
from radix_assets.raw.discovery import discover
from radix_assets.raw.ingestion import ingest, source_version
from radix_assets.sources.databases.postgresql import sample_table
from radix_assets.sources.kinds.postgresql import PostgresqlSource
from radix_assets.sources.schema import read_schema
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import CredentialError, SourceError, TransientSourceError

CREDENTIALS = Credentials([Environment()])
PASSWORD = "s/e@KRET"
ODD = 'Odd "Name"; drop'
SETUP = f"""
CREATE ROLE bob LOGIN PASSWORD '{PASSWORD}';
CREATE TABLE orders (
    id int PRIMARY KEY, "a b" text, price numeric(10, 2), code numeric(8, 0), key uuid, doc jsonb, tags int[],
    at timestamptz, local timestamp, day date,
    clock time, span interval,
    flag bool, blob bytea, kind char(4), share real
);
INSERT INTO orders VALUES
    (2, 'é', 1.25, 7,
     '11111111-1111-1111-1111-111111111111', '{{"a": 1}}', '{{1,2}}', '2024-01-01 10:00+02',
     '2024-01-01 10:00', '2024-02-03', '10:00', '1 day', true, 'x', 'ab', 0.5),
    (1, '', 'NaN', NULL, NULL, NULL, NULL, 'infinity', '-infinity', 'infinity', '24:00', NULL, NULL, NULL, NULL, 'NaN');
CREATE TABLE "Odd ""Name""; drop" (n int);
INSERT INTO "Odd ""Name""; drop" VALUES (1);
CREATE TABLE hidden (n int);
INSERT INTO hidden VALUES (1);
CREATE TABLE nothing (n int);
CREATE SCHEMA sales;
CREATE TABLE sales.deals (n int);
INSERT INTO sales.deals VALUES (1);
GRANT SELECT ON orders TO bob;
"""  # noqa: S608 no input


@pytest.fixture(scope="module")
def server(postgresql: tuple[str, Path]) -> tuple[str, str]:
    """Return the addresses of the owner and of bob, whose password is referenced as ${BOB_PW}."""
    owner, folder = postgresql
    run(owner, *SETUP.split(";\n"))
    demand_password(owner, folder, "bob")
    return owner, owner.replace("postgres:@", "bob:${BOB_PW}@")


def run(address: str, *statements: str) -> None:
    with adbc.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            if statement.strip():
                cursor.execute(statement)


def project(address: str, table: str, schema: str = "public") -> Project:
    return Project(name="p", sources=[PostgresqlSource(database=address, tables=[table], schema=schema)])


@pytest.fixture
def raises(tmp_path: Path) -> Callable[..., SourceError | CredentialError]:
    def expect(kind: type[Exception], address: str, table: str = "orders", schema: str = "public"):
        for ask in (lambda: ingest(project(address, table, schema), table, tmp_path / "out", CREDENTIALS),
                    lambda: source_version(project(address, table, schema), table, CREDENTIALS)):  # fmt: skip
            with pytest.raises(kind) as caught:
                ask()
            assert "KRET" not in str(caught.value) + repr(caught.value.attrs())
            assert caught.value.__cause__ is None
        return caught.value

    return expect


def test_new_and_changed_rows_are_read_by_a_cursor(server, tmp_path):
    try:
        follow(lambda *statements: run(server[0], *statements), {"database": server[0]}, tmp_path, "timestamptz")
    finally:
        run(server[0], "DROP TABLE moves")


def test_database_types_become_canonical(server, tmp_path):
    output = ingest(project(server[0], "orders"), "orders", tmp_path / "raw")
    frame = pl.read_parquet(tmp_path / "raw" / "data.parquet")
    schema = read_schema(tmp_path / "raw")
    assert [column.dtype for column in schema.columns if column.name != "price"] == [
        *("integer", "string", "integer", "string", "string", "string", "datetime", "datetime", "date"),
        *("time", "float", "boolean", "string", "string", "float"),
    ]
    assert frame.row(1) == (
        *(2, "é", Decimal("1.25"), 7, "11111111-1111-1111-1111-111111111111", '{"a": 1}', "{1,2}"),
        *(dt.datetime(2024, 1, 1, 8), dt.datetime(2024, 1, 1, 10), dt.date(2024, 2, 3), dt.time(10), 86400.0, True),
        *("\\x78", "ab", 0.5),
    )
    assert frame.row(0) == (1, "", *[None] * 14)
    assert output.rows == 2
    set_aside = {column.name: column.rejected for column in schema.columns if column.rejected}
    assert set_aside == {"price": 1, "at": 1, "local": 1, "day": 1, "clock": 1, "share": 1}
    assert {warning.column for warning in schema.warnings} == set(set_aside)
    rejects = pl.read_parquet(tmp_path / "raw" / "rejects.parquet")
    assert dict(rejects.select("column", "text").rows()) == {
        "price": "NaN",
        "at": "infinity",
        "local": "-infinity",
        "day": "infinity",
        "clock": "24:00:00",
        "share": "NaN",
    }
    assert schema.declared.primary_key == ["id"]


def test_a_name_that_looks_like_sql_is_a_name(server, tmp_path):
    assert ingest(project(server[0], ODD), ODD, tmp_path / "raw").rows == 1


def test_another_schema_is_read(server, tmp_path):
    assert ingest(project(server[0], "deals", "sales"), "deals", tmp_path / "raw").rows == 1


def test_a_password_is_resolved_and_never_shown(server, tmp_path, monkeypatch):
    monkeypatch.setenv("BOB_PW", PASSWORD)
    output = ingest(project(server[1], "orders"), "orders", tmp_path / "raw", CREDENTIALS)
    assert output.rows == 2
    assert "KRET" not in str(output)
    assert "${BOB_PW}" in output.shown["source"]


def test_the_version_of_a_table_follows_its_rows_and_columns(server):
    def version() -> str:
        return source_version(project(server[0], "deals", "sales"), "deals")

    first = version()
    assert version() == first
    run(server[0], "UPDATE sales.deals SET n = 2")
    assert version() != first
    run(server[0], "UPDATE sales.deals SET n = 1")
    assert version() == first
    run(server[0], "ALTER TABLE sales.deals ADD COLUMN m int")
    assert version() != first
    run(server[0], "ALTER TABLE sales.deals DROP COLUMN m")


def test_a_missing_credential(server, raises, monkeypatch):
    monkeypatch.delenv("BOB_PW", raising=False)
    error = raises(CredentialError, server[1])
    assert (error.code, error.context["credential"]) == ("RDX-CRD-001", "BOB_PW")


def test_a_wrong_password_and_an_unknown_user(server, raises, monkeypatch):
    monkeypatch.setenv("BOB_PW", "another-KRET")
    error = raises(CredentialError, server[1])
    assert (error.code, error.transient) == ("RDX-CRD-002", False)
    assert raises(CredentialError, server[0].replace("postgres:@", "nobody:@")).code == "RDX-CRD-002"


def test_a_missing_table_is_reported_with_the_nearest_name(server, raises):
    error = raises(SourceError, server[0], "Order")
    assert error.code == "RDX-SRC-014"
    assert "orders" in error.expected


def test_a_table_without_the_permission_to_read_it(server, raises, monkeypatch):
    monkeypatch.setenv("BOB_PW", PASSWORD)
    assert raises(SourceError, server[1], "hidden").code == "RDX-SRC-015"


def test_a_table_without_rows(server, tmp_path):
    with pytest.raises(SourceError, match="RDX-SRC-004"):
        ingest(project(server[0], "nothing"), "nothing", tmp_path / "raw")


def test_a_missing_database_and_a_missing_server(server, raises):
    assert raises(SourceError, server[0].replace("/postgres?", "/nowhere?")).code == "RDX-SRC-013"
    error = raises(TransientSourceError, "postgresql://ann@127.0.0.1:1/shop")
    assert (error.code, error.transient) == ("RDX-SRC-012", True)


def test_an_address_is_discovered_with_its_tables_and_without_its_password(server, tmp_path):
    address = server[0].replace("postgres:@", "bob:s%2Fe%40KRET@")
    [source], secrets = discover([address], tmp_path / "projects" / "shop")
    assert sorted(source.tables) == sorted([ODD, "hidden", "nothing", "orders"])
    assert secrets == ["POSTGRES_PASSWORD"]
    assert "KRET" not in source.database
    [source], _ = discover([server[0] + "&schema=sales"], tmp_path / "projects" / "shop")
    assert (source.schema_name, source.tables) == ("sales", ["deals"])


def test_a_sample_of_a_large_table_comes_from_all_over_it_and_a_small_one_needs_none(
    server: tuple[str, str], tmp_path: Path
):
    owner, _ = server
    run(
        owner,
        "CREATE TABLE many AS SELECT n AS id, repeat('x', 50) AS word FROM generate_series(1, 20000) n",
        "CREATE VIEW seen AS SELECT * FROM many",
        "ANALYZE many",
    )
    taken = sample_table(owner, "public", "many", folder(tmp_path, "1"), CREDENTIALS, 2_000)
    assert taken is not None
    ids = taken.staged.rows().select("c0").to_series()
    assert 500 < len(ids.unique()) == len(ids) < 6_000
    assert len((ids // 4_000).unique()) >= 5
    assert taken.rows == pytest.approx(20_000, rel=0.05)
    of_view = sample_table(owner, "public", "seen", folder(tmp_path, "2"), CREDENTIALS, 100)
    assert of_view is not None
    assert (of_view.staged.rows().height(), of_view.rows) == (100, None)
    assert sample_table(owner, "public", "many", folder(tmp_path, "3"), CREDENTIALS, 50_000) is None


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made
