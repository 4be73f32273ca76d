"""What orchestration costs: `radix run` against the same plain functions called one after another in one script.

    python benchmarks/overhead.py --project flights

Both start from nothing, with a home of their own; the sample's project file and tags are used as they are.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from common import ROOT, median, process, python, table

PLAIN = """
import tempfile
from pathlib import Path
from radix_assets.graph import Work, steps
from radix_assets.output import Snapshot
from radix_assets.project import load_project
from radix_assets.resources import tools
from radix_assets.stages import STAGES
from radix_resources.home import Home

home = Home.from_environment()
home.prepare()
project = load_project(home.projects / "{name}" / "project.yaml")
stand_on = tools(home)
made, seconds = {{}}, {{}}
for step in steps(project, STAGES):
    out = home.state / "plain" / step.name
    out.mkdir(parents=True)
    inputs = {{name: made[name] for name in step.needs + step.wants if name in made}}
    work = Work(project, step, inputs, out, stand_on, None, {{name: 0.0 for name in inputs}})
    step.stage.before(work, None)
    assert step.stage.compute(work) is not None
    made[step.name] = Snapshot(out, step.name)
stand_on.endpoint.release(project.name)
"""


def main() -> None:
    """Time both in turn and print the overhead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", default="flights")
    parser.add_argument("--repeats", type=int, default=3)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first = _environment(folder, "first")
        process([sys.executable, "-m", "radix_assets.cli", "demo"], first)
        process([sys.executable, "-m", "radix_assets.cli", "down"], first)
        source = Path(first["RADIX_PROJECTS"], wish.project)
        turn = iter(range(1000))

        def fresh() -> dict[str, str]:
            environment = _environment(folder, f"turn-{next(turn)}")
            shutil.copytree(source, Path(environment["RADIX_PROJECTS"], wish.project))
            return environment

        def orchestrated():  # noqa: ANN202 a closure
            environment = fresh()
            cost = process([sys.executable, "-m", "radix_assets.cli", "run", wish.project], environment)
            process([sys.executable, "-m", "radix_assets.cli", "down"], environment)
            return cost

        plain, full = median(wish.repeats, lambda: python(PLAIN.format(name=wish.project), fresh()), orchestrated)
    rows = [
        {"way": "plain functions in one script", "seconds": f"{plain:.1f}", "ratio": "1.00"},
        {"way": "radix run", "seconds": f"{full:.1f}", "ratio": f"{full / plain:.2f}"},
    ]
    print(table(rows))


def _environment(folder: str, name: str) -> dict[str, str]:
    return {"RADIX_HOME": f"{folder}/{name}/home", "RADIX_PROJECTS": f"{folder}/{name}/projects", "PWD": str(ROOT)}


if __name__ == "__main__":
    main()
