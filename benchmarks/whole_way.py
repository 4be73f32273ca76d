"""The sample from raw tables to an endpoint: time, memory, share of each stage, overhead of orchestration.

    python benchmarks/whole_way.py --repeats 3

`radix run` is timed in turn with a script that calls the same plain functions one after another, without Dagster,
commit records or progress. Both start from scratch, each time with a separate home and the sample's tags confirmed.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from common import Cost, process, python, table

NAME = "flights"
RADIX = [sys.executable, "-m", "radix_assets.cli"]
PLAIN = f"""
from radix_assets.pipeline.stage import Work, steps
from radix_assets.pipeline.output import Snapshot
from radix_assets.project.load import load_project
from radix_assets.orchestration.resources import tools
from radix_assets.stages import STAGES
from radix_resources.home import Home

home = Home.from_environment()
home.prepare()
project = load_project(home.projects / "{NAME}" / "project.yaml")
local_tools = tools(home)
made = {{}}
for step in steps(project, STAGES):
    out = home.state / "plain" / step.name
    out.mkdir(parents=True)
    inputs = {{name: made[name] for name in step.deps + step.optional_deps}}
    work = Work(project, step, inputs, out, local_tools, None, dict.fromkeys(inputs, 0.0))
    step.stage.before(work, None)
    assert step.stage.compute(work) is not None
    made[step.name] = Snapshot(out, step.name)
"""


def main() -> None:
    """Time both in turn, then the run with nothing new."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    first, again, plain = [], [], []
    stages: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sample = _sample(folder)
        for turn in range(arguments.repeats):
            with _Fresh(folder, f"radix-{turn}", sample) as environment:
                first.append(process([*RADIX, "run", NAME], environment))
                again.append(process([*RADIX, "run", NAME], environment))
                for stage, seconds in _seconds(Path(environment["RADIX_HOME"])).items():
                    stages.setdefault(stage, []).append(seconds)
            with _Fresh(folder, f"plain-{turn}", sample) as environment:
                plain.append(python(PLAIN, environment))
    whole, bare = _median(first), _median(plain)
    rows = [
        {"way": "`radix run`, from nothing", "seconds": f"{whole:.1f}", "against plain": f"{whole / bare:.2f}"},
        {"way": "the plain functions in one script", "seconds": f"{bare:.1f}", "against plain": "1.00"},
        {"way": "`radix run`, nothing new", "seconds": f"{_median(again):.1f}", "against plain": ""},
    ]
    print(table(rows))
    print(f"\npeak memory of the largest process: {max(cost.peak_mib for cost in first):,.0f} MiB\n")
    spent = {stage: statistics.median(seconds) for stage, seconds in stages.items()}
    total = sum(spent.values())
    ordered = sorted(spent.items(), key=lambda one: -one[1])
    print(
        table([{"stage": name, "seconds": f"{value:.1f}", "share": f"{value / total:.0%}"} for name, value in ordered])
    )


def _sample(folder: str) -> Path:
    """Set up the sample project like `radix demo`, without running it."""
    environment = _environment(folder, "sample")
    code = "from radix_assets.cli.common import place; from radix_assets.cli.demo import set_up; set_up(place())"
    python(f"from radix_resources.home import Home; Home.from_environment().prepare(); {code}", environment)
    return Path(environment["RADIX_PROJECTS"], NAME)


class _Fresh:
    """An installation with only the sample; its endpoint is stopped at the end."""

    def __init__(self, folder: str, name: str, sample: Path) -> None:
        self._environment = _environment(folder, name)
        self._sample = sample

    def __enter__(self) -> dict[str, str]:
        shutil.copytree(self._sample, Path(self._environment["RADIX_PROJECTS"], NAME))
        return self._environment

    def __exit__(self, *_: object) -> None:
        process([*RADIX, "down"], self._environment)


def _environment(folder: str, name: str) -> dict[str, str]:
    return {"RADIX_HOME": f"{folder}/{name}/home", "RADIX_PROJECTS": f"{folder}/{name}/projects"}


def _seconds(home: Path) -> dict[str, float]:
    """Return seconds by stage, from the commit records; a stage per table is summed up."""
    found: dict[str, float] = {}
    for record in (home / "store" / "commits" / NAME).rglob("*.json"):
        commit = json.loads(record.read_text())
        stage = commit["asset"].split("/")[1]
        found[stage] = found.get(stage, 0.0) + commit["seconds"]
    return found


def _median(costs: list[Cost]) -> float:
    return statistics.median(cost.seconds for cost in costs)


if __name__ == "__main__":
    main()
