"""The contract of providers, tested with each one found: built-in folders, and packages with an entry point."""

import contextlib
import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
import yaml

import radix_resources.providers as package
from radix_assets.operations.reconcile import reconcile
from radix_resources.action_log.reading import open_intents, read
from radix_resources.action_log.schema import Action
from radix_resources.endpoint.manifest import EndpointManifest
from radix_resources.errors import RadixError, StorageError
from radix_resources.home import Home
from radix_resources.providers.base import CAPABILITIES, Component, Provider, Request
from radix_resources.providers.names import DEFAULT
from radix_resources.providers.registry import build_provider, find_provider, provider_names
from radix_resources.provisioner import provision, remove, resolve_intent
from radix_resources.sizing.memory import reserved

SERVER = Path(__file__).parents[1] / "endpoint" / "small_server.py"
BIG = Request(memory_bytes=10**18, disk_bytes=10**18, seconds=60)
USUAL = Request(memory_bytes=10**8, disk_bytes=10**6, seconds=60)


@pytest.fixture(params=provider_names())
def given(request: pytest.FixtureRequest, home: Home) -> Iterator[Provider]:
    """Yield one provider, in an installation with a project that names it."""
    home.prepare()
    (home.projects / "shop").mkdir()
    content = {"sources": [{"table": "t", "path": "t.csv"}], "infrastructure": {"provider": request.param}}
    (home.projects / "shop" / "project.yaml").write_text(yaml.safe_dump(content))
    built = build_provider(home, request.param)
    yield built
    for component in built.components.values():
        for owner in component.owners():
            component.destroy(owner)


@pytest.fixture(params=CAPABILITIES)
def component(request: pytest.FixtureRequest, given: Provider) -> Component:
    return given.components[request.param]


@contextlib.contextmanager
def use(given: Provider, home: Home, capability: str, project: str, tmp_path: Path) -> Iterator[None]:
    """Create a real resource of a project there."""
    if capability == "storage":
        with given.storage.attempt(f"{project}/raw/orders") as attempt:
            (attempt.path / "data.txt").write_text(project)
            given.storage.commit(attempt, fingerprint="f", rows=1, seconds=0.1, shown={})
    elif capability == "tracking":
        files = tmp_path / f"fitted_{project}"
        files.mkdir()
        (files / "answer.txt").write_text("42")
        facts = {"params": {}, "metrics": {"auc": 0.7}, "tags": {}, "files": files, "loader": "toy_loader"}
        given.tracking.record(project, key="k", register=True, **facts)  # type: ignore[arg-type]
    elif capability == "endpoint":
        command = [sys.executable, "-S", str(SERVER), "1", ""]
        given.endpoint.deploy(project, EndpointManifest(version="1", command=command, files={}))
    elif capability == "compute":
        with reserved(home.state / "memory", f"{project}/model", 10**6, 10**9):
            yield
            return
    yield


def test_a_built_in_provider_is_one_folder_with_a_module_for_each_capability():
    folders = [path for path in Path(package.__path__[0]).iterdir() if (path / "__init__.py").exists()]
    assert DEFAULT in {folder.name for folder in folders}
    for folder in folders:
        assert {path.stem for path in folder.glob("*.py")} >= {"__init__", "provider", *CAPABILITIES}
        assert find_provider(folder.name).prices.is_file()


def test_a_provider_of_another_package_is_found_by_its_entry_point():
    assert {"local", "example"} <= set(provider_names())


def test_it_has_a_component_for_each_and_a_price_table(given: Provider, home: Home):
    assert set(given.components) == set(CAPABILITIES)
    for name, component in given.components.items():
        assert component.subject == f"infra/{given.name}/{name}"
        assert component.description
        assert component.rate(USUAL).dollars_hour >= 0
        assert given.rate(name, USUAL) == component.rate(USUAL)
    assert given.prices().dated


def test_planning_and_inspecting_change_nothing(component: Component, home: Home):
    before = files(home.state)
    component.plan("shop", USUAL)
    component.inspect("shop")
    component.owners()
    component.condition()
    assert files(home.state) == before


def test_applied_resources_exist_and_applying_again_changes_nothing(component: Component, home: Home):
    component.apply("shop", USUAL)
    assert component.plan("shop", USUAL).action == "none"
    before = files(home.state)
    component.apply("shop", USUAL)
    assert files(home.state) == before
    assert component.condition().state == "ready"


def test_applied_concurrently_a_resource_is_created_once(component: Component):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: component.apply("shop", USUAL), range(8)))
    assert component.plan("shop", USUAL).action == "none"
    assert component.owners() in ([], ["shop"])


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_create_and_release_restore_the_inventory_and_touch_nothing_else(
    given: Provider, home: Home, tmp_path: Path, capability: str
):
    component = given.components[capability]
    first = component.plan("shop", USUAL).action
    with contextlib.ExitStack() as held:
        for project in ("shop", "shop2"):
            component.apply(project, USUAL)
            held.enter_context(use(given, home, capability, project, tmp_path))
        if component.owners():
            assert component.owners() == ["shop", "shop2"]
            assert all(component.inspect(owner) for owner in component.owners())
    other = component.inspect("shop2")
    component.release("shop")
    component.release("shop")
    now = component.inspect("shop")
    assert now is None or now.rate.dollars_hour == 0
    component.destroy("shop")
    component.destroy("shop")
    assert component.inspect("shop") is None
    assert "shop" not in component.owners()
    assert component.plan("shop", USUAL).action == first or capability == "metadata"
    assert component.inspect("shop2") == other


