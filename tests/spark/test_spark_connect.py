"""Spark Connect: a remote driver, the same results. In a separate process, as pyspark supports one mode per process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from spark_cluster import connect

SCRIPT = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
import polars as pl
from feature_shop import shop
from spark_alike import alike
from test_feature_parity import everything
from test_labels import LINKS, world
from radix_assets.features.engines.polars import compute
from radix_assets.features.engines.spark.computing import write
from radix_assets.question.horizon import Future
from radix_assets.labels import table
from radix_assets.labels.ask import asker
from radix_assets.labels.spark.table import label
from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.spark.compute import profile_table as on_spark
from radix_resources.compute.spark import SparkCompute

folder = Path(sys.argv[2])
tags, tables = shop(folder / "shop", seed=1)
plan = everything(tags, tables)
plan.outputs = plan.outputs[::9]
with SparkCompute(sys.argv[1]).session() as session:
    file = tables["customers"] / "data.parquet"
    alike(profile_table("t", file).model_dump(), on_spark(session, "t", file).model_dump())
    write(plan, tables, tables["orders"], session, folder / "matrix.parquet")
    mine = compute(plan, tables, pl.read_parquet(tables["orders"] / "data.parquet"))
    alike(mine.rows(), pl.read_parquet(folder / "matrix.parquet").rows())
    bought = [(i % 5, (i * 7) % 60, float(i % 4), None) for i in range(60)]
    tags, tables = world(folder / "labels", bought)
    asked = asker(Future(for_each="customers", predict="sum(orders.amount)", within="9d"), tags, LINKS, tables)
    found = label(session, asked, ["id"], folder / "labels.parquet")
    assert found.known == len(table.label(asked, ["id"]).rows)
print("the same")
"""


@pytest.mark.extended
def test_profiles_labels_and_features_over_connect(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    pytest.importorskip("grpc_status", reason="pyspark[connect] is not installed")
    tests = Path(__file__).parents[1]
    paths = [str(tests.parent), *(str(tests / name) for name in ("spark", "features", "labels"))]
    with connect(tmp_path) as address:
        command = [sys.executable, "-c", SCRIPT, address, str(tmp_path), *paths]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert "the same" in done.stdout, done.stderr[-3000:]
