"""Run the code blocks of the tutorial in the order of the page, with the real command; each ends as the page says."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "index.md"
BLOCK = re.compile(r"(?ms)^```(python|bash)(?: exit=(\d))?\n(.*?)^```$")


@pytest.mark.slow
@pytest.mark.extended
def test_the_tutorial_does_what_it_says(tmp_path: Path):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "RADIX_HOME": str(tmp_path / ".radix"), "PATH": path}
    environment |= {"RADIX_PROJECTS": str(tmp_path / "projects"), "PYTHONWARNINGS": "ignore"}

    def run(command: list[str], code: int = 0) -> None:
        ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ended.returncode == code, f"{command[-1]}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"

    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert {language for language, _, _ in blocks} == {"python", "bash"}
    try:
        for language, code, text in blocks:
            lines = [text] if language == "python" else text.splitlines()
            for line in lines:
                run([sys.executable, "-c", line] if language == "python" else ["bash", "-c", line], int(code or 0))
                if line.startswith("radix new"):  # what the page says holds for any number of trials
                    with (tmp_path / "projects" / "shop" / "project.yaml").open("a") as project:
                        project.write("search: {trials: 2}\n")
        with (tmp_path / "scored.csv").open() as scored:
            rows = list(csv.DictReader(scored))
        assert [row["order_id"] for row in rows] == ["600", "601", "602", "603", "604"]
        assert {row["prediction"] for row in rows} <= {"yes", "no"}
    finally:
        subprocess.run([Path(sys.executable).with_name("radix"), "down"], cwd=tmp_path, env=environment, check=False)
