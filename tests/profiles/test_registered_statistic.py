"""A statistic registered by its definition alone is computed, merged, stored, finalized, redacted and shown."""

from operator import add

import pyarrow as pa
import pytest
from example_plugin.statistics import EMPTY_STRINGS
from profile_tables import mixed
from test_merging import profile_of_parts

from radix_assets.profiles.compute import profile_from, profile_table
from radix_assets.profiles.display.metadata import profile_metadata
from radix_assets.profiles.private import without_values
from radix_assets.profiles.schema import ColumnProfile
from radix_assets.profiles.statistics.definition import NUMERIC, Aggregate
from radix_assets.profiles.statistics.registry import STATISTICS

SPAN = Aggregate(
    name="first_digit_sum",
    label="digit sum",
    dtypes=NUMERIC,
    compute=lambda values: sum(int(str(abs(value))[0]) for value in values.ordered.tolist()),
    merge=add,
    spark="sum(CAST(substr(CAST(abs({value}) AS STRING), 1, 1) AS INT) * n)",
)
"""A definition that does not declare that it reveals no value."""


@pytest.fixture
def registered(monkeypatch):
    for definition in (EMPTY_STRINGS, SPAN):
        monkeypatch.setitem(STATISTICS, definition.name, definition)


@pytest.mark.usefixtures("registered")
def test_a_registered_statistic_is_in_the_profile_of_the_columns_it_applies_to(written):
    frame = mixed(400)
    profile = profile_table("t", written(frame))
    assert profile.columns["word"].empty_strings == (frame["word"] == "").sum() > 0
    assert profile.columns["city"].empty_strings == 0
    assert not hasattr(profile.columns["x"], "empty_strings")
    column = profile.columns["word"]
    assert ColumnProfile.model_validate_json(column.model_dump_json()) == column


@pytest.mark.usefixtures("registered")
def test_parts_merge_to_the_whole():
    frame = mixed(500)
    parts = profile_of_parts(frame, [0, 3, 250, 251])
    assert parts.columns["word"].empty_strings == (frame["word"] == "").sum()


@pytest.mark.usefixtures("registered")
def test_a_registered_statistic_is_carried_over_by_the_state_file(written, tmp_path):
    frame, state = mixed(400), tmp_path / "state.arrow"
    profile_from("t", written(frame.head(250), "before")).save(state)
    profile = profile_table("t", written(frame, "after"), previous=state)
    assert profile.carried == 250
    assert profile.columns["word"].empty_strings == (frame["word"] == "").sum()


def test_a_state_file_without_it_is_not_used(written, tmp_path, monkeypatch):
    frame, state = mixed(400), tmp_path / "state.arrow"
    profile_from("t", written(frame.head(250), "before")).save(state)
    monkeypatch.setitem(STATISTICS, EMPTY_STRINGS.name, EMPTY_STRINGS)
    profile = profile_table("t", written(frame, "after"), previous=state)
    assert profile.carried == 0
    assert profile.columns["word"].empty_strings == (frame["word"] == "").sum()


@pytest.mark.usefixtures("registered")
def test_a_registered_statistic_of_a_private_column_is_written_only_if_it_reveals_no_value(written, tmp_path):
    file, state = written(mixed(400)), tmp_path / "state.arrow"
    profiled = profile_from("t", file)
    bare = without_values(profiled.profile, {"word", "count"})
    assert bare.columns["word"].empty_strings == profiled.profile.columns["word"].empty_strings
    assert not hasattr(bare.columns["count"], "first_digit_sum")
    profiled.save(state, {"word", "count"})
    text = pa.ipc.open_file(state).schema.metadata[b"state"].decode()
    assert text.count("empty_strings") == 4, "one of each string column"
    assert "first_digit_sum" in text
    again = profile_from("t", file, previous=state, hidden={"word", "count"}).profile
    assert again.columns["word"].empty_strings == bare.columns["word"].empty_strings


@pytest.mark.usefixtures("registered")
def test_a_registered_statistic_is_named_in_the_table_of_statistics(written):
    shown = profile_metadata(profile_table("t", written(mixed(400))))["statistics"]
    rows = {row["column"]: row for row in shown.rows}
    assert rows["word"]["empty strings"] == str((mixed(400)["word"] == "").sum())
    assert rows["x"]["empty strings"] is None
    assert rows["id"]["distinct"] == "400"
    assert not {"min", "max", "mean"} & rows["id"].keys(), "an event must not keep values"


def test_every_statistic_of_a_profile_is_defined_once():
    identity = {"name", "dtype", "rows", "errors", "private"}
    assert set(ColumnProfile.model_fields) - identity == set(STATISTICS)
