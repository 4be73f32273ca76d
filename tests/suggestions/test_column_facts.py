import math

from radix_assets.profiles.schema import ColumnProfile
from radix_assets.suggestions.column_facts import facts_of


def test_numbers_keep_their_statistics_and_integers_lose_the_decimal_point():
    profile = ColumnProfile(
        name="size", dtype="float", rows=10, nulls=2, distinct=3, minimum=1.0, maximum=2.5, mean=1.7, std=0.5
    )
    column = facts_of(profile, ["1.0", "2.5", "1.0"])
    assert (column.numeric, column.mean, column.minimum, column.maximum) == (True, 1.7, 1.0, 2.5)
    assert column.samples == ("1", "2.5")


def test_true_and_false_count_as_one_and_zero():
    profile = ColumnProfile(
        name="ok",
        dtype="boolean",
        rows=4,
        nulls=0,
        distinct=2,
        minimum=False,
        maximum=True,
        top=[(True, 3), (False, 1)],
    )
    column = facts_of(profile, ["true", "false"])
    assert column.mean == 0.75
    assert math.isclose(column.std or 0, math.sqrt(0.1875))
    assert (column.minimum, column.maximum) == (0.0, 1.0)


def test_texts_and_dates_have_no_statistics():
    profile = ColumnProfile(
        name="day", dtype="date", rows=4, nulls=0, distinct=2, minimum="2020-01-01", maximum="2020-01-02"
    )
    column = facts_of(profile, ["2020-01-01", "2020-01-02"])
    assert not column.numeric
    assert (column.mean, column.minimum, column.maximum) == (None, None, None)


def test_an_empty_column_is_not_numeric():
    column = facts_of(ColumnProfile(name="x", dtype="float", rows=4, nulls=4, distinct=0), [])
    assert not column.numeric
    assert column.samples == ()
