"""Conversion between Arrow and NumPy without the imports that a small table does not need."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from radix_assets.profiles.arrow import booleans, filter_texts, take_texts, text_array, to_numpy, validity

CODE = """
import sys
from pathlib import Path
from radix_assets.profiles.compute import profile_table
profile_table("t", Path(sys.argv[1]))
assert "pandas" not in sys.modules
"""


def test_a_profile_does_not_import_pandas(tmp_path: Path) -> None:
    frame = {"text": ["x", "ß y", None], "number": [1, None, 2], "flag": [True, None, False], "share": [0.5, None, 2.0]}
    pl.DataFrame(frame).write_parquet(tmp_path / "data.parquet")
    subprocess.run([sys.executable, "-c", CODE, str(tmp_path / "data.parquet")], check=True)


def test_slices_are_read_from_their_offset() -> None:
    values = [True, False, None, True, True, False, None, False, True, True, None]
    for start in range(len(values)):
        array = pa.array(values).slice(start)
        there = np.array([value is not None for value in values[start:]])
        found = validity(array)
        assert (np.ones(len(array), bool) if found is None else found).tolist() == there.tolist()
        assert booleans(array)[there].tolist() == [value for value in values[start:] if value is not None]
        whole = pa.array([None if value is None else int(value) for value in values], pa.int64()).slice(start)
        assert to_numpy(whole)[there].tolist() == [int(value) for value in values[start:] if value is not None]


def test_texts_are_taken_and_stored_by_position() -> None:
    texts = text_array(["", "é", "two words", "😀"])
    assert texts.to_pylist() == ["", "é", "two words", "😀"]
    assert text_array([]).to_pylist() == []
    assert take_texts(texts, np.array([3, 0, 3])).to_pylist() == ["😀", "", "😀"]
    assert filter_texts(texts, np.array([True, False, True, False])).to_pylist() == ["", "two words"]
