"""A writer with access to the database cannot change approvals or tags undetected."""

import json
import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from radix_resources.action_log.audit import audit
from radix_resources.action_log.log import chains, record, write
from radix_resources.action_log.reading import read
from radix_resources.action_log.schema import Action
from radix_resources.home import Home


def approve(instance: dg.DagsterInstance, home: Home, number: int) -> None:
    record(
        instance,
        home,
        Action(kind="approve", subject="shop/champion", project="shop", actor="ada", outcome="ok", reason=str(number)),
    )


@pytest.fixture
def database(home: Home, instance: dg.DagsterInstance) -> Path:
    for number in range(1, 5):
        approve(instance, home, number)
    return home.state / "history" / "runs" / "index.db"


def tamper(database: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute(statement, values).rowcount > 0
    connection.close()


def events(database: Path) -> list[int]:
    with sqlite3.connect(database) as connection:
        found = [
            row[0]
            for row in connection.execute(
                "select id from event_logs where dagster_event_type = 'ASSET_OBSERVATION' order by id"
            )
        ]
    connection.close()
    return found


def flaws(instance: dg.DagsterInstance, home: Home) -> list[str]:
    return [flaw.found for flaw in audit(instance, home, {}) if not flaw.fixed]


def test_an_untouched_chain_has_no_flaw(instance: dg.DagsterInstance, database: Path, home: Home):
    assert audit(instance, home, {"shop": [chains(instance, home).head("shop") or {}]}) == []


def test_a_changed_approval_is_reported(instance: dg.DagsterInstance, database: Path, home: Home):
    second = events(database)[1]
    tamper(database, "update event_logs set event = replace(event, '\"ada\"', '\"eve\"') where id = ?", second)
    assert flaws(instance, home) == ["number 2 (approve shop/champion by eve) was changed"]


def test_a_removed_approval_is_reported(instance: dg.DagsterInstance, database: Path, home: Home):
    tamper(database, "delete from event_logs where id = ?", events(database)[1])
    assert flaws(instance, home) == ["number 2 (approve shop/champion by ada) is not in the log any more"]


def test_reordered_approvals_are_reported(instance: dg.DagsterInstance, database: Path, home: Home):
    first, *_, last = events(database)
    tamper(database, "update event_logs set timestamp = datetime(timestamp, '-1 hour') where id = ?", first)
    for old, new in ((first, 10**6), (last, first), (10**6, last)):
        tamper(database, "update event_logs set id = ? where id = ?", new, old)
    assert any("is after number" in flaw for flaw in flaws(instance, home))


def test_missing_last_links_are_reported_and_rewritten(instance: dg.DagsterInstance, database: Path, home: Home):
    for number in events(database)[2:]:
        tamper(database, "delete from event_logs where id = ?", number)
    found = audit(instance, home, {})
    assert [(flaw.found, flaw.fixed) for flaw in found] == [
        (f"number {number} (approve shop/champion by ada) was not in the log", True) for number in (3, 4)
    ]
    assert [entry.action.reason for entry in read(instance)] == ["4", "3", "2", "1"]
    assert audit(instance, home, {}) == []


def test_an_end_truncated_everywhere_is_detected_from_commit_records(
    home: Home, instance: dg.DagsterInstance, database: Path
):
    head = chains(instance, home).head("shop") or {}
    tamper(database, "delete from event_logs where id = ?", events(database)[-1])
    (home.state / "chains" / "shop" / "00000004.json").unlink()
    (flaw,) = audit(instance, home, {"shop": [head]})
    assert flaw.found == "a commit record remembers 4 approvals and tags; there are 3"


def test_a_rewritten_chain_does_not_match_the_commit_records(home: Home, instance: dg.DagsterInstance, database: Path):
    head = chains(instance, home).head("shop") or {}
    tamper(database, "delete from event_logs")
    for file in (home.state / "chains" / "shop").iterdir():
        file.unlink()
    for number in range(11, 15):
        approve(instance, home, number)
    (flaw,) = audit(instance, home, {"shop": [head]})
    assert flaw.found == "number 4 is not the one that a commit record remembers"


def test_a_forged_approval_is_not_in_the_chain(instance: dg.DagsterInstance, database: Path, home: Home):
    write(instance, Action(kind="approve", subject="shop/champion", project="shop", actor="eve", outcome="ok"))
    assert [flaw.partition(" (")[2] for flaw in flaws(instance, home)] == [
        "approve shop/champion by eve) is in no chain"
    ]


def test_a_changed_file_is_reported(home: Home, instance: dg.DagsterInstance, database: Path):
    file = home.state / "chains" / "shop" / "00000003.json"
    held = json.loads(file.read_text())
    held["action"]["actor"] = "eve"
    file.write_text(json.dumps(held))
    assert flaws(instance, home) == ["number 3 (approve shop/champion by ada) was changed"]


def test_a_lost_file_is_rewritten_from_the_log(home: Home, instance: dg.DagsterInstance, database: Path):
    (home.state / "chains" / "shop" / "00000002.json").unlink()
    assert [flaw.fixed for flaw in audit(instance, home, {})] == [True]
    assert audit(instance, home, {}) == []


def test_a_crash_between_the_link_and_its_event_leaves_no_gap(instance: dg.DagsterInstance, database: Path, home: Home):
    last = Action(kind="approve", subject="shop/champion", project="shop", actor="ada", outcome="ok", reason="5")
    chains(instance, home).append(last)
    approve(instance, home, 6)
    assert [entry.action.reason for entry in read(instance)] == ["6", "5", "4", "3", "2", "1"]
    assert audit(instance, home, {}) == []
