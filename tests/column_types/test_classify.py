from hypothesis import given
from hypothesis import strategies as st

from radix_assets.column_types.classify import POSSIBLE, classify
from radix_assets.column_types.schema import TYPES, ColumnFacts

PLAIN = {
    "url": ColumnFacts("website", 900, 0, 850, samples=("https://a.example/x", "http://b.example/y?z=1")),
    "datetime": ColumnFacts("created_at", 900, 3, 800, samples=("2020-01-31 10:00:00", "2020-02-01 11:30:00")),
    "sentence": ColumnFacts(
        "comments",
        900,
        40,
        850,
        samples=(
            "The room was clean but the street is noisy at night.",
            "We would come back, if only for the breakfast!",
            "Nobody was there to help us with the bags when we came.",
        ),
    ),
    "list": ColumnFacts("tags", 900, 0, 500, samples=("['red', 'blue']", "['green']", "['red', 'green', 'black']")),
    "numeric": ColumnFacts(
        "temperature_c",
        900,
        9,
        310,
        numeric=True,
        mean=17.2,
        std=6.1,
        minimum=-8.4,
        maximum=36.5,
        samples=("17.2", "3.9"),
    ),
    "categorical": ColumnFacts("country", 900, 0, 31, samples=("France", "Italy", "Spain", "Poland", "Austria")),
    "embedded-number": ColumnFacts("price", 900, 0, 400, samples=("$12.50", "$1,300.00", "$7.99", "$20.00")),
    "not-generalizable": ColumnFacts(
        "customer_id",
        900,
        0,
        900,
        numeric=True,
        mean=450.5,
        std=260,
        minimum=1,
        maximum=900,
        samples=("1", "2", "3", "4"),
    ),
}


def test_plain_columns_are_classified_correctly():
    guesses = classify(list(PLAIN.values()))
    assert {type_: guess.type for type_, guess in zip(PLAIN, guesses, strict=True)} == {type_: type_ for type_ in PLAIN}


def test_a_guess_does_not_depend_on_the_other_columns():
    together = classify(list(PLAIN.values()))
    assert together == [classify([column])[0] for column in PLAIN.values()]
    assert together == classify(list(PLAIN.values()))


def test_no_columns_give_no_guesses():
    assert classify([]) == []


@given(
    st.text(max_size=20),
    st.integers(0, 1000),
    st.lists(st.text(st.characters(categories=["L"]), min_size=12, max_size=40), max_size=5),
)
def test_a_guess_is_one_of_the_types_and_its_evidence_shows_no_value(name, nulls, samples):
    (guess,) = classify([ColumnFacts(name, 1000, nulls, len(samples), samples=tuple(samples))])
    assert guess.type in TYPES
    assert 1 / len(TYPES) - 0.01 <= guess.confidence <= 1
    assert guess.second is None or (guess.second != guess.type and guess.confidence <= 1 - POSSIBLE + 1e-3)
    assert guess.evidence
    assert not any(sample in guess.evidence for sample in samples)


def test_evidence_names_counts_formats_and_the_header():
    evidence = {type_: guess.evidence for type_, guess in zip(PLAIN, classify(list(PLAIN.values())), strict=True)}
    assert evidence["categorical"].startswith("31 different values in 900 rows")
    assert "web addresses" in evidence["url"]
    assert "named like an identifier" in evidence["not-generalizable"]
    assert (
        evidence["numeric"]
        == "310 different values in 891 rows, 1% missing; numbers with decimals; named like a measurement"
    )
