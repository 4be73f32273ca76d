"""The compute engine of a project's tables: this machine, or the cluster that the project names."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from radix_assets.pipeline.output import Output
from radix_assets.project.settings import Project, names_a_cluster
from radix_resources.compute.base import Choice, choose, memory
from radix_resources.compute.spark import SparkCompute
from radix_resources.credentials.lookup import credentials
from radix_resources.errors import ConfigError
from radix_resources.home import Home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NAMES = {"polars": "Polars", "spark": "Spark"}


@dataclass(frozen=True)
class Computing:
    """An engine that is ready to compute."""

    choice: Choice
    session: "SparkSession | None" = None
    """The session on the cluster; None if this machine computes."""

    def add_to(self, output: Output) -> Output:
        """Add the engine and the reason for it to the output, and return it."""
        output.shown["engine"] = f"{_NAMES[self.choice.engine]}: {self.choice.reason}"
        return output


def engine_for(project: Project, tables: Mapping[str, Path]) -> Choice:
    """The engine for raw snapshots, given by name, and why. Raise ConfigError RDX-CFG-012."""
    files = [path / "data.parquet" for path in tables.values()]
    return choose(project.compute.engine, files, cluster=names_a_cluster(project), room=memory())


@contextlib.contextmanager
def computing(project: Project, tables: Mapping[str, Path], home: Home) -> Iterator[Computing]:
    """The engine for these snapshots, with a session on the cluster if it is Spark, stopped at the end.

    Raise ConfigError RDX-CFG-012 and, here or from the body, ComputeError RDX-CMP-001 to 006.
    """
    choice = engine_for(project, tables)
    if choice.engine == "polars":
        yield Computing(choice)
        return
    with cluster_of(project, home).session() as session:
        yield Computing(choice, session)


def cluster_of(project: Project, home: Home) -> SparkCompute:
    """Return the cluster that a project names. Nothing is opened yet. Raise ConfigError RDX-CFG-012 if it names none.

    References in its address and settings are resolved from the credentials of the installation.
    """
    cluster = project.compute.spark
    if cluster is None:
        raise ConfigError(
            "RDX-CFG-012",
            "no cluster is named",
            expected="compute.spark.master, such as spark://host:7077",
            hint="name the cluster in project.yaml, or use engine: polars",
        )
    reveal = partial(credentials(home.state).reveal, purpose="the secret that compute.spark refers to")
    return SparkCompute(cluster.master, cluster.config, reveal)
