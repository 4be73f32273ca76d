"""Every kind of source fulfils the protocol: the built-in kinds, and one from an installed package.

A `Case` adds a kind: how to set up and change a source of it, and how to cause each failure.
"""
# ruff: noqa: S608 the only name in the statements is a constant

import contextlib
import json
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import boto3
import dagster as dg
import duckdb
import polars as pl
import pytest
import yaml
from deltalake import write_deltalake
from place_servers import SftpServer, WebServer, s3_server, sftp_server, web_server
from pyiceberg.catalog.sql import SqlCatalog

from radix_assets.budget.hold import asset_statuses
from radix_assets.cli.new_project import create_project
from radix_assets.operations.check_credentials import check
from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.credentials import needs_of
from radix_assets.pipeline.tools import tools_of
from radix_assets.profiles.assets import PROFILE
from radix_assets.project.load import load_project, load_projects
from radix_assets.project.settings import slug
from radix_assets.raw.assets import RAW
from radix_assets.raw.convert import convert
from radix_assets.raw.discovery import discover
from radix_assets.raw.ingestion import ingest
from radix_assets.sources.kinds import registry
from radix_assets.sources.kinds.base import Source, SourceContext, TableNames
from radix_assets.sources.kinds.registry import BUILT_IN, kind_of_argument, kinds, parse_source
from radix_assets.sources.kinds.sql import SqlSource
from radix_assets.sources.places.client import Client
from radix_assets.sources.read.staging import FILE, ROW, scan_staged
from radix_resources.credentials.environment import Environment
from radix_resources.credentials.lookup import Credentials
from radix_resources.errors import ConfigError, CredentialError, RadixError, SourceError, TransientSourceError
from radix_resources.home import Home

REPOSITORY = Path(__file__).parents[2]
SECRET = "Qzx-conformance"
TABLE = "orders"


@dataclass
class Case:
    """One kind of source, with the table `orders`: the columns id and amount, and two rows."""

    kind: str
    settings: dict[str, Any]
    argument: str
    folder: Path
    change: Callable[[], None]
    """Adds a row."""
    content: Callable[[], object]
    """The whole content of the source, to check that nothing is written."""
    missing: dict[str, Any]
    """Settings that name something missing."""
    missing_code: str
    busy: Callable[[], "contextlib.AbstractContextManager[dict[str, Any]]"] | None = None
    """Settings of a source that does not answer now; None if the kind has no such state."""
    secret: dict[str, Any] | None = None
    """Settings with a secret in place of a reference; None if the kind takes no secret."""

    @property
    def source(self) -> Source:
        return parse_source(self.settings)

    @property
    def context(self) -> SourceContext:
        return SourceContext(self.folder, Credentials([Environment()]))


def _files(folder: Path) -> Case:
    path = folder / "orders.csv"
    path.write_text("id,amount\n1,2.5\n2,3.5\n")
    return Case(
        kind="files",
        settings={"table": TABLE, "path": "orders.csv"},
        argument=str(path),
        folder=folder,
        change=lambda: path.write_text(path.read_text() + "3,4.5\n"),
        content=lambda: (path.read_bytes(), path.stat().st_mtime_ns, sorted(folder.iterdir())),
        missing={"table": TABLE, "path": "none.csv"},
        missing_code="RDX-SRC-001",
    )


def _run(address: str, *statements: str) -> list[Any]:
    with adbc.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if statements[-1].startswith("SELECT") else []


def _postgresql(folder: Path, owner: str) -> Case:
    _run(owner, f"DROP TABLE IF EXISTS {TABLE}", f"CREATE TABLE {TABLE} (id int PRIMARY KEY, amount float8)")
    _run(owner, f"INSERT INTO {TABLE} VALUES (1, 2.5), (2, 3.5)")

    @contextlib.contextmanager
    def busy() -> Iterator[dict[str, Any]]:
        yield {"database": "postgresql://reader:${SHOP_PW}@127.0.0.1:1/shop", "tables": [TABLE]}

    return Case(
        kind="PostgreSQL",
        settings={"database": owner, "tables": [TABLE]},
        argument=owner,
        folder=folder,
        change=lambda: _run(owner, f"INSERT INTO {TABLE} VALUES (3, 4.5)"),
        content=lambda: _run(owner, f"SELECT id, amount FROM {TABLE} ORDER BY 1"),
        missing={"database": owner, "tables": ["order"]},
        missing_code="RDX-SRC-014",
        busy=busy,
        secret={"database": f"postgresql://reader:{SECRET}@db/shop", "tables": [TABLE]},
    )


