import csv
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from radix_assets.column_types.schema import TYPES

ROOT = Path(__file__).parents[2]
DEV = ROOT.parent / "shared" / "benchmarks" / "column_types" / "dev.csv"


@pytest.fixture(scope="module")
def benchmark():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        file = ROOT / "benchmarks" / "column_types.py"
        spec = importlib.util.spec_from_file_location("benchmark_of_column_types", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def test_calibration_error_is_the_distance_of_confidence_and_accuracy(benchmark):
    right = np.array([True] * 9 + [False])
    assert benchmark.calibration_error(np.full(10, 0.9), right) == pytest.approx(0)
    assert benchmark.calibration_error(np.full(10, 0.5), right) == pytest.approx(0.4)


def test_the_accepted_share_is_the_longest_most_confident_run_with_the_required_precision(benchmark):
    confidence = np.linspace(1, 0.1, 10)
    right = np.array([True, True, True, False, True, True, False, False, False, False])
    assert benchmark.accepted(confidence, right, 0.99) == 0.3
    assert benchmark.accepted(confidence, right, 0.8) == 0.6
    assert benchmark.accepted(confidence, ~right, 1.0) == 0.0


def test_a_file_without_labels_folds_and_ids_is_predicted(benchmark, tmp_path):
    (tmp_path / "data.csv").write_text(
        "Attribute_name,total_vals,num_nans,num_of_dist_val,mean,std_dev,min_val,max_val,sample_1,sample_2,sample_3\n"
        "website,100,0,90,0,0,0,0,https://a.example,https://b.example/x,\n"
        '"weight, kg",100,3,80,71.5,9.1,40.2,120.4,71.5,80.1,66\n'
    )
    script = ROOT / "benchmarks" / "column_types.py"
    arguments = [sys.executable, script, "--data", tmp_path / "data.csv", "--out", tmp_path / "out.csv"]
    result = subprocess.run(list(map(str, arguments)), check=True, capture_output=True, text=True, cwd=tmp_path)
    assert result.stdout == ""
    with (tmp_path / "out.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["id"], row["label"]) for row in rows] == [("0", "url"), ("1", "numeric")]
    assert all(0.5 < float(row["confidence"]) <= 1 for row in rows)


@pytest.mark.skipif(not DEV.exists(), reason="the data of the benchmark are missing")
def test_zeros_of_a_text_are_not_statistics_and_record_and_group_are_ignored(benchmark):
    frame = benchmark.read(DEV).head(200)
    columns = benchmark.facts(frame)
    assert columns == benchmark.facts(frame.drop("id", "fold", "group", "Record_id", "label"))
    texts = [column for column in columns if not column.numeric]
    assert texts
    assert all(column.mean is None and column.maximum is None for column in texts)


def test_the_label_may_have_its_original_name(benchmark, tmp_path):
    pl.DataFrame({"Attribute_name": ["a"], "y_act": [TYPES[0]]}).write_csv(tmp_path / "data.csv")
    assert benchmark.read(tmp_path / "data.csv").columns == ["Attribute_name", "label"]
