from radix_assets.column_types import TYPES, ColumnFacts, classify


def test_there_is_one_guess_a_column_and_it_is_one_of_the_nine_types():
    columns = [
        ColumnFacts(
            "price", 100, 0, 90, numeric=True, mean=5.5, std=1.0, minimum=1.0, maximum=9.5, samples=("1.5", "2")
        ),
        ColumnFacts("", 0, 0, 0),
    ]
    guesses = classify(columns)
    assert len(guesses) == 2
    assert all(guess.type in TYPES and 0 < guess.confidence <= 1 for guess in guesses)
    assert guesses[0].type == "numeric"
