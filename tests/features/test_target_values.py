"""Predictions use the values of the source."""

import polars as pl
import pytest

from radix_assets.features.target import target_values
from radix_assets.tags.schema import Target


def of(operator: str | None = None, value: str | None = None) -> Target:
    return Target(table="t", column="c", operator=operator, value=value, problem="binary")


def test_a_boolean_keeps_the_words_of_its_source():
    column = pl.Series([True, False, None])
    assert target_values(of(), column, ("Yes", "No")).to_list() == ["Yes", "No", None]
    assert target_values(of(), column).to_list() == ["true", "false", None]


@pytest.mark.parametrize(("word", "expected"), [("yes", ["true", "false"]), ("false", ["false", "true"])])
def test_a_comparison_with_a_word_for_a_boolean_means_that_word(word: str, expected: list[str]):
    assert target_values(of("==", word), pl.Series([True, False]), ("yes", "no")).to_list() == expected
