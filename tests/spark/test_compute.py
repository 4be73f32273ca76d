"""The choice of the engine, and the errors of a cluster that cannot be used."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from radix_assets.pipeline.engine import cluster_of, engine_for
from radix_assets.project.machines import Compute, Spark
from radix_assets.project.settings import Project
from radix_resources.compute.base import choose, estimated, memory
from radix_resources.compute.spark import SparkCompute
from radix_resources.errors import ComputeError, ConfigError, CredentialError, RadixError, TransientComputeError
from radix_resources.home import Home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    pl.DataFrame({"x": range(10_000)}).write_parquet(tmp_path / "data.parquet")
    return tmp_path / "data.parquet"


def test_the_engine_is_chosen_by_bytes_and_memory_and_only_if_a_cluster_is_set(file: Path):
    needed = estimated([file])
    assert needed >= 10_000
    assert choose("auto", [file], cluster=True, room=needed).engine == "spark"
    assert choose("auto", [file], cluster=True, room=10 * needed).engine == "polars"
    assert choose("auto", [file], cluster=False, room=1).engine == "polars"
    assert choose("polars", [file], cluster=True, room=1).engine == "polars"
    asked = choose("spark", [file], cluster=True, room=10 * needed)
    assert (asked.engine, asked.fits) == ("spark", True)
    assert not choose("spark", [file], cluster=True, room=needed).fits
    with pytest.raises(ConfigError) as caught:
        choose("spark", [file], cluster=False, room=1)
    assert caught.value.code == "RDX-CFG-012"
    assert memory() > 0


def test_an_unreachable_cluster_is_reported_at_once_and_without_its_token():
    compute = SparkCompute("sc://127.0.0.1:1/;token=abc")
    with pytest.raises(TransientComputeError) as caught, compute.session():
        pass
    assert caught.value.code == "RDX-CMP-003"
    assert "abc" not in str(caught.value)


def test_a_missing_requirement_is_reported_before_a_session_is_opened(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ComputeError) as caught:
        SparkCompute("spark://127.0.0.1:1").ready()
    assert caught.value.code == "RDX-CMP-002"
    with pytest.raises(TransientComputeError):  # the driver of Spark Connect is remote
        SparkCompute("sc://127.0.0.1:1").ready()
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(ComputeError) as caught:
        SparkCompute("sc://127.0.0.1:1").ready()
    assert caught.value.code == "RDX-CMP-001"


def test_the_secrets_in_the_address_of_a_cluster_are_references():
    assert Spark(master="sc://host:15002/;token=${TOKEN}").master.endswith("${TOKEN}")
    for master in ("http://host", "sc://host/;token=abc"):
        with pytest.raises(ValueError, match=r"begins with|token"):
            Spark(master=master)
    with pytest.raises(ValueError, match="is a secret"):
        Spark(master="spark://host:7077", config={"spark.hadoop.fs.s3a.secret.key": "abc"})
    with pytest.raises(ValueError, match="requires a cluster"):
        Compute(engine="spark")


def test_a_secret_is_looked_up_when_the_session_is_opened(master: str, home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RADIX_TEST_SECRET", raising=False)
    config = {"spark.hadoop.fs.s3a.secret.key": "${RADIX_TEST_SECRET}"}
    project = Project(
        name="a",
        sources=[{"table": "t", "path": "t.csv"}],
        compute={"engine": "spark", "spark": {"master": master, "config": config}},
    )
    compute = cluster_of(project, home)
    with pytest.raises(CredentialError) as caught, compute.session():
        pass
    assert caught.value.code == "RDX-CRD-001"


def test_a_project_names_its_engine_and_its_cluster(file: Path, home: Home):
    plain = Project(name="a", sources=[{"table": "t", "path": "t.csv"}])
    named = Project(
        name="a",
        sources=[{"table": "t", "path": "t.csv"}],
        compute={"engine": "spark", "spark": {"master": "spark://host:7077"}},
    )
    assert engine_for(plain, {"t": file.parent}).engine == "polars"
    assert engine_for(named, {"t": file.parent}).engine == "spark"
    assert cluster_of(named, home).shown == "spark://host:7077"
    with pytest.raises(ConfigError):
        cluster_of(plain, home)


def test_a_failure_of_the_workers_is_a_coded_error_without_values(master: str, spark: Any, tmp_path: Path):
    compute = SparkCompute(master)
    with pytest.raises(RadixError) as caught, compute.coded_errors():
        spark.read.parquet(f"file://{tmp_path}/nothing.parquet").collect()
    assert caught.value.code == "RDX-CMP-006"
    with pytest.raises(RadixError) as caught, compute.coded_errors():
        spark.sql("SELECT raise_error('secret')").collect()
    assert caught.value.code == "RDX-CMP-005"
    assert "secret" not in str(caught.value)
    with pytest.raises(KeyError), compute.coded_errors():
        raise KeyError("mine")
