import json
from pathlib import Path

import dagster as dg
import pytest

from radix_assets.operations.error_trends import grouped
from radix_resources.action_log import fold
from radix_resources.action_log.fold import folded
from radix_resources.action_log.log import process_name, record
from radix_resources.action_log.schema import Action


@pytest.fixture
def instance():
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "log.json"


def action(**changes):
    return Action(
        **{"kind": "promote", "subject": "shop/champion", "project": "shop", "actor": "ada", "outcome": "ok", **changes}
    )


def some(instance, home):
    record(instance, home, action(cost_dollars=1.5))
    record(instance, home, action(phase="intent", outcome=None, id="open", process=process_name()))
    for _ in range(3):
        record(instance, home, action(kind="materialize", outcome="failed", error_code="RDX-MOD-001", reason="no rows"))
    instance.report_runless_asset_event(dg.AssetMaterialization(["shop", "model"]))


def test_the_state_is_the_fold_of_the_log(instance, cache, home):
    some(instance, home)
    state = folded(instance, cache)
    shop = state.of("shop")
    assert (shop.actions, shop.made, list(shop.open), list(shop.dollars.values())) == (4, 1, ["open"], [1.5])
    (failures,) = state.failures.values()
    assert (failures.code, failures.count, failures.found) == ("RDX-MOD-001", 3, "no rows")
    record(instance, home, action(id="open"))
    assert folded(instance, cache).of("shop").open == {}


def test_only_new_events_are_read_and_nothing_depends_on_the_cache(instance, cache, monkeypatch, home):
    some(instance, home)
    folded(instance, cache)
    record(instance, home, action(reason="new"))
    added = []
    add = fold._add
    monkeypatch.setattr(fold, "_add", lambda state, row, decoder: (added.append(row), add(state, row, decoder)))
    warm = folded(instance, cache)
    assert len(added) == 1
    cache.unlink()
    cold = folded(instance, cache)
    assert warm == cold


@pytest.mark.parametrize("damage", ["cut", "edited", "newer", "empty", "directory"])
def test_an_invalid_cache_is_rebuilt(instance, cache, damage, home):
    some(instance, home)
    before = folded(instance, cache)
    text = cache.read_text()
    if damage == "edited":
        cache.write_text(text.replace('"made": 1', '"made": 7'))
    elif damage == "newer":
        cache.write_text(json.dumps({**json.loads(text), "format": 99}))
    elif damage == "directory":
        cache.unlink()
        cache.mkdir()
    else:
        cache.write_text(text[: len(text) // 2] if damage == "cut" else "")
    assert folded(instance, cache) == before


def test_another_database_invalidates_the_cache(instance, cache, home):
    some(instance, home)
    folded(instance, cache)
    with dg.instance_for_test() as other:
        for number in range(9):
            record(other, home, action(project="bank", subject=f"bank/{number}"))
        assert list(folded(other, cache).projects) == ["bank"]


def test_an_event_that_becomes_visible_late_is_not_missed(instance, cache, home):
    """PostgreSQL numbers events when their transaction begins, and shows them when it commits."""
    some(instance, home)
    before = folded(instance, cache)
    late = before.recent[1]
    held = json.loads(cache.read_text())["state"]
    held["recent"].remove(late)
    held["projects"]["shop"]["open"] = {}
    cache.write_text(json.dumps({"format": fold.FORMAT, "sha256": fold._digest(held), "state": held}))
    assert folded(instance, cache) == before


def test_failures_are_grouped_by_code_and_project_with_their_trend(instance, cache, home):
    some(instance, home)
    record(instance, home, action(kind="materialize", outcome="failed", error_code="RDX-SRC-001", project="bank"))
    state = folded(instance, cache)
    now = max(project.last for project in state.projects.values()) + 1
    found = grouped(state, None, now - 7 * 86400, now)
    assert [(one.code, one.project, one.count) for one in found] == [
        ("RDX-MOD-001", "shop", 3), ("RDX-SRC-001", "bank", 1),
    ]  # fmt: skip
    assert found[0].sparkline == "···········█"
    assert grouped(state, "bank", now - 86400, now)[0].project == "bank"
    assert grouped(state, None, now - 9e6, now - 8e6) == []


def test_a_failure_recorded_by_the_action_and_by_its_step_counts_once(instance, cache, home):
    for kind in ("promote", "materialize"):
        record(instance, home, action(kind=kind, outcome="failed", error_code="RDX-MOD-001", run_id="run"))
    (failures,) = folded(instance, cache).failures.values()
    assert failures.count == 1
