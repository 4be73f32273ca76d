"""Real faults of credentials, and a database without a free connection."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import dagster as dg
import pytest
import yaml
from database import Database, served

from radix_assets.budget.hold import asset_statuses
from radix_assets.orchestration.local_run import Report, run
from radix_assets.orchestration.sensors import requests
from radix_assets.orchestration.waiting import GATE
from radix_assets.pipeline.status import verdict
from radix_assets.pipeline.tools import tools
from radix_assets.profiles.assets import PROFILE
from radix_assets.project.load import load_project
from radix_assets.project.settings import Project
from radix_assets.raw.assets import RAW
from radix_assets.sources.databases import postgresql_connection as connection
from radix_resources.action_log.reading import read
from radix_resources.credentials.lookup import credentials, vault
from radix_resources.errors import TransientSourceError
from radix_resources.home import Home

STAGES = (RAW,)
GOOD, WRONG = "KRET-good", "KRET-wrong"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, session_folder: Path) -> Iterator[Database]:
    with served(tmp_path_factory.mktemp("pg"), session_folder) as made:
        made.password(GOOD)
        yield made


@pytest.fixture
def shop(home: Home, database: Database, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with a file and two tables of the database, whose password is not set yet."""
    monkeypatch.setenv("RADIX_KEY", "a pass phrase")
    monkeypatch.delenv("SHOP_PW", raising=False)
    connection._refused.clear()
    connection._full.clear()
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    (folder / "orders.csv").write_text("order_id,total\n1,2.5\n2,3.5\n")
    content = {
        "sources": [
            {"table": "orders", "path": "orders.csv"},
            {"database": database.address, "tables": ["payments", "payouts"]},
        ]
    }
    (folder / "project.yaml").write_text(yaml.safe_dump(content))
    return load_project(folder / "project.yaml")


def go(home: Home, shop: Project, instance: dg.DagsterInstance) -> Report:
    return run(shop, tools(home), instance, lambda *_: None, STAGES)


def states(home: Home, shop: Project) -> dict[str, str]:
    return {one.step.table or "": one.state for one in asset_statuses(shop, STAGES, tools(home))}


def tick(home: Home, instance: dg.DagsterInstance, tries: dict[str, object]) -> list[list[str]]:
    """Return what the sensor of the sources requests."""
    asked = requests(instance, home, {"raw"}, tries, STAGES)
    return [[key.path[-1] for key in one.asset_selection or []] for one in asked]


def test_a_missing_credential_is_one_task_that_stops_only_what_needs_it(home, shop, instance):
    report = go(home, shop, instance)
    assert report.state == "waiting"
    assert report.wishes == ["RDX-CRD-001: the credential SHOP_PW is missing; set it: radix credentials set SHOP_PW"]
    assert states(home, shop) == {"orders": "fresh", "payments": "waiting", "payouts": "waiting"}
    runs = instance.get_runs()
    assert {one.status for one in runs} == {dg.DagsterRunStatus.SUCCESS}, "nothing failed: a task for a person"
    events = [event.dagster_event for one in runs for event in instance.all_logs(one.run_id) if event.dagster_event]
    bad = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_UP_FOR_RETRY}
    assert not any(event.event_type in bad for event in events)
    shown = {
        event.asset_check_evaluation_data.asset_key.path[-1]: event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and event.asset_check_evaluation_data.check_name == GATE
    }
    assert {table: one.passed for table, one in shown.items()} == {"orders": True, "payments": False, "payouts": False}
    assert "radix credentials set SHOP_PW" in shown["payments"].description
    checks = read(instance, project="shop", kind="credential-check")
    assert {(one.action.subject, one.action.outcome, one.action.error_code) for one in checks} == {
        ("infra/credentials/SHOP_PW", "failed", "RDX-CRD-001")
    }


def test_a_refused_credential_is_not_retried_in_a_loop_and_work_resumes_once_it_is_accepted(
    home, shop, instance, monkeypatch, database
):
    vault(home.state).set("SHOP_PW", WRONG)
    tried: list[str] = []
    connect = adbc.connect
    monkeypatch.setattr(adbc, "connect", lambda url, **more: tried.append(url) or connect(url, **more))

    report = go(home, shop, instance)
    assert (report.state, len(report.wishes)) == ("waiting", 1)
    assert report.wishes[0].startswith("RDX-CRD-002")
    assert len(tried) == 1, "one refusal is enough for all tables and inspections"

    tries: dict[str, object] = {}
    assert tick(home, instance, tries) == []
    for _ in range(20):
        assert tick(home, instance, tries) == []
    assert len(tried) == 1

    vault(home.state).set("SHOP_PW", f"{WRONG}-again")
    assert tick(home, instance, tries) == [["payments", "payouts"]]
    assert go(home, shop, instance).state == "waiting"
    assert tick(home, instance, tries) == []
    assert len(tried) == 2

    vault(home.state).set("SHOP_PW", GOOD)
    assert tick(home, instance, tries) == [["payments", "payouts"]], "a sensor notices at its next tick"
    assert go(home, shop, instance).state == "done"
    assert set(states(home, shop).values()) == {"fresh"}
    assert tick(home, instance, tries) == []
    assert not any(
        word in (file.read_bytes()) for file in home.state.rglob("*") if file.is_file() for word in (b"KRET-",)
    )


