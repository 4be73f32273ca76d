import pytest
from worlds import days, generator, one

R = generator()
ROWS = 400
NOISE = [R.random() * 3 for _ in range(ROWS)]
WHOLE = [R.randint(3, 900) for _ in range(ROWS)]


def few(low: int, high: int) -> list[int]:
    return [low + n % (high - low + 1) for n in range(ROWS)]


CLAIMS = [R.choice([0] * 70 + [1] * 20 + [2] * 7 + [3, 4, 7]) for _ in range(ROWS)]


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("quality", few(3, 8), "ordinal"),
        ("review_score", few(1, 5), "ordinal"),
        ("rating", few(0, 2), "multiclass"),
        ("points", few(80, 100), "regression"),
        ("ClaimNb", CLAIMS, "count"),
        ("visits", CLAIMS, "count"),
        ("number_of_accidents", CLAIMS, "count"),
        ("cnt", WHOLE, "regression"),
        ("digit_class", few(0, 25), "multiclass"),
        ("target", few(0, 14), "multiclass"),
        ("target", WHOLE, "regression"),
        ("cover_type", few(1, 7), "multiclass"),
        ("price", NOISE, "regression"),
        ("stars", [float(n) for n in few(1, 5)], "ordinal"),
        ("defaulted", few(0, 1), "binary"),
    ],
)
def test_the_problem_follows_from_name_and_values(tmp_path, name, values, problem):
    found = one(tmp_path, {"a": NOISE, "b": NOISE[::-1], name: values}, name)
    assert found.targets[0].problem == problem
    assert found.targets[0].metric


def test_a_series_with_little_else_is_forecast_and_one_with_much_else_is_explained(tmp_path):
    series = {"date": days(ROWS), "load": NOISE}
    foretold = one(tmp_path / "a", series, "load").targets[0]
    assert (foretold.problem, foretold.structure) == ("forecasting", "temporal")
    weather = {f"sensor {word}": [R.random() for _ in range(ROWS)] for word in "abcdefghijkl"}
    assert one(tmp_path / "b", series | weather, "load").targets[0].problem == "regression"


def test_parallel_series_are_grouped_by_their_identifier(tmp_path):
    shops = [shop for _ in range(80) for shop in ("north", "south", "east", "west", "mid")]
    when = [day for day in days(80) for _ in range(5)]
    found = one(tmp_path, {"^day.*$": when, "shop": shops, "sales": NOISE}, "sales")
    table = found.tables["data"]
    assert found.targets[0].problem == "forecasting"
    assert (table.structure, table.group) == ("temporal", ["shop"])


def test_orders_at_irregular_times_are_not_a_series(tmp_path):
    when = sorted(R.choice(days(3000)) for _ in range(ROWS))
    found = one(tmp_path, {"order_date": when, "customer": [R.randint(1, 90) for _ in when], "total": NOISE}, "total")
    assert found.targets[0].problem == "regression"
    assert found.targets[0].structure == "temporal"


def test_the_rarer_class_decides_the_metric(tmp_path):
    rare = [int(n % 50 == 0) for n in range(ROWS)]
    assert one(tmp_path / "a", {"a": NOISE, "fraud": rare}, "fraud").targets[0].metric == "average_precision"
    assert one(tmp_path / "b", {"a": NOISE, "won": few(0, 1)}, "won").targets[0].metric == "roc_auc"
