"""What training saw is what serving computes, to the bit."""

from pathlib import Path

import polars as pl
import pytest
from feature_shop import frames, save, tags_of
from polars.testing import assert_frame_equal

from radix_assets.features import load_features, make_features, prepare

ROWS = 1000


@pytest.mark.slow
@pytest.mark.parametrize("static", [False, True])
def test_a_thousand_rows_served_one_by_one_are_the_matrix(tmp_path: Path, *, static: bool) -> None:
    tags = tags_of(static=static)
    tables = save(tmp_path / "raw", frames(5, orders=ROWS))
    (tmp_path / "out").mkdir()
    make_features(tags, tables, [], tmp_path / "out")
    prepared = prepare(tmp_path / "out", tags, tables)
    matrix = pl.read_parquet(tmp_path / "out" / "matrix.parquet").select(load_features(tmp_path / "out").names)
    raw = pl.read_parquet(tables["orders"] / "data.parquet").select(c.name for c in prepared.input_columns)
    served = pl.concat(prepared.compute(row) for row in raw.iter_slices(1))
    assert_frame_equal(served, matrix, check_exact=True)
