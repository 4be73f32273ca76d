"""Load time of the code location with many projects, compared with an empty Dagster location.

python benchmarks/loading.py --projects 50 --tables 10
"""

import argparse
import tempfile
from pathlib import Path

import yaml
from common import median, python, table

EMPTY = "import dagster as dg; dg.Definitions().get_repository_def().load_all_definitions()"
RADIX = "from radix_assets.definitions import defs; defs().get_repository_def().load_all_definitions()"


def main() -> None:
    """Time both in turn and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=50)
    parser.add_argument("--tables", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.projects):
            name = f"project_{number:03d}"
            path = Path(folder, "projects", name, "project.yaml")
            path.parent.mkdir(parents=True)
            sources = [{"table": f"table_{index}", "path": f"data/{index}.csv"} for index in range(arguments.tables)]
            path.write_text(yaml.safe_dump({"name": name, "sources": sources, "goal": {"target": "table_0.y"}}))
        environment = {"RADIX_HOME": f"{folder}/home", "RADIX_PROJECTS": f"{folder}/projects"}
        empty, full = median(arguments.repeats, lambda: python(EMPTY, environment), lambda: python(RADIX, environment))
    rows = [
        {"location": "empty", "seconds": f"{empty:.2f}", "ratio": "1.0"},
        {
            "location": f"{arguments.projects} projects × {arguments.tables} tables",
            "seconds": f"{full:.2f}",
            "ratio": f"{full / empty:.1f}",
        },
    ]
    print(table(rows))


if __name__ == "__main__":
    main()
