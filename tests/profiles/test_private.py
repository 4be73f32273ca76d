"""What is stored of a column that becomes private."""

import numpy as np
import polars as pl

from radix_assets.profiles.compute import profile_table
from radix_assets.profiles.load import load_profile
from radix_assets.profiles.private import with_values, without_values
from radix_assets.profiles.stage import make_profile
from radix_assets.profiles.statistics.registry import public_fields


def table(rows: int = 400) -> pl.DataFrame:
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "amount": random.normal(size=rows),
            "note": random.choice(["Qzx one", "Qzx two", "Qzx three"], rows),
            "pay": np.round(618_273 + random.random(rows), 4),
            "kind": random.choice(["a", "b"], rows),
        }
    )


def test_no_statistic_of_a_private_column_that_could_contain_a_value_is_stored(tmp_path):
    table().write_parquet(tmp_path / "data.parquet")
    whole = profile_table("t", tmp_path / "data.parquet")
    bare = without_values(whole, {"note", "pay"})
    assert "Qzx" not in bare.model_dump_json()
    assert "61827" not in bare.model_dump_json()
    for name in ("note", "pay"):
        column = bare.columns[name]
        assert column.private
        assert {
            field for field in public_fields() if getattr(column, field) != getattr(whole.columns[name], field)
        } == set()
    assert bare.columns["amount"] == whole.columns["amount"]
    private = {name: whole.columns[name].model_copy(update={"private": True}) for name in ("note", "pay")}
    assert with_values(bare, tmp_path).columns == whole.columns | private


def test_a_column_that_becomes_private_leaves_nothing_in_the_next_profile(tmp_path):
    raw, first, second = (tmp_path / name for name in ("raw", "first", "second"))
    for folder in (raw, first, second):
        folder.mkdir()
    table().write_parquet(raw / "data.parquet")
    make_profile("t", raw, first, set())
    assert "Qzx one" in (first / "page.html").read_text()
    make_profile("t", raw, second, {"note", "pay"}, previous=first)
    for file in second.iterdir():
        assert b"Qzx" not in file.read_bytes()
        assert b"618273" not in file.read_bytes()
        if file.suffix == ".parquet":
            text = str(pl.read_parquet(file).to_dict(as_series=False))
            assert "Qzx" not in text
            assert "61827" not in text
    assert load_profile(second).columns["note"].distinct == 3
