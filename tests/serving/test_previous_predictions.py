"""Earlier predictions are used if they are by the same model and what they were made of is still there."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from radix_assets.pipeline.stage import Work, steps
from radix_assets.pipeline.status import assemble
from radix_assets.pipeline.tools import tools_of
from radix_assets.project.load import load_project
from radix_assets.serving.assets import _previous
from radix_assets.serving.predictions import UNKNOWN
from radix_assets.stages import STAGES
from radix_resources.home import Home
from radix_resources.storage.base import Commit, Storage


def publish(storage: Storage, name: str, state: dict[str, Any] | None = None, **files: object) -> Commit:
    with storage.attempt(f"shop/{name}") as attempt:
        for file, content in files.items():
            (attempt.path / f"{file}.json").write_text(json.dumps(content))
        return storage.commit(attempt, fingerprint=name, rows=1, seconds=0.0, shown={"state": state or {}})


@pytest.fixture
def made(home: Home) -> tuple[Storage, Work, Commit]:
    """Return a project whose predictions were made of the first of two snapshots of its table."""
    path = home.projects / "shop" / "project.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump({"name": "shop", "sources": [{"table": "The Orders", "path": "orders.csv"}]}))
    project = load_project(path)
    tools = tools_of(project, home)
    old = publish(tools.storage, "raw/The_Orders", data=1)
    publish(tools.storage, "champion", champion={"model_id": "m1", "reason": "the first"})
    publish(tools.storage, "labels", data=0)
    state = {"raw/The_Orders": old.data_version, "model": "m1", "of": UNKNOWN}
    previous = publish(tools.storage, "predictions", state, predictions=0)
    publish(tools.storage, "raw/The_Orders", data=2)
    step = next(step for step in steps(project, STAGES) if step.name == "predictions")
    return tools.storage, assemble(project, step, tools, previous), old


def test_the_snapshots_of_then_are_found(made: tuple[Storage, Work, Commit]):
    storage, work, old = made
    previous = _previous(work)
    assert previous is not None
    assert previous.tables == {"The Orders": storage.path(old)}
    assert work.previous is not None
    assert previous.folder == storage.path(work.previous)


def test_another_model_and_snapshots_that_were_withdrawn_leave_nothing_to_keep(made: tuple[Storage, Work, Commit]):
    storage, work, old = made
    publish(storage, "champion", champion={"model_id": "m2", "reason": "a better one"})
    again = assemble(work.project, work.step, work.tools, work.previous)
    assert _previous(again) is None
    assert _previous(work) is not None, "the champion of then is still there"
    storage.withdraw(old)
    assert _previous(work) is None
    assert Path(storage.path(storage.history("shop/raw/The_Orders")[0])).is_dir()
