"""Profiling appended rows costs their own size, and the profile is that of the whole."""

import polars as pl
import pytest
from profile_tables import mixed

from radix_assets.profiles.compute import profile_from, profile_table
from radix_assets.profiles.state.state_file import load

SEED = 0x9E3779B97F4A7C15


@pytest.fixture
def grown(written, tmp_path):
    """Return a state of the first rows, and the file with all of them."""

    def grow(frame: pl.DataFrame, before: int, hidden=(), seed=0):
        state = tmp_path / "state.arrow"
        profile_from("t", written(frame.head(before), "before"), seed=seed).save(state, hidden)
        return state, written(frame, "after")

    return grow


@pytest.mark.parametrize("before", [1, 99, 100, 101, 250, 399, 400])
def test_the_profile_after_an_append_equals_the_profile_of_the_whole(grown, before):
    frame = mixed(400)
    state, file = grown(frame, before)
    profile, whole = profile_table("t", file, previous=state), profile_table("t", file)
    assert (profile.carried, whole.carried) == (before, 0)
    assert profile.rows == 400
    for name, column in whole.columns.items():
        for field, value in column.model_dump().items():
            found = getattr(profile.columns[name], field)
            assert found == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), (name, field)
    assert profile.duplicates == whole.duplicates
    assert profile.associations.cramers_v == whole.associations.cramers_v


def test_only_the_new_rows_are_read(grown, monkeypatch):
    state, file = grown(mixed(1_000), 950)
    read = []
    from radix_assets.profiles import appended
    from radix_assets.profiles.state import table as table_state

    monkeypatch.setattr(appended, "hash_rows", _counting(read, appended.hash_rows))
    monkeypatch.setattr(table_state, "read_chunk", _counting(read, table_state.read_chunk))
    profile_table("t", file, previous=state)
    assert sum(read) == 13 * 100, "the last row group before, which was not full, and the new ones"


def _counting(read, function):
    def counted(array, *arguments, **named):
        read.append(len(array))
        return function(array, *arguments, **named)

    return counted


@pytest.mark.parametrize("place", [0, 150, 320])
def test_a_changed_earlier_row_rebuilds_the_whole_profile(grown, written, place):
    frame = mixed(400)
    state, _ = grown(frame, 330)
    changed = frame.with_columns(pl.when(pl.col("id") == place).then(-1).otherwise(pl.col("id")).alias("id"))
    profile = profile_table("t", written(changed, "changed"), previous=state)
    assert profile.carried == 0
    assert profile.columns["id"].minimum == -1


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.head(300),
        lambda frame: frame.rename({"x": "z"}),
        lambda frame: frame.drop("x"),
        lambda frame: frame.with_columns(pl.col("count").cast(pl.Float64)),
        lambda frame: frame.reverse(),
    ],
    ids=["shorter", "renamed", "narrower", "another type", "another order"],
)
def test_another_table_is_profiled_from_scratch(grown, written, change):
    frame = mixed(400)
    state, _ = grown(frame, 330)
    file = written(change(frame), "changed")
    assert profile_table("t", file, previous=state) == profile_table("t", file)


def test_an_unreadable_state_is_ignored(grown, tmp_path):
    _, file = grown(mixed(200), 100)
    whole = profile_table("t", file)
    assert profile_table("t", file, previous=tmp_path / "nothing.parquet") == whole
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    assert profile_table("t", file, previous=tmp_path / "broken.parquet") == whole
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "other.parquet")
    assert profile_table("t", file, previous=tmp_path / "other.parquet") == whole


def test_the_state_of_unchanged_rows_is_carried_over_whole(grown):
    state, file = grown(mixed(400), 400)
    profile = profile_table("t", file, previous=state)
    assert (profile.carried, profile.rows) == (400, 400)


def test_rows_are_appended_repeatedly(written, tmp_path):
    frame, state = mixed(1_000), tmp_path / "state.arrow"
    for rows in (1, 60, 260, 261, 700, 1_000):
        found = profile_from("t", written(frame.head(rows)), previous=state)
        found.save(state)
    assert found.profile.carried == 700
    whole = profile_table("t", written(frame))
    assert found.profile.columns["key"] == whole.columns["key"]
    assert found.profile.columns["x"].kurtosis == pytest.approx(whole.columns["x"].kurtosis, rel=1e-9)


