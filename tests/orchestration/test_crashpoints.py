"""A project killed at any publish step of any asset reaches the same end, and nothing partial is ever visible."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from crashpoints import POINTS

pytestmark = pytest.mark.slow


IN_CI = ("computed", "recorded")


@pytest.mark.parametrize(
    "point", [pytest.param(point, marks=[] if point in IN_CI else pytest.mark.extended) for point in POINTS]
)
def test_killed_at_a_publish_step_of_each_asset(point: str, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parents[1] / "crashpoints.py"), str(tmp_path), point],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
