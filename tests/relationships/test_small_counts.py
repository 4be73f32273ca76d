import random

import polars as pl
import pytest
from shared_sets import write_set

from radix_assets.relationships.find import find_schema

RANDOM = random.Random(3)  # noqa: S311 data of tests
ROWS = 2000
FEW = [RANDOM.choice([0] * 80 + [1] * 12 + [2] * 5 + [3] * 2 + [7]) for _ in range(ROWS)]
SPREAD = [RANDOM.choice([None, *range(ROWS)]) for _ in range(ROWS)]


def links(tmp_path, tables: dict[str, dict[str, list]]) -> list[str]:
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, tmp_path)
    return [link.name for link in find_schema(raw, profiles).relationships]


def bookings(name: str, values: list) -> dict[str, list]:
    return {
        "booking_no": list(range(ROWS)),
        "nights": [RANDOM.randint(1, 9) for _ in range(ROWS)],
        name: values,
        "price": [RANDOM.random() * 90 for _ in range(ROWS)],
    }


@pytest.mark.parametrize(
    "name", ["previous_cancellations", "previous_bookings", "head_count", "reports", "previous_price", "parents"]
)
def test_small_counts_that_fall_into_the_ids_of_their_own_table_are_no_key(tmp_path, name):
    assert links(tmp_path, {"bookings": bookings(name, FEW)}) == []


@pytest.mark.parametrize("name", ["previous_booking", "previous_booking_no", "parent", "parent_id", "predecessor"])
def test_a_reference_to_another_row_is_spread_over_the_ids(tmp_path, name):
    assert links(tmp_path, {"bookings": bookings(name, SPREAD)}) == [f"bookings.{name} -> bookings.booking_no"]


def test_a_few_managers_with_the_first_ids_are_a_key(tmp_path):
    staff = {
        "employee_id": list(range(1, 301)),
        "manager_id": [None, *(RANDOM.randint(1, 3) for _ in range(299))],
        "salary": [RANDOM.random() for _ in range(300)],
    }
    assert links(tmp_path, {"employees": staff}) == ["employees.manager_id -> employees.employee_id"]


@pytest.mark.parametrize("name", ["orders", "prior_orders", "last_order", "order_changes", "items"])
def test_small_counts_that_fall_into_the_ids_of_another_table_are_no_key(tmp_path, name):
    orders = {"order_id": list(range(ROWS)), "total": [RANDOM.random() for _ in range(ROWS)]}
    customers = {"customer_id": list(range(7000, 7000 + ROWS)), name: FEW}
    assert links(tmp_path, {"orders": orders, "customers": customers}) == []
