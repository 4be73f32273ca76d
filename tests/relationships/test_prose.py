import random

import polars as pl
import pytest
from shared_sets import write_set

from radix_assets.relationships.find import find_schema
from radix_assets.relationships.prose import is_prose

RANDOM = random.Random(6)  # noqa: S311 data of tests
WORDS = ["the", "order", "came", "late", "but", "they", "were", "kind", "and", "quick", "with", "it", "again", "thanks"]
ROWS = 300


def sentences(words: int) -> list[str]:
    return [" ".join(RANDOM.choices(WORDS, k=words)) + f" {n}" for n in range(ROWS)]


@pytest.mark.parametrize("words", [6, 9, 40])
def test_sentences_are_never_a_primary_key(tmp_path, words):
    raw, profiles = write_set({"t": pl.DataFrame({"remark": sentences(words), "liked": [0, 1] * 150})}, tmp_path)
    assert is_prose(profiles["t"].columns["remark"])
    assert find_schema(raw, profiles).primary_keys == []


@pytest.mark.parametrize(
    "values",
    [
        [f"Order {n} of Northern Harbour" for n in range(ROWS)],
        [f"a3f{n:061x}" for n in range(ROWS)],
        [f"CUST-{n:05d}-WEST-2024-AB-7" for n in range(ROWS)],
        [f"Braund{n}, Mr. Owen Harris" for n in range(ROWS)],
    ],
)
def test_names_and_codes_are_no_sentences(tmp_path, values):
    _, profiles = write_set({"t": pl.DataFrame({"what": values})}, tmp_path)
    assert not is_prose(profiles["t"].columns["what"])