def test_a_password_that_the_server_later_accepts_needs_no_new_one(home, shop, instance, database):
    database.password("KRET-changed")
    vault(home.state).set("SHOP_PW", GOOD)
    assert go(home, shop, instance).state == "waiting"
    database.password(GOOD)
    connection._refused.clear()  # a minute later
    assert tick(home, instance, {}) == [["payments", "payouts"]]
    assert go(home, shop, instance).state == "done"


def test_the_last_tables_read_are_used_while_a_person_is_asked(home, shop, instance):
    vault(home.state).set("SHOP_PW", GOOD)
    assert go(home, shop, instance).state == "done"
    vault(home.state).set("SHOP_PW", WRONG)
    statuses = asset_statuses(shop, STAGES, tools(home))
    assert {one.step.table: one.state for one in statuses} == {
        "orders": "fresh",
        "payments": "stale",
        "payouts": "stale",
    }
    report = go(home, shop, instance)
    assert (report.state, verdict(report.statuses)) == ("waiting", "waiting")
    assert all(one.commit for one in report.statuses)


@pytest.fixture
def full(database: Database) -> Iterator[list[object]]:
    """Take the only connection that the reader may have."""
    database.execute("ALTER ROLE reader CONNECTION LIMIT 1")
    taken = [adbc.connect(database.address.replace("${SHOP_PW}", GOOD))]
    yield taken
    for one in taken:
        one.close()
    database.execute("ALTER ROLE reader CONNECTION LIMIT -1")


def test_a_full_database_is_waited_for(home, shop, instance, full):
    vault(home.state).set("SHOP_PW", GOOD)
    later = threading.Timer(1.0, lambda: full.pop().close())
    later.start()
    assert go(home, shop, instance).state == "done"
    later.join()


def test_a_database_that_stays_full_is_reported_and_freezes_nothing(home, shop, instance, full, monkeypatch):
    monkeypatch.setattr(connection, "_QUEUE", 0.5)
    vault(home.state).set("SHOP_PW", GOOD)
    report = go(home, shop, instance)
    assert report.state == "failed"
    errors = {one.step.table: one.error for one in report.failed}
    assert set(errors) == {"payments", "payouts"}
    assert {one["code"] for one in errors.values()} == {"RDX-SRC-019"}
    assert {one["transient"] for one in errors.values()} == {True}
    assert states(home, shop)["orders"] == "fresh"
    full.pop().close()
    assert go(home, shop, instance).state == "done"


def test_while_the_database_is_full_only_one_caller_waits(home, shop, full, monkeypatch):
    monkeypatch.setenv("SHOP_PW", GOOD)
    pauses: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(connection, "_QUEUE", 1.0)
    monkeypatch.setattr(time, "sleep", lambda seconds: pauses.append(seconds) or sleep(seconds))
    waited = []
    for _ in range(3):
        database = connection.transaction(shop.sources[1].database, "payments", credentials(home.state))
        with pytest.raises(TransientSourceError, match="RDX-SRC-019"), database:
            pass
        waited.append(len(pauses))
    assert waited[0] > 0
    assert waited[1:] == waited[:1] * 2


def test_a_cluster_without_its_credential_is_a_task(home, instance, monkeypatch):
    monkeypatch.delenv("LAKE_KEY", raising=False)
    folder = home.projects / "lake"
    folder.mkdir(parents=True)
    (folder / "orders.csv").write_text("order_id,total\n1,2.5\n2,3.5\n")
    spark = {"master": "spark://127.0.0.1:1", "config": {"spark.hadoop.fs.s3a.secret.key": "${LAKE_KEY}"}}
    content = {
        "sources": [{"table": "orders", "path": "orders.csv"}],
        "compute": {"engine": "spark", "spark": spark},
    }
    (folder / "project.yaml").write_text(yaml.safe_dump(content))
    project = load_project(folder / "project.yaml")
    report = run(project, tools(home), instance, lambda *_: None, (RAW, PROFILE))
    assert report.state == "waiting"
    assert [wish[: len("RDX-CRD-001")] for wish in report.wishes] == ["RDX-CRD-001"]
    assert {one.status for one in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}