def test_exceeding_the_capacity_is_refused_with_a_code_or_there_is_no_limit(component: Component):
    component.demand(USUAL)
    if component.capability in {"compute", "storage"}:
        with pytest.raises(RadixError) as caught:
            component.demand(BIG)
        assert caught.value.hint
    else:
        component.demand(BIG)


def test_provisioning_is_recorded_once_before_and_once_after(given: Provider, instance: dg.DagsterInstance, home: Home):
    storage = given.components["storage"]
    for _ in range(2):
        provision(instance, home, storage, "shop", USUAL, actor="ada", reason="for raw/orders")
    remove(instance, home, storage, "shop", actor="ada", reason="done with it")
    remove(instance, home, storage, "shop", actor="ada", reason="done with it")
    found = [
        (one.action.kind, one.action.phase, one.action.outcome, one.action.subject)
        for one in reversed(read(instance, project="shop"))
    ]
    subject = storage.subject
    assert found == [
        ("provision", "intent", None, subject),
        ("provision", "outcome", "ok", subject),
        ("release", "intent", None, subject),
        ("release", "outcome", "ok", subject),
    ]


def test_the_outcome_of_an_interrupted_intent_is_looked_up(given: Provider):
    storage = given.components["storage"]
    intent = Action(
        kind="provision",
        subject=storage.subject,
        project="shop",
        actor="ada",
        phase="intent",
        after={"request": USUAL.model_dump()},
    )
    assert resolve_intent(storage, intent)[0] == "failed"
    storage.apply("shop", USUAL)
    assert resolve_intent(storage, intent)[0] == "ok"
    release = intent.model_copy(update={"kind": "release"})
    assert resolve_intent(storage, release)[0] == "failed"
    storage.destroy("shop")
    assert resolve_intent(storage, release)[0] == "ok"


KILLED = """
import os, signal, sys
import dagster as dg
from radix_resources.home import Home
from radix_resources.providers.base import Request
from radix_resources.providers.registry import build_provider
from radix_resources.provisioner import provision

home = Home.from_environment()
storage = build_provider(home, sys.argv[1]).components["storage"]
apply = storage.apply
storage.apply = lambda *given: (apply(*given), os.kill(os.getpid(), signal.SIGKILL))
with dg.DagsterInstance.get() as instance:
    provision(instance, home, storage, "shop", Request(), actor="ada", reason="for raw/orders")
"""


def test_a_resource_whose_creation_was_killed_is_looked_up_at_the_next_start(
    given: Provider, instance: dg.DagsterInstance, home: Home
):
    done = subprocess.run([sys.executable, "-c", KILLED, given.name], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [one.action.phase for one in open_intents(read(instance, project="shop"))] == ["intent"]
    (found,) = reconcile(instance, home, thorough=False)
    assert (found.subject, found.done) == (f"infra/{given.name}/storage", "ok: it exists")
    assert open_intents(read(instance, project="shop")) == []


def test_a_failed_apply_is_reported_and_the_next_one_succeeds(
    given: Provider, instance: dg.DagsterInstance, home: Home
):
    storage = given.components["storage"]
    root = Path(vars(given.storage)["root"])
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("in the way")
    with pytest.raises(StorageError, match="RDX-STO-009"):
        provision(instance, home, storage, "shop", USUAL, actor="ada", reason="")
    assert read(instance, project="shop")[0].action.outcome == "failed"
    root.unlink()
    provision(instance, home, storage, "shop", USUAL, actor="ada", reason="")
    assert read(instance, project="shop")[0].action.outcome == "ok"
    assert open_intents(read(instance, project="shop")) == []


def files(folder: Path) -> dict[str, str]:
    """Return names and contents below a folder, except Dagster's own databases, which change by being opened."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".db", "-wal", "-shm", "-journal")) and path.name != ".lock"
    } | {str(path.relative_to(folder)): "folder" for path in folder.rglob("*") if path.is_dir()}


def test_at_the_first_start_each_component_is_shown_and_later_only_what_changed(
    given: Provider, instance: dg.DagsterInstance, home: Home
):
    keys = [dg.AssetKey(component.subject.split("/")) for component in given.components.values()]
    reconcile(instance, home, thorough=False)
    first = instance.get_latest_materialization_events(keys)
    assert all(first[key] is not None for key in keys)
    reconcile(instance, home, thorough=False)
    again = instance.get_latest_materialization_events(keys)
    assert {key: one.timestamp for key, one in again.items() if one} == {
        key: one.timestamp for key, one in first.items() if one
    }
