"""The scores of the benchmark, for tests: benchmarks/ is not a package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from relationship_sets import Database, published, renamed, with_nulls, with_orphans
from relationship_worlds import worlds
from relationships import NAMES, Scores, measure, score, total

__all__ = [
    "NAMES",
    "Database",
    "Scores",
    "measure",
    "published",
    "renamed",
    "score",
    "total",
    "with_nulls",
    "with_orphans",
    "worlds",
]
