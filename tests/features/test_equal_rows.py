"""Rows of the target's table that are equal in everything but the key."""

import polars as pl
from feature_shop import save, tag

from radix_assets.features.equal_rows import EQUAL_FILE, write_first_equal
from radix_assets.features.graph.schema import Table
from radix_assets.tags.schema import TableTags

FRAME = pl.DataFrame(
    {
        "id": range(6),
        "number": [10, 11, 12, 13, 14, 15],
        "u": [0.5, 0.25, 0.5, None, None, 0.5],
        "note": ["a", "b", "a", "c", "c", "d"],
    }
)


def first(tmp_path, frame, **roles):
    path = save(tmp_path, {"t": frame})["t"]
    table = Table("t", path, frame.schema, frame.height, "t")
    roles = {"id": "primary_key", "number": "ignore", "u": "feature", "note": "ignore"} | roles
    columns = {name: tag(f"{role} categorical") for name, role in roles.items() if name in frame.columns}
    write_first_equal(table, TableTags(primary_key=["id"], columns=columns), tmp_path / EQUAL_FILE)
    return pl.read_parquet(tmp_path / EQUAL_FILE)["first"].to_list()


def test_copies_have_keys_and_running_numbers_of_their_own(tmp_path):
    assert first(tmp_path, FRAME) == [0, 1, 0, 3, 3, 5]


def test_ignored_columns_are_compared_and_so_is_a_feature_whose_values_all_differ(tmp_path):
    assert first(tmp_path / "a", FRAME.with_columns(note=pl.lit("x"))) == [0, 1, 0, 3, 3, 0]
    assert first(tmp_path / "b", FRAME, number="feature") == list(range(6))


def test_a_table_of_a_key_only_has_no_copies(tmp_path):
    assert first(tmp_path, FRAME.select("id")) == list(range(6))