def _sqlite(folder: Path, scheme: str = "litefile", key: str = "sqlite", kind: str = "lite file") -> Case:
    file = folder / "shop.db"

    def run(*statements: str) -> None:
        with contextlib.closing(sqlite3.connect(file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    @contextlib.contextmanager
    def busy() -> Iterator[dict[str, Any]]:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield {key: f"{scheme}:///{file}", "tables": [TABLE]}

    run(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, amount REAL)", f"INSERT INTO {TABLE} VALUES (1, 2.5), (2, 3.5)")
    return Case(
        kind=kind,
        settings={key: f"{scheme}:///shop.db", "tables": [TABLE]},
        argument=f"{scheme}:///{file}",
        folder=folder,
        change=lambda: run(f"INSERT INTO {TABLE} VALUES (3, 4.5)"),
        content=lambda: (file.read_bytes(), file.stat().st_mtime_ns, sorted(folder.iterdir())),
        missing={key: f"{scheme}:///none.db", "tables": [TABLE]},
        missing_code="RDX-SRC-013",
        busy=busy,
    )


def _duckdb(folder: Path) -> Case:
    file = folder / "shop.duckdb"

    def run(*statements: str) -> None:
        with duckdb.connect(str(file)) as connection:
            for statement in statements:
                connection.execute(statement)

    run(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, amount DOUBLE)", f"INSERT INTO {TABLE} VALUES (1, 2.5)")
    run(f"INSERT INTO {TABLE} VALUES (2, 3.5)")
    return Case(
        kind="DuckDB",
        settings={"database": "duckdb:///shop.duckdb", "tables": [TABLE]},
        argument=str(file),
        folder=folder,
        change=lambda: run(f"INSERT INTO {TABLE} VALUES (3, 4.5)"),
        content=lambda: (file.read_bytes(), file.stat().st_mtime_ns, sorted(folder.iterdir())),
        missing={"database": "duckdb:///none.duckdb", "tables": [TABLE]},
        missing_code="RDX-SRC-013",
    )


def _delta(folder: Path) -> Case:
    table = folder / TABLE
    write_deltalake(table, pl.DataFrame({"id": [1, 2], "amount": [2.5, 3.5]}).to_arrow())
    row = pl.DataFrame({"id": [3], "amount": [4.5]}).to_arrow()
    return Case(
        kind="Delta",
        settings={"table": TABLE, "delta": TABLE},
        argument=str(table),
        folder=folder,
        change=lambda: write_deltalake(table, row, mode="append"),
        content=lambda: sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")),
        missing={"table": TABLE, "delta": "none"},
        missing_code="RDX-SRC-013",
    )


def _iceberg(folder: Path) -> Case:
    catalog = SqlCatalog("test", uri=f"sqlite:///{folder.parent}/catalog.db", warehouse=f"file://{folder}")
    catalog.create_namespace("shop")
    rows = pl.DataFrame({"id": [1, 2], "amount": [2.5, 3.5]}).to_arrow()
    table = catalog.create_table(f"shop.{TABLE}", rows.schema, location=f"file://{folder}/{TABLE}")
    table.append(rows)
    catalog.engine.dispose()

    def change() -> None:
        table.append(pl.DataFrame({"id": [3], "amount": [4.5]}).to_arrow())
        table.catalog.engine.dispose()

    return Case(
        kind="Iceberg",
        settings={"table": TABLE, "iceberg": TABLE},
        argument=str(folder / TABLE),
        folder=folder,
        change=change,
        content=lambda: sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")),
        missing={"table": TABLE, "iceberg": "none"},
        missing_code="RDX-SRC-013",
    )


CASES: dict[str, Callable[[Path], Case]] = {
    "files": _files,
    "sqlite": lambda folder: _sqlite(folder, "sqlite", "database", "SQLite"),
    "duckdb": _duckdb,
    "delta": _delta,
    "iceberg": _iceberg,
    "installed": _sqlite,
}
"""Kinds whose sources are files."""


def _place(
    folder: Path, root: str, access: dict[str, Any], options: str, put: Callable[[bytes], Any], get: Callable[[], Any]
) -> Case:
    """Return a case of a place: its file `orders.csv` is set by `put`."""
    put(b"id,amount\n1,2.5\n2,3.5\n")
    scheme, server = root.split("://")
    away = {"endpoint": "http://127.0.0.1:1"} if "endpoint" in access else {}
    nowhere = root if away else f"{scheme}://127.0.0.1:1/"

    @contextlib.contextmanager
    def busy() -> Iterator[dict[str, Any]]:
        yield {"table": TABLE, "path": f"{nowhere}orders.csv", "access": access | away}

    return Case(
        kind="files elsewhere",
        settings={"table": TABLE, "path": f"{root}orders.csv", "access": access},
        argument=f"{root}orders.csv{options}",
        folder=folder,
        change=lambda: put(b"id,amount\n1,2.5\n2,3.5\n3,4.5\n"),
        content=get,
        missing={"table": TABLE, "path": f"{root}none.csv", "access": access},
        missing_code="RDX-SRC-001",
        busy=busy,
        secret={
            "table": TABLE,
            "path": f"{scheme}://reader:{SECRET}@{server.rpartition('@')[2]}orders.csv",
            "access": access,
        },
    )


def _web(folder: Path, server: WebServer) -> Case:
    server.files.clear()

    def put(content: bytes) -> None:
        server.files["/orders.csv"] = content

    return _place(folder, f"{server.url}/", {}, "", put, lambda: dict(server.files))


def _s3(folder: Path, endpoint: str) -> Case:
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="lake")
    return _place(
        folder,
        "s3://lake/",
        {"endpoint": endpoint},
        f"?endpoint={endpoint}",
        lambda content: client.put_object(Bucket="lake", Key="orders.csv", Body=content, ACL="public-read"),
        lambda: client.list_object_versions(Bucket="lake")["Versions"],
    )


def _sftp(folder: Path, server: SftpServer) -> Case:
    file = server.folder / "orders.csv"
    return _place(
        folder,
        f"sftp://guest@127.0.0.1:{server.port}/",
        {"host_key": server.fingerprint},
        f"?host_key={server.fingerprint}",
        file.write_bytes,
        lambda: (file.read_bytes(), file.stat().st_mtime_ns, sorted(server.folder.iterdir())),
    )


def _lake_in_s3(folder: Path, endpoint: str, setting: str, local: Callable[[Path], Case]) -> Case:
    """Return a case of a Delta or an Iceberg table, which is written into a folder and copied into a bucket."""
    own = local(folder)
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="lake")
    for entry in client.list_objects_v2(Bucket="lake").get("Contents", []):
        client.delete_object(Bucket="lake", Key=entry["Key"])

    def put() -> None:
        for file in (folder / TABLE).rglob("*"):
            if file.is_file():
                key = f"house/{file.relative_to(folder).as_posix()}"
                client.put_object(Bucket="lake", Key=key, Body=file.read_bytes(), ACL="public-read")

    def change() -> None:
        own.change()
        put()

    @contextlib.contextmanager
    def busy() -> Iterator[dict[str, Any]]:
        yield settings | {"access": {"endpoint": "http://127.0.0.1:1"}}

    put()
    settings = {"table": TABLE, setting: f"s3://lake/house/{TABLE}", "access": {"endpoint": endpoint}}
    return Case(
        kind=f"{own.kind} elsewhere",
        settings=settings,
        argument=f"{setting}+s3://lake/house/{TABLE}?endpoint={endpoint}",
        folder=folder,
        change=change,
        content=lambda: client.list_object_versions(Bucket="lake")["Versions"],
        missing=settings | {setting: "s3://lake/house/none"},
        missing_code="RDX-SRC-013",
        busy=busy,
        secret=settings | {setting: f"s3://reader:{SECRET}@lake/house/{TABLE}"},
    )


