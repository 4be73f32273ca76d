"""A renamed column is recognized by its values."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.schema_changes.renames import find_renamed

ROWS = 300
TYPES = {"id": "integer", "amount": "float", "city": "string", "day": "date", "count": "integer", "flag": "boolean"}


def rows(seed: int = 0, start: int = 0) -> pl.DataFrame:
    chance = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "id": range(start, start + ROWS),
            "amount": chance.gamma(2, 30, ROWS).round(2),
            "city": chance.choice(["Bonn", "Köln", "Trier", "Ulm"], ROWS),
            "day": [dt.date(2024, 1, 1) + dt.timedelta(int(days)) for days in chance.integers(0, 400, ROWS)],
            "count": chance.integers(1, 9, ROWS),
            "flag": chance.random(ROWS) < 0.3,
        }
    )


def found(old: pl.DataFrame, new: pl.DataFrame, folder: Path, key: list[str]) -> dict[str, str]:
    for name, frame in (("old", old), ("new", new)):
        (folder / name).mkdir(exist_ok=True)
        frame.write_parquet(folder / name / "data.parquet")
    types = TYPES | {f"{name}_new": dtype for name, dtype in TYPES.items()}
    removed = {name: types[name] for name in old.columns if name not in new.columns}
    added = {name: types[name] for name in new.columns if name not in old.columns}
    candidates = find_renamed(folder / "old", folder / "new", removed, added, key)
    return {name: candidate.column for name, candidate in candidates.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.sets(st.sampled_from(["amount", "city", "day", "count", "flag"]), min_size=1),
    keyed=st.booleans(),
    data=st.data(),
)
def test_renamed_columns_are_found_whatever_the_order_of_the_rows(
    tmp_path: Path, names: set[str], *, keyed: bool, data: st.DataObject
):
    old = rows()
    new = old.rename({name: f"{name}_new" for name in names})
    new = new.select(data.draw(st.permutations(new.columns)))
    if keyed:
        new = new.sample(fraction=1.0, shuffle=True, seed=3)
    assert found(old, new, tmp_path, ["id"] if keyed else []) == {name: f"{name}_new" for name in names}


def test_a_renamed_column_of_other_rows_is_found_by_its_distribution(tmp_path: Path):
    new = rows(seed=1, start=ROWS).rename({"amount": "amount_new", "city": "city_new"})
    assert found(rows(), new, tmp_path, ["id"]) == {"amount": "amount_new", "city": "city_new"}


def test_a_new_column_with_other_values_is_no_rename(tmp_path: Path):
    new = (
        rows()
        .drop("amount", "city")
        .with_columns((pl.col("count") * 1000.0).alias("amount_new"), pl.lit("x").alias("city_new"))
    )
    assert found(rows(), new, tmp_path, ["id"]) == {}
