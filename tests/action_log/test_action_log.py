import dagster as dg
import pytest

from radix_resources.action_log.log import logged_action, record
from radix_resources.action_log.reading import open_intents, read
from radix_resources.action_log.schema import Action
from radix_resources.errors import ServingError


@pytest.fixture
def instance():
    with dg.instance_for_test() as instance:
        yield instance


def action(**changes):
    return Action(**{"kind": "promote", "subject": "shop/champion", "project": "shop", "actor": "ada", **changes})


def test_what_is_recorded_is_read_back_unchanged(instance, home):
    written = action(outcome="ok", reason="it is better", before={"version": "1"}, after={"version": "2"}, seconds=0.25)
    record(instance, home, written)
    (entry,) = read(instance)
    assert entry.action == written
    assert entry.timestamp > 1.7e9


def test_an_action_is_readable_in_the_ui(instance, home):
    record(instance, home, action(outcome="ok", reason="it is better"))
    page = instance.fetch_observations(dg.AssetKey(["shop", "champion"]), limit=1)
    shown = page.records[0].asset_observation
    assert shown.description == "promote shop/champion: ok (it is better)"
    assert {name: entry.value for name, entry in shown.metadata.items() if name != "radix/action"} == {
        "action": "promote", "state": "ok", "actor": "ada", "reason": "it is better",
    }  # fmt: skip


def test_work_leaves_an_intent_and_then_its_outcome(instance, home):
    with logged_action(instance, home, action(after={"plan": 1})) as work:
        (intent,) = read(instance)
        assert (intent.action.phase, intent.action.outcome) == ("intent", None)
        work.after["version"] = "2"
        work.cost_dollars = 0.5
    outcome, intent = (entry.action for entry in read(instance))
    assert (outcome.phase, outcome.outcome, outcome.id) == ("outcome", "ok", intent.id)
    assert outcome.after == {"plan": 1, "version": "2"}
    assert outcome.cost_dollars == 0.5
    assert outcome.seconds >= 0
    assert intent.after == {"plan": 1}


@pytest.mark.parametrize(
    ("error", "code"), [(ServingError("RDX-SRV-008", "no"), "RDX-SRV-008"), (KeyboardInterrupt(), "KeyboardInterrupt")]
)
def test_a_failure_is_recorded_with_its_code_and_raised(instance, error, code, home):
    with pytest.raises(type(error)), logged_action(instance, home, action()):
        raise error
    outcome = read(instance)[0].action
    assert (outcome.outcome, outcome.error_code) == ("failed", code)


def test_a_lost_response_is_unknown_not_failed(instance, home):
    def ask():
        with logged_action(instance, home, action()) as work:
            work.outcome = "unknown"
            raise TimeoutError

    with pytest.raises(TimeoutError):
        ask()
    assert read(instance)[0].action.outcome == "unknown"


def test_an_intent_interrupted_by_a_crash_is_found(instance, home):
    record(instance, home, action(phase="intent", id="cut off"))
    with logged_action(instance, home, action()):
        pass
    assert [entry.action.id for entry in open_intents(read(instance))] == ["cut off"]


def test_the_newest_come_first_and_the_filters_apply(instance, home):
    for number in range(5):
        record(
            instance,
            home,
            action(outcome="ok", reason=str(number), subject=f"shop/{'model' if number % 2 else 'tags'}"),
        )
    record(instance, home, action(outcome="ok", kind="release", subject="infra/local/endpoint"))
    record(instance, home, action(outcome="ok", project="bank", subject="bank/tags"))
    record(instance, home, action(outcome="ok", project="bank", subject="infra/local/endpoint"))
    ids = [entry.storage_id for entry in read(instance)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 8
    of_shop = [entry.action for entry in read(instance, project="shop")]
    assert [entry.reason for entry in of_shop] == ["", "4", "3", "2", "1", "0"]
    assert [entry.action.reason for entry in read(instance, subject="shop/model")] == ["3", "1"]
    assert [entry.action.reason for entry in read(instance, project="shop", limit=3)] == ["", "4", "3"]
    assert [entry.action.project for entry in read(instance, kind="release")] == ["shop"]
    assert read(instance, project="nobody") == []


def test_reading_continues_past_a_page(instance, home):
    for number in range(130):
        record(instance, home, action(outcome="ok", kind="inspect" if number else "promote"))
    assert len(read(instance, limit=1000)) == 130
    assert [entry.action.kind for entry in read(instance, kind="promote")] == ["promote"]


def test_foreign_observations_and_newer_schemas_are_skipped(instance):
    key = dg.AssetKey(["shop", "champion"])
    instance.report_runless_asset_event(dg.AssetObservation(key))
    newer = {**action().model_dump(), "kind": "teleport", "schema_version": 9}
    instance.report_runless_asset_event(dg.AssetObservation(key, metadata={"radix/action": newer}))
    grown = {**action(reason="grown").model_dump(), "schema_version": 2, "mood": "good"}
    instance.report_runless_asset_event(dg.AssetObservation(key, metadata={"radix/action": grown}))
    assert [entry.action.reason for entry in read(instance)] == ["grown"]


def test_no_secret_reaches_the_log(instance, monkeypatch, tmp_path, home):
    monkeypatch.setenv("SHOP_DB", "canary-1")
    monkeypatch.setenv("MY_API_TOKEN", "canary-2-long")
    with logged_action(
        instance,
        home,
        action(reason="connect to postgresql://ada:canary-3@db/shop", before={"url": ["canary-1"], "canary-1": 1}),
        secret_names={"SHOP_DB"},
    ) as work:
        work.after["header"] = "Bearer canary-2-long"
    for entry in read(instance):
        assert "canary" not in entry.action.model_dump_json()
    for page in [instance.fetch_observations(dg.AssetKey(["shop", "champion"]), limit=10)]:
        assert "canary" not in str(page.records)