PLACES: dict[str, Callable[[Path, Any], Case]] = {"web": _web, "s3": _s3, "sftp": _sftp}
LAKES: dict[str, Callable[[Path, str], Case]] = {
    "delta in s3": lambda folder, endpoint: _lake_in_s3(folder, endpoint, "delta", _delta),
    "iceberg in s3": lambda folder, endpoint: _lake_in_s3(folder, endpoint, "iceberg", _iceberg),
}


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(tmp_path_factory.mktemp("sftp"), SECRET) as server:
        yield server


@pytest.fixture(
    params=[*CASES, "postgresql", *PLACES, *(pytest.param(name, marks=pytest.mark.extended) for name in LAKES)]
)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    folder = tmp_path / "projects" / "shop"
    folder.mkdir(parents=True)
    if request.param in PLACES:
        request.getfixturevalue("monkeypatch").setattr(Client, "wait", lambda *_: None)
        return PLACES[request.param](folder, request.getfixturevalue(request.param))
    if request.param in LAKES:
        request.getfixturevalue("monkeypatch").setattr(Client, "wait", lambda *_: None)
        return LAKES[request.param](folder, request.getfixturevalue("s3"))
    if request.param == "postgresql":
        return _postgresql(folder, request.getfixturevalue("postgresql")[0])
    return CASES[request.param](folder)


