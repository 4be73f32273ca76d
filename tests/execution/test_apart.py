"""A large step in a separate process: the same result, the same limit on memory, the same error messages."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from radix_assets.execution.child_process import OutOfMemory, can_leave, compute_apart
from radix_assets.pipeline.stage import Work, steps
from radix_assets.pipeline.status import assemble
from radix_assets.pipeline.tools import tools
from radix_assets.project.load import load_project
from radix_assets.stages import STAGES
from radix_resources.errors import SourceError
from radix_resources.home import Home

GB = 10**9


@pytest.fixture
def work(home: Home, tmp_path: Path) -> Work:
    folder = home.projects / "shop"
    folder.mkdir(parents=True)
    (folder / "orders.csv").write_text("id,total\n1,2.5\n2,3.5\n")
    path = folder / "project.yaml"
    path.write_text(yaml.safe_dump({"name": "shop", "sources": [{"table": "orders", "path": "orders.csv"}]}))
    project = load_project(path)
    (step,) = (step for step in steps(project, STAGES) if step.name == "raw/orders")
    out = tmp_path / "out"
    out.mkdir()
    return replace(assemble(project, step, tools(home), None), out=out)


def test_a_step_in_a_separate_process_has_the_same_result(work: Work, tmp_path: Path):
    assert can_leave(work)
    output, usage = compute_apart(work, GB)
    here = tmp_path / "here"
    here.mkdir()
    assert work.step.stage.compute(replace(work, out=here)) == output
    files = {path.name: path.read_bytes() for path in here.iterdir()}
    assert {path.name: path.read_bytes() for path in work.out.iterdir()} == files
    assert 10**7 < usage.peak_bytes < GB


def test_a_step_beyond_its_limit_is_terminated(work: Work):
    with pytest.raises(OutOfMemory) as ended:
        compute_apart(work, 10**7)
    assert ended.value.usage.out_of_memory
    assert ended.value.usage.peak_bytes > 10**7


def test_an_error_keeps_its_message(work: Work):
    (work.project.folder / "orders.csv").unlink()
    with pytest.raises(SourceError, match="RDX-SRC-001") as caught:
        compute_apart(work, GB)
    assert caught.value.hint
    assert caught.value.expected
