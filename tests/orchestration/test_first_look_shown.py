"""A first look at a large table is shown before the table has been read, once."""

from typing import Any

import dagster as dg
import polars as pl
import pytest
import yaml

from radix_assets.orchestration.local_run import run
from radix_assets.pipeline.tools import tools_of
from radix_assets.profiles import first_look
from radix_assets.project.load import load_project
from radix_assets.raw.assets import RAW
from radix_assets.sources.read import sample_files
from radix_resources.home import Home


def test_an_observation_shows_the_sample_until_the_table_is_read(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(first_look, "SMALL", 1_000)
    monkeypatch.setattr(sample_files, "PART_BYTES", 2_000)
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    pl.DataFrame({"id": range(5_000), "email": ["a@example.org"] * 5_000}).write_csv(folder / "orders.csv")
    path = folder / "project.yaml"
    path.write_text(yaml.safe_dump({"name": "shop", "sources": [{"table": "orders", "path": "orders.csv"}]}))
    project = load_project(path)
    states: list[tuple[str, dict[str, Any]]] = []
    tools = tools_of(project, home)
    for _ in range(2):
        run(project, tools, instance, lambda _, state, details: states.append((state, details)), (RAW,))
        pl.DataFrame({"id": range(6_000), "email": ["a@example.org"] * 6_000}).write_csv(folder / "orders.csv")
    assert [state for state, _ in states] == ["start", "sampled", "made", "start", "made"]
    for key in (["shop", "raw", "orders"], ["shop", "profile", "orders"]):
        [record] = instance.fetch_observations(dg.AssetKey(key), limit=10).records
        assert record.asset_observation is not None
        metadata = record.asset_observation.metadata
        assert str(metadata["first look"].value).startswith("a sample: ")
        assert "example.org" not in str(metadata)
