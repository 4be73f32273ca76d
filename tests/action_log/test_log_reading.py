import threading
import time
from itertools import islice

import dagster as dg
import pytest

from radix_resources.action_log.log import record
from radix_resources.action_log.reading import Filter, entries, follow
from radix_resources.action_log.schema import Action
from radix_resources.action_log.stream import MADE, OBSERVED, rows


@pytest.fixture
def instance():
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def orders_log(home):
    """Yield the instance of the installation, with a materialization and an action."""
    with dg.DagsterInstance.get() as instance:
        record(instance, home, action(reason="first"))
        dg.materialize([orders], instance=instance, tags={"radix/actor": "sensor"})
        dg.materialize([orders], instance=instance)
        record(instance, home, action(project="bank", subject="bank/raw/orders"))
        yield instance


def action(**changes):
    return Action(
        **{"kind": "promote", "subject": "shop/champion", "project": "shop", "actor": "ada", "outcome": "ok", **changes}
    )


@dg.asset(key=["shop", "raw", "orders"])
def orders():
    return dg.MaterializeResult(metadata={"radix/version": 3, "preview": dg.MetadataValue.md("|a|")})


def test_materializations_and_actions_are_one_stream_in_the_order_of_the_log(instance, home):
    record(instance, home, action(reason="first"))
    dg.materialize([orders], instance=instance, tags={"radix/actor": "sensor"})
    record(instance, home, action(reason="last", subject="infra/local/endpoint"))
    found = list(entries(instance, Filter()))
    assert [(entry.action.kind, entry.action.actor) for entry in found] == [
        ("promote", "ada"), ("materialize", "sensor"), ("promote", "ada"),
    ]  # fmt: skip
    assert found[1].action.after == {"version": 3}
    ids = [entry.storage_id for entry in found]
    assert ids == sorted(ids, reverse=True)
    assert list(entries(instance, Filter(), ascending=True)) == found[::-1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter(project="shop"), ["infra", "refused", "failed", "made"]),
        (Filter(kind="refuse"), ["refused"]),
        (Filter(subject="shop/model"), ["failed"]),
        (Filter(actor="bob"), ["other"]),
        (Filter(severity="warning"), ["refused", "failed"]),
        (Filter(severity="error"), ["failed"]),
        (Filter(project="shop", severity="error", actor="bob"), []),
        (Filter(since=time.time() + 86400), []),
        (Filter(until=time.time() - 86400), []),
        (Filter(project="shop_2"), []),
        (Filter(project="sho%"), []),
    ],
)
def test_each_filter_narrows_the_result(instance, wanted, expected, home):
    record(instance, home, action(reason="made"))
    record(instance, home, action(reason="failed", subject="shop/model", outcome="failed"))
    record(instance, home, action(reason="refused", kind="refuse"))
    record(instance, home, action(reason="infra", subject="infra/local/endpoint"))
    record(instance, home, action(reason="other", project="bank", subject="bank/tags", actor="bob"))
    record(instance, home, action(reason="theirs", project="bank", subject="infra/local/endpoint"))
    assert [entry.action.reason for entry in entries(instance, wanted) if entry.action.reason != "theirs"] == expected


def test_the_order_is_the_storage_order_regardless_of_the_clock(instance, monkeypatch, home):
    now = time.time()
    for reason, skew in (("one", 0), ("two", -3600), ("three", 3600)):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda skew=skew: now + skew)
            record(instance, home, action(reason=reason))
    found = list(entries(instance, Filter(), ascending=True))
    assert [entry.action.reason for entry in found] == ["one", "two", "three"]
    assert [round(entry.timestamp - now) for entry in found] == [0, -3600, 3600]


def test_pages_leave_nothing_out_and_a_cursor_continues(instance, monkeypatch, home):
    monkeypatch.setattr("radix_resources.action_log.stream.PAGE", 7)
    for number in range(30):
        record(instance, home, action(reason=str(number)))
    down = [entry.storage_id for entry in entries(instance, Filter())]
    up = [entry.storage_id for entry in entries(instance, Filter(), ascending=True)]
    assert len(down) == 30
    assert up == down[::-1]
    rest = [entry.storage_id for entry in entries(instance, Filter(), after=up[9], ascending=True)]
    assert rest == up[10:]


def test_one_page_is_one_query_however_many_assets_there_are(instance, home):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    for number in range(40):
        record(instance, home, action(subject=f"shop/raw/{number}"))
    asked = []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert len(list(islice(rows(instance), 40))) == 40
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert sum("event_logs" in statement for statement in asked) == 1


def test_following_yields_new_entries(instance, home):
    record(instance, home, action(reason="before"))
    found = follow(instance, Filter(project="shop"), seconds=0.01)
    writer = threading.Timer(0.2, lambda: [record(instance, home, action(reason=text)) for text in ("one", "two")])
    writer.start()
    assert [next(found).action.reason for _ in range(2)] == ["one", "two"]
    writer.join()


def test_events_of_dagster_are_decoded_as_dagster_does(orders_log, home):
    from dagster._core.events.log import EventLogEntry
    from dagster._serdes import deserialize_value

    shown = {
        "text": "a", "md": dg.MetadataValue.md("|a|"), "float": 0.5, "yes": True, "json": {"a": [1, None]},
        "url": dg.MetadataValue.url("http://a"), "null": None, "path": dg.MetadataValue.path("/a"),
    }  # fmt: skip
    orders_log.report_runless_asset_event(dg.AssetMaterialization(["shop", "x"], metadata=shown, tags={"a": "b"}))
    record(orders_log, home, action(kind="tag", subject="shop/tags", before={"a": {"b": [1.5]}}, reason="with a chain"))
    found = list(rows(orders_log))
    assert {row.type for row in found} == {OBSERVED, MADE}
    for row in found:
        event = deserialize_value(row.event, EventLogEntry)
        held = event.asset_observation or event.asset_materialization
        tags = held.tags if row.type == MADE else {}
        assert row.metadata() == {**tags, **{name: entry.value for name, entry in held.metadata.items()}}
        assert (row.key, row.run_id) == (held.asset_key.to_user_string(), event.run_id)
        assert row.timestamp == pytest.approx(event.timestamp, abs=1e-5)
