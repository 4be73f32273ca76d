"""Where a project's tables are computed: on this machine, or on the cluster that the project names."""

from collections.abc import Mapping
from pathlib import Path

from radix_assets.project import Project
from radix_resources.compute import Choice, SparkCompute, choose, memory
from radix_resources.errors import ConfigError


def engine_for(project: Project, tables: Mapping[str, Path]) -> Choice:
    """The engine for raw snapshots, given by name, and why. Raises ConfigError RDX-CFG-012."""
    files = [path / "data.parquet" for path in tables.values()]
    return choose(project.compute.engine, files, cluster=project.compute.spark is not None, room=memory())


def cluster_of(project: Project) -> SparkCompute:
    """The cluster that a project names. Nothing is opened yet. Raises ConfigError RDX-CFG-012 where it names none."""
    named = project.compute.spark
    if named is None:
        raise ConfigError(
            "RDX-CFG-012",
            "no cluster is named",
            expected="compute.spark.master, such as spark://host:7077",
            hint="name the cluster in project.yaml, or take engine: polars",
        )
    return SparkCompute(named.master, named.config)
