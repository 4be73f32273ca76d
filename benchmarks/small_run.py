"""CPU of `radix run` on a small project, from nothing to an endpoint: three tables, 600 orders, two trials.

python benchmarks/small_run.py
"""

import sys
import tempfile
from pathlib import Path

import yaml
from common import ROOT, process, table

RADIX = [sys.executable, "-m", "radix_assets.cli"]


def main() -> None:
    """Create the project, run it twice, and print what each command took, without the endpoint's process."""
    sys.path.insert(0, str(ROOT / "tests" / "end_to_end"))
    from little_shop import write_shop

    with tempfile.TemporaryDirectory() as folder:
        environment = {"RADIX_HOME": f"{folder}/home", "RADIX_PROJECTS": f"{folder}/projects"}
        files = write_shop(Path(folder, "data"))
        new = process([*RADIX, "new", "shop", *files, "--target", "orders.returned", "--accept", "auto"], environment)
        file = Path(folder, "projects", "shop", "project.yaml")
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "search": {"trials": 2}}))
        try:
            first = process([*RADIX, "run", "shop"], environment)
            second = process([*RADIX, "run", "shop"], environment)
        finally:
            process([*RADIX, "down"], environment)
    costs = {"radix new": new, "radix run": first, "radix run, nothing to do": second}
    print(table([{"command": name, "CPU seconds": f"{cost.cpu:.1f}"} for name, cost in costs.items()]))


if __name__ == "__main__":
    main()
