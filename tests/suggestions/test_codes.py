import polars as pl
import pytest
from shared_sets import write_set
from worlds import generator, one

from radix_assets.suggestions.problems import has_codes, second_problem

R = generator(5)
ROWS = 600
NOISE = [R.gauss(0, 1) for _ in range(ROWS)]


def drawn(values: list[int]) -> list[int]:
    return [R.choice(values) for _ in range(ROWS)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("outcome", [100, 205, 917, 4002]),
        ("outcome", [a * 10 + b for a in range(1, 7) for b in (1, 2)]),
        ("outcome", [-1, 3, 1_000_000_007, 9_007_199_254_740_993, 9_007_199_254_740_995]),
        ("finding", [1, 2, 3, 99]),
        ("result", [10, 20, 30, 40]),
        ("price_no", [104, 131, 502]),
    ],
)
def test_few_whole_numbers_with_gaps_are_codes_and_regression_is_named_beside(tmp_path, name, values):
    target = one(tmp_path, {"width": NOISE, name: drawn(values)}, name).targets[0]
    assert (target.problem, target.other_problem) == ("multiclass", "regression")


@pytest.mark.parametrize("name", ["price", "weight_kg", "monthly_income", "duration_minutes"])
def test_few_amounts_stay_numbers_and_classes_are_named_beside(tmp_path, name):
    target = one(tmp_path, {"width": NOISE, name: drawn([99, 199, 499, 1299])}, name).targets[0]
    assert (target.problem, target.other_problem) == ("regression", "multiclass")


@pytest.mark.parametrize(
    "values",
    [
        [n for n in range(25) for _ in range(24)],  # in a row
        [5 * n for n in range(20) for _ in range(30)],  # round steps
        [0] * 400 + [1] * 120 + [2] * 50 + [3] * 20 + [4] * 7 + [7, 12, 40],  # counts with a tail
        list(range(0, 60_000, 100)),  # all different
    ],
)
def test_counts_steps_and_measures_are_no_codes(tmp_path, values):
    _, profiles = write_set({"t": pl.DataFrame({"y": values})}, tmp_path)
    column = profiles["t"].columns["y"]
    assert not has_codes(column)
    assert second_problem(column, "regression") is None