def test_the_state_is_the_same_bytes_for_the_same_rows(written, tmp_path):
    file = written(mixed(500))
    contents = []
    for name in ("a", "b"):
        profile_from("t", file).save(tmp_path / name)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("repeat", [False, True])
def test_whether_all_values_differ_is_exact(grown, repeat):
    frame = mixed(600).select("key", number=pl.col("id") * 7_919 % 100_003)
    if repeat:
        frame = pl.concat([frame, frame.slice(17, 1)])
    state, file = grown(frame, 500)
    profile = profile_table("t", file, previous=state)
    for column in profile.columns.values():
        assert column.distinct == 600
        assert "distinct" not in column.errors
        assert column.unique is not repeat


@pytest.mark.usefixtures("few")
def test_carried_over_statistics_are_marked_as_estimates(grown):
    frame = mixed(2_000)
    state, file = grown(frame, 1_900)
    profile, whole = profile_table("t", file, previous=state), profile_table("t", file)
    column, exact = profile.columns["x"], whole.columns["x"]
    assert exact.errors == {}
    assert set(column.errors) == {"distinct", "quantiles", "top"}
    assert 0 < column.errors["quantiles"] < 0.2
    assert (column.minimum, column.maximum, column.nulls) == (exact.minimum, exact.maximum, 0)
    assert column.mean == pytest.approx(exact.mean, rel=1e-9)


@pytest.mark.parametrize("seed", [0, SEED])
@pytest.mark.parametrize("small", [True, False])
def test_no_value_of_a_hidden_column_is_in_the_state(written, tmp_path, seed, small, request):
    if not small:
        request.getfixturevalue("few")
    frame = pl.DataFrame(
        {
            "name": [f"qzxname{number}" for number in range(300)],
            "number": [987_650_000_000 + number * number for number in range(300)],
            "open": ["yes", "no", "maybe"] * 100,
            "truth": [True, False, None] * 100,
        }
    )
    state = tmp_path / "state.arrow"
    profile_from("t", written(frame), seed=seed).save(state, {"name", "number", "truth"})
    content = state.read_bytes()
    assert b"qzxname" not in content
    assert b"maybe" in content
    assert b"9876" not in content
    for number in range(0, 300, 7):
        value = 987_650_000_000 + number * number
        assert value.to_bytes(8, "little") not in content
    loaded = load(state, seed)
    assert loaded is not None
    column = loaded[0].columns[1]
    assert (column.hashes is None) is (seed == 0), "numbers could be recovered from hashes without a secret"
    assert column.value_counts is column.power_sums is column.quantile_sketch is column.heavy_hitters is None
    assert column.minimum is column.maximum is column.first is column.last is None
    assert load(state, seed + 1) is None


@pytest.mark.parametrize("seed", [0, SEED])
def test_hidden_columns_continue_to_be_counted(written, tmp_path, seed):
    frame, state = mixed(600), tmp_path / "state.arrow"
    hidden = {"key", "id", "city"}
    profile_from("t", written(frame.head(500)), seed=seed).save(state, hidden)
    found = profile_from("t", written(frame), previous=state, hidden=hidden, seed=seed).profile
    whole = profile_table("t", written(frame))
    assert found.carried == 500
    for name in hidden:
        for field in ("rows", "nulls", "distinct", "length_min", "length_max", "length_mean", "monotonic", "zeros"):
            assert getattr(found.columns[name], field) == getattr(whole.columns[name], field), (name, field)
    assert found.duplicates == 0


def test_a_column_that_is_no_longer_hidden_is_read_again(written, tmp_path):
    frame, state = mixed(600), tmp_path / "state.arrow"
    profile_from("t", written(frame.head(500))).save(state, {"city"})
    found = profile_from("t", written(frame), previous=state).profile
    assert found.carried == 0
    assert found.columns["city"].top
