"""Endpoints whose time has expired are released and logged."""

import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml

from radix_assets.orchestration.idle_endpoints import release_idle
from radix_assets.pipeline.stage import Tools
from radix_assets.pipeline.tools import tools
from radix_resources.action_log.reading import read
from radix_resources.action_log.schema import Action
from radix_resources.endpoint.manifest import EndpointManifest
from radix_resources.home import Home

HOUR = 3600


@pytest.fixture
def local_tools(home: Home) -> Iterator[Tools]:
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    content = {"name": "shop", "sources": [{"table": "t", "path": "t.csv"}], "infrastructure": {"endpoint_hours": 2}}
    (folder / "project.yaml").write_text(yaml.safe_dump(content))
    found = tools(home)
    server = str(Path(__file__).with_name("small_server.py"))
    found.endpoint.deploy("shop", EndpointManifest(version="1", command=[sys.executable, "-S", server, "1", ""]))
    yield found
    found.endpoint.release("shop")


def released(instance: dg.DagsterInstance) -> list[Action]:
    return [one.action for one in read(instance, project="shop") if one.action.kind == "release"]


def test_the_time_of_an_endpoint_is_counted_from_when_it_was_first_seen(
    home: Home, instance: dg.DagsterInstance, local_tools: Tools
):
    seen = release_idle(instance, home, {}, now=0.0)
    assert seen == {"shop": {"since": 0.0, "version": "1"}}
    assert release_idle(instance, home, seen, now=2 * HOUR - 1) == seen
    assert released(instance) == []
    assert release_idle(instance, home, seen, now=2 * HOUR) == {}
    deployed = local_tools.endpoint.inspect("shop")
    assert deployed is not None
    assert deployed.state == "stopped"
    assert [(one.phase, one.outcome) for one in released(instance)] == [("outcome", "ok"), ("intent", None)]


def test_an_endpoint_that_stopped_by_itself_is_recorded_once(
    home: Home, instance: dg.DagsterInstance, local_tools: Tools
):
    seen = release_idle(instance, home, {}, now=0.0)
    local_tools.endpoint.stop("shop")
    seen = release_idle(instance, home, seen, now=60.0)
    assert release_idle(instance, home, seen, now=120.0) == {}
    assert [one.subject for one in released(instance)] == ["shop/endpoint"]
