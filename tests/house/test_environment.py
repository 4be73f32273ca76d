"""Only entry points read the location of the installation from the environment; libraries receive a Home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
ENTRY_POINTS = {
    "radix_assets/cli/common.py": "commands",
    "radix_assets/cli/join.py": "commands",
    "radix_assets/cli/main.py": "the command line",
    "radix_assets/definitions.py": "the code location",
    "radix_assets/orchestration/component.py": "the code location of another team",
    "radix_assets/orchestration/jobs.py": "a job",
    "radix_assets/orchestration/sensors.py": "sensors",
    "radix_assets/execution/child_process.py": "the process of a step",
    "radix_assets/serving/server.py": "the process of an endpoint",
    "radix_resources/machines/launcher.py": "Dagster builds it from the settings of its instance",
}
"""Modules that read it, and how."""


def reads(source: str) -> bool:
    """Return whether a module calls or passes on `Home.from_environment`."""
    name = "from_environment"
    return name in source and any(
        isinstance(node, ast.Attribute) and node.attr == name for node in ast.walk(ast.parse(source))
    )


def modules() -> Iterator[Path]:
    for package in ("radix_assets", "radix_resources"):
        yield from (REPOSITORY / package).rglob("*.py")


def test_only_entry_points_read_the_environment():
    found = {str(path.relative_to(REPOSITORY)) for path in modules() if reads(path.read_text(encoding="utf-8"))}
    assert found == set(ENTRY_POINTS)


@pytest.mark.parametrize("source", ["Home.from_environment().state", "partial(home.Home.from_environment)"])
def test_a_module_that_reads_the_environment_is_reported(source: str):
    assert reads(source)
    assert not reads('"""Home.from_environment is for entry points."""')
