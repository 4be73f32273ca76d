import pytest
from worlds import days, generator, one, suggested

from radix_assets.suggestions.calibration import between
from radix_assets.suggestions.candidates import Candidate, Surroundings, features_of
from radix_assets.suggestions.ranking import shares
from radix_assets.suggestions.weights import CALIBRATION

R = generator(1)
ROWS = 300


def number() -> list[float]:
    return [R.random() * 50 for _ in range(ROWS)]


def flag() -> list[int]:
    return [R.randint(0, 1) for _ in range(ROWS)]


INPUTS = {
    "age": [R.randint(18, 80) for _ in range(ROWS)],
    "income": number(),
    "city": [R.choice("abc") for _ in range(ROWS)],
}


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        (INPUTS | {"churned": flag()}, "churned"),
        ({"class": flag()} | INPUTS, "class"),
        ({"id": list(range(ROWS)), "diagnosis": flag()} | INPUTS, "diagnosis"),
        ({f"V{n}": number() for n in range(1, 20)} | {"result": flag()}, "result"),
        ({f"a{n}": number() for n in range(1, 9)} | {"zz": [R.choice("pqr") for _ in range(ROWS)]}, "zz"),
        (INPUTS | {"miete": number()}, "miete"),
    ],
)
def test_common_targets_come_first(tmp_path, columns, target):
    found = one(tmp_path, columns)
    assert found.targets[0].column == target
    assert len(found.targets) <= 3


def test_confidences_of_the_targets_sum_to_one(tmp_path):
    found = one(tmp_path, INPUTS | {"churned": flag()})
    sure = [target.confidence for target in found.targets]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= one <= 1 for one in sure)
    assert sum(shares([1.0, 2.0, -5.0])) == pytest.approx(1)
    assert shares([]) == []


def test_a_fact_table_is_preferred_to_a_lookup_table(tmp_path):
    shops = {"shop_id": list(range(1, 9)), "size": [1.5 * n for n in range(8)], "type": list("aabbccdd")}
    sales = {
        "sale_id": list(range(1, ROWS + 1)),
        "shop_id": [R.randint(1, 8) for _ in range(ROWS)],
        "sale_date": sorted(R.choice(days(900)) for _ in range(ROWS)),
        "amount": number(),
    }
    found = suggested(tmp_path, {"shops": shops, "sales": sales})
    assert (found.targets[0].table, found.targets[0].column) == ("sales", "amount")


def test_the_ordinate_of_a_point_is_not_a_target():
    alone = Surroundings(columns=("a", "b", "y"))
    beside = Surroundings(columns=("a", "x", "y"))
    candidate = Candidate("t", "y", 2, "number")
    assert "named a target" in features_of(candidate, alone)
    assert "named a target" not in features_of(candidate, beside)


def test_calibration_is_monotonic_and_between_zero_and_one():
    for rule, table in CALIBRATION.items():
        values = [between(table, step / 100) for step in range(101)]
        assert values == sorted(values), rule
        assert 0 <= values[0] <= values[-1] <= 1
