"""What changed between the columns of two snapshots."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from radix_assets.schema_changes.compare import compare

TYPES = st.sampled_from(["integer", "float", "decimal", "string", "date"])
COLUMNS = st.dictionaries(st.sampled_from("abcdef"), TYPES, max_size=5)
TABLES = st.dictionaries(st.sampled_from(["orders", "items"]), COLUMNS, max_size=2)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, TABLES)
def test_every_difference_is_one_change_and_nothing_else_is(before: dict, after: dict):
    changes = compare(before, after)
    differing = {
        (table, column)
        for table in before.keys() & after.keys()
        for column in before[table].keys() | after[table].keys()
        if before[table].get(column) != after[table].get(column)
    }
    assert sorted((change.table, change.column) for change in changes) == sorted(differing)
    for change in changes:
        assert (change.before, change.after) == (
            before[change.table].get(change.column, ""),
            after[change.table].get(change.column, ""),
        )
        assert (change.kind == "added") == (not change.before)
        assert (change.kind == "removed") == (not change.after)


def test_a_type_that_holds_all_values_of_the_old_one_is_wider():
    (wider,) = compare({"t": {"a": "integer"}}, {"t": {"a": "float"}})
    (other,) = compare({"t": {"a": "float"}}, {"t": {"a": "integer"}})
    (empty,) = compare({"t": {"a": "integer"}}, {"t": {"a": "string"}}, {("t", "a")})
    assert [change.kind for change in (wider, other, empty)] == ["widened", "retyped", "emptied"]


def test_a_type_that_was_not_stored_is_no_change():
    assert compare({"t": {"a": ""}}, {"t": {"a": "float"}}) == []
