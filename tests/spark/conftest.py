"""One cluster for all tests of Spark: a master and two workers, in separate processes."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radix_resources.compute.spark import SparkCompute

pytest.importorskip("pyspark", reason="pyspark is not installed")
from spark_cluster import CONFIG, cluster

sys.path.append(str(Path(__file__).parents[1] / "features"))  # the shop, and the real datasets


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need a cluster as extended, and put those that need the session last: it holds all cores."""
    places = [place for place, item in enumerate(items) if Path(__file__).parent in item.path.parents]
    mine = [items[place] for place in places]
    holding = ["spark" in getattr(item, "fixturenames", ()) for item in mine]
    for item in mine:
        if "master" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.extended)
    ordered = sorted(zip(holding, range(len(mine)), strict=True))
    for place, (_, number) in zip(places, ordered, strict=True):
        items[place] = mine[number]


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a local cluster with two workers."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    with cluster(tmp_path_factory.mktemp("cluster")) as address:
        yield address


@pytest.fixture(scope="session")
def spark(master: str) -> Iterator[Any]:
    """Yield a session on the cluster."""
    with SparkCompute(master, CONFIG).session() as session:
        yield session