def read(case: Case, folder: Path) -> pl.DataFrame:
    """Return the staged rows, as written by `read_table`."""
    folder.mkdir()
    staged = case.source.read_table(TABLE, folder, case.context)
    frame = scan_staged(staged).collect()
    assert frame.schema[ROW] == pl.Int64
    assert frame.schema[FILE] == pl.Int32
    assert set(frame.columns) >= {*staged.columns, *staged.overflow, ROW, FILE}
    assert len(staged.names) == len(staged.unique) == len(staged.types) == len(staged.readings) == 2
    return frame


def test_the_built_in_kinds_come_first_then_those_of_installed_packages():
    assert [kind.kind for kind in kinds()] == [*(kind.kind for kind in BUILT_IN), "lite file"]
    assert [kind.kind for kind in BUILT_IN][:3] == ["files", "files elsewhere", "PostgreSQL"]
    assert {kind.__module__.rpartition(".")[0] for kind in BUILT_IN} == {"radix_assets.sources.kinds"}


def test_settings_and_arguments_match_one_kind_only(case: Case):
    assert [kind.kind for kind in kinds() if kind.matches(case.settings)] == [case.kind]
    assert [kind.kind for kind in kinds() if kind.matches_argument(case.argument)] == [case.kind]
    assert kind_of_argument(case.argument).kind == case.kind


def test_an_argument_becomes_settings_that_declare_its_tables(case: Case, tmp_path: Path):
    sources, secrets = discover([case.argument], case.folder, case.context.credentials)
    assert [source.list_tables() for source in sources] == [[TABLE]]
    assert secrets == []
    entry = sources[0].model_dump(mode="json", exclude_defaults=True, by_alias=True)
    assert parse_source(json.loads(json.dumps(entry))) == sources[0], "it is written to project.yaml and read back"
    work = tmp_path / "raw" / "staging"
    work.mkdir(parents=True)
    schema, _ = convert(TABLE, sources[0].read_table(TABLE, work, case.context), work.parent)
    assert schema.rows == 2


def test_two_sources_with_the_same_table_get_different_names_or_an_error(case: Case):
    names = TableNames(slug)
    names.take([TABLE])
    kind = kind_of_argument(case.argument)
    if kind.kind in {"files", "files elsewhere", "Delta", "Iceberg", "Delta elsewhere", "Iceberg elsewhere"}:
        assert kind.discover([case.argument], case.context, names)[0].list_tables() == [f"{TABLE}_2"]
    elif issubclass(kind, SqlSource):
        (other,) = kind.discover([case.argument], case.context, names)[0].list_tables()
        assert other.endswith(f"_{TABLE}")
    else:
        with pytest.raises(ConfigError, match="RDX-CFG-010"):
            kind.discover([case.argument], case.context, names)


