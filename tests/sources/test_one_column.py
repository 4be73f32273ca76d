"""Whether the first line of a file of one column, or of columns of words, is its header."""

import pytest

WORDS = "apple river stone table cloud horse green light night water bread glass paper chair house plant".split()  # noqa: SIM905
COLUMNS = {
    "item numbers": [f"item{number:03}" for number in range(40)],
    "parts": [f"AB-{number * 37}/{number % 7}" for number in range(30)],
    "addresses of mail": [f"user{number}.{'abc'[number % 3]}@example.com" for number in range(30)],
    "pages": [f"https://example.com/p/{number}?q=a" for number in range(30)],
    "devices": [f"aa:bb:{number:02x}:dd:ee:ff" for number in range(30)],
    "files": [f"/var/log/app{number}/out.txt" for number in range(30)],
    "hashes": [f"{number * 7919 + 10**30:032x}" for number in range(1, 30)],
    "answers": ["maybe", "yes", "no", "no", "yes", "maybe", "no", "yes", "maybe"] * 3,
    "sentences": [f"The {word} is near the {other} today." for word, other in zip(WORDS, reversed(WORDS), strict=True)],
}


def codes(raw):
    return [warning.code for warning in raw.schema.warnings]


@pytest.mark.parametrize("name", COLUMNS)
def test_the_first_value_of_one_column_is_not_its_name(read, name):
    values = COLUMNS[name]
    raw = read("".join(f"{value}\n" for value in values))
    assert raw.frame.columns == ["column_1"]
    assert raw.frame["column_1"].to_list() == values
    assert codes(raw) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_a_name_above_one_column_is_its_name(read, name):
    values = COLUMNS[name]
    raw = read("".join(f"{value}\n" for value in ["category name", *values]))
    assert raw.frame["category name"].to_list() == values
    assert codes(raw) == []


def test_in_doubt_no_value_is_lost_and_the_warning_says_how_to_override(read):
    text = "".join(f"{word}\n" for word in WORDS)
    raw = read(text)
    assert raw.frame["column_1"].to_list() == WORDS
    assert codes(raw) == ["ambiguous_header"]
    assert "`header: 1`" in raw.schema.warnings[0].message
    assert read(text, header=1).frame.columns == ["apple"]


def test_numbered_words_in_several_columns_are_values(read):
    raw = read("".join(f"item{number},part{number}\n" for number in range(1, 30)))
    assert (raw.frame.columns, raw.schema.rows, codes(raw)) == (["column_1", "column_2"], 29, [])
    named = read("".join(f"item{number},part{number}\n" for number in ["", *range(1, 30)]))
    assert (named.frame.columns, named.schema.rows) == (["item", "part"], 29)
