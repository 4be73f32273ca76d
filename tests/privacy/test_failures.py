"""The error of a step that fails on a value names the cause and the place, never the value."""

from collections.abc import Callable

import dagster as dg
import polars as pl
import pytest
import yaml

from radix_assets.orchestration.assets import build_assets
from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_resources.home import Home


def _python(_work: Work) -> Output:
    try:
        int("Qzx 7714289")
    except ValueError as error:
        raise KeyError("Qzx 7714289") from error
    return Output()


def _polars(_work: Work) -> Output:
    pl.Series(["Qzx 7714289"]).cast(pl.Int64, strict=True)
    return Output()


def _while_handling(_work: Work) -> Output:
    try:
        _polars(_work)
    except pl.exceptions.PolarsError:
        raise ZeroDivisionError from None
    return Output()


@pytest.mark.parametrize("fails", [_python, _polars, _while_handling])
def test_an_unexpected_error_leaves_no_value_anywhere(
    home: Home, instance: dg.DagsterInstance, fails: Callable[[Work], Output]
):
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(yaml.safe_dump({"name": "shop", "sources": [{"table": "t", "path": "t.csv"}]}))
    stage = Stage("look", "Look.", fails)
    assets = build_assets(load_project(folder / "project.yaml"), (stage,), tools(home))
    result = dg.materialize(assets, instance=instance, resources=tools(home).backends, raise_on_error=False)
    assert not result.success
    assert not any("Qzx" in str(event) for event in result.all_events)
    instance.dispose()
    kept = [file for file in home.state.rglob("*") if file.is_file()]
    assert any(b"RDX-INT-001" in file.read_bytes() for file in kept)
    assert [file.name for file in kept if b"Qzx 7714289" in file.read_bytes()] == []