def test_settings_survive_a_process_and_can_be_compared(case: Case):
    copy = pickle.loads(pickle.dumps(case.source))  # noqa: S301 written in the line
    assert copy == case.source
    assert copy.model_dump_json() == case.source.model_dump_json()


def test_the_version_follows_the_data(case: Case):
    first = case.source.read_version(TABLE, case.context)
    assert case.source.read_version(TABLE, case.context) == first
    case.change()
    assert case.source.read_version(TABLE, case.context) != first


def test_equal_data_give_equal_rows_and_reading_leaves_the_source_unchanged(case: Case, tmp_path: Path):
    before = case.content()
    first = read(case, tmp_path / "first")
    assert read(case, tmp_path / "second").equals(first)
    case.source.read_version(TABLE, case.context)
    case.source.peek_columns(TABLE, case.context)
    case.source.estimate_bytes(TABLE, case.context)
    if case.source.connection_address():
        case.source.probe(case.context)
    assert case.content() == before
    case.change()
    assert read(case, tmp_path / "third").height == first.height + 1


def test_a_table_becomes_a_snapshot_in_canonical_types(case: Case, tmp_path: Path):
    path = case.folder / "project.yaml"
    path.write_text(yaml.safe_dump({"sources": [case.settings]}))
    project = load_project(path)
    output = ingest(project, TABLE, tmp_path / "raw", case.context.credentials)
    frame = pl.read_parquet(tmp_path / "raw" / "data.parquet")
    assert frame.to_dict(as_series=False) == {"id": [1, 2], "amount": [2.5, 3.5]}
    assert frame.schema == {"id": pl.Int64, "amount": pl.Float64}
    assert output.shown["source"] == case.source.describe_table(TABLE)
    assert bool(needs_of(project)) == bool(case.source.connection_address())


def test_its_size_is_estimated_or_left_to_the_last_snapshot(case: Case):
    size = case.source.estimate_bytes(TABLE, case.context)
    assert size is None or size > 0


def test_columns_are_known_at_little_cost_or_not_at_all(case: Case):
    assert case.source.peek_columns(TABLE, case.context) in (None, ["id", "amount"])


def test_an_address_is_probed(case: Case):
    if not case.source.connection_address():
        assert case.source.credential_names() == []
        return
    assert case.source.probe(case.context).found


def failures(settings: dict[str, Any], case: Case, work: Path) -> list[RadixError]:
    """Return what reading, versions and probes of a source raise."""
    source = parse_source(settings)
    work.mkdir()
    asked = [
        lambda: source.read_table(source.list_tables()[0], work, case.context),
        lambda: source.read_version(source.list_tables()[0], case.context),
    ]
    errors = []
    for ask in asked:
        with pytest.raises(RadixError) as caught:
            ask()
        errors.append(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return errors


def test_a_missing_source_is_a_coded_error_that_is_not_retried(case: Case, tmp_path: Path):
    for error in failures(case.missing, case, tmp_path / "work"):
        assert isinstance(error, SourceError)
        assert (error.code, error.transient) == (case.missing_code, False)
        assert error.hint


def test_a_source_that_does_not_answer_is_tried_again(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOP_PW", SECRET)
    if case.busy is None:
        pytest.skip("a file is always there or not")
    with case.busy() as settings:
        for error in failures(settings, case, tmp_path / "work"):
            assert isinstance(error, TransientSourceError)
            assert (error.code, error.transient) == ("RDX-SRC-012", True)
            assert SECRET not in str(error.attrs())


def test_a_secret_is_refused_and_repeated_nowhere(case: Case, monkeypatch: pytest.MonkeyPatch):
    if case.secret is None:
        pytest.skip("no setting of this kind takes a secret")
    path = case.folder / "project.yaml"
    path.write_text(yaml.safe_dump({"sources": [case.secret]}))
    with pytest.raises(ConfigError) as caught:
        load_project(path)
    assert caught.value.code == "RDX-CFG-003"
    assert SECRET not in str(caught.value) + repr(caught.value.attrs())
    monkeypatch.setenv("SHOP_PW", SECRET)
    source = parse_source(json.loads(json.dumps(case.secret).replace(SECRET, "${SHOP_PW}")))
    assert source.credential_names() == ["SHOP_PW"]
    assert SECRET not in repr(source) + source.describe_table(TABLE) + source.connection_address()


def test_a_missing_credential_is_named(case: Case, tmp_path: Path):
    if case.secret is None:
        pytest.skip("no setting of this kind takes a secret")
    settings = json.loads(json.dumps(case.secret).replace(SECRET, "${NOT_SET_ANYWHERE}"))
    for error in failures(settings, case, tmp_path / "work"):
        assert isinstance(error, CredentialError)
        assert error.code == "RDX-CRD-001"
        assert error.context["credential"] == "NOT_SET_ANYWHERE"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sqlite": "litefile:///a.db", "tables": []}, "sources.0.tables"),
        ({"sqlite": "litefile:///a.db", "tabels": ["a"], "tables": ["a"]}, "did you mean tables?"),
        ({"table": "a", "pth": "a.csv"}, "sources.0.path is missing"),
        ({"table": "a", "path": "a.csv", "delimeter": ";"}, "did you mean delimiter?"),
        ({"database": "oracle://db/shop", "tables": ["a"]}, "sqlite:/// and duckdb:/// addresses are read"),
        ("orders.csv", "sources.0"),
    ],
)
def test_a_mistake_in_a_kind_s_settings_is_named_with_its_line(tmp_path: Path, settings: Any, words: str):
    path = tmp_path / "shop" / "project.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({"sources": [settings]}, sort_keys=False))
    with pytest.raises(ConfigError, match="RDX-CFG-003") as caught:
        load_project(path)
    assert words in str(caught.value)
    assert caught.value.context["line"] >= 2


