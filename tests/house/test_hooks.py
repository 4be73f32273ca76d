"""The commit and push hooks run what CI runs, and download nothing."""

import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).parents[2]


def test_the_hooks_run_each_command_of_lint_without_a_network():
    repos = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    hooks = [hook for repo in repos for hook in repo["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    recipe = re.search(r"(?m)^lint:.*\n((?:\t.*\n)+)", (REPOSITORY / "Makefile").read_text())
    assert recipe
    commands = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe[1].splitlines()]
    entries = [hook["entry"].replace(" --force-exclude", "") for hook in hooks]
    assert set(commands) <= set(entries)