def test_a_broken_package_affects_only_the_projects_that_may_be_its_own(tmp_path: Path, monkeypatch):
    def fail(*_: str) -> None:
        raise ConfigError("RDX-CFG-019", "the extension cannot be imported")

    monkeypatch.setattr(registry, "load_plugin", fail)
    for name, settings in {"files": {"table": "a", "path": "a.csv"}, "other": {"sqlite": "litefile:///a.db"}}.items():
        path = tmp_path / name / "project.yaml"
        path.parent.mkdir()
        path.write_text(yaml.safe_dump({"sources": [settings]}))
    good, broken = load_projects(tmp_path)
    assert [project.name for project in good] == ["files"]
    assert broken["other"].code == "RDX-CFG-019"
    assert broken["other"].context["file"] == tmp_path / "other" / "project.yaml"


def test_the_example_of_the_docs_is_the_one_that_is_tested():
    page = (REPOSITORY / "docs" / "extending" / "sources.md").read_text()
    assert (REPOSITORY / "tests" / "plugins" / "example_plugin" / "sources.py").read_text() in page


def test_importing_a_kind_loads_nothing_that_reads():
    heavy = "{'polars', 'pyarrow', 'adbc_driver_manager', 'sqlite3', 'duckdb', 'pymysql', 'pandas', 'dagster'"
    heavy += ", 'httpx', 'botocore', 'asyncssh'"
    heavy += ", 'deltalake', 'pyiceberg', 'confluent_kafka', 'bson', 'pymssql', 'adbc_driver_snowflake', 'dlt'}"
    code = f"import sys, radix_assets.sources.kinds.registry as r; list(r.kinds()); print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert answer.stdout.strip() == "set()"


def test_a_project_of_an_installed_kind_runs_from_new_to_profiles(home: Home, instance: dg.DagsterInstance):
    case = _sqlite(home.state)
    project = create_project(home, "shop", [case.argument], target=f"{TABLE}.amount", accept="human").project
    assert project.tables == [TABLE]
    stages = (RAW, PROFILE)
    assert [one.state for one in asset_statuses(project, stages, tools_of(project, home))] == ["stale", "stale"]
    report = run(project, tools_of(project, home), instance, lambda *_: None, stages)
    assert report.state == "done"
    assert [one.state for one in asset_statuses(project, stages, tools_of(project, home))] == ["fresh", "fresh"]
    assert [one.state for one in check([project], home)] == ["works"]
    case.change()
    first, *_ = asset_statuses(project, stages, tools_of(project, home))
    assert first.state == "stale"
