"""A shop whose private columns contain values that occur nowhere else."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from canaries import LABELS, NOTES

CUSTOMERS, ORDERS = 120, 1_200
ID = 7_714_289_000_000
START = datetime(1967, 1, 2, 3, 4, 5)  # noqa: DTZ001 the files hold no time zone
TAGGED = {
    "customers": ["city_note", "salary_x", "born"],
    "orders": ["ordered_at", "note", "answer", "national_id"],
}
"""Columns that are private only by the tag of a user, beside those that Radix detects."""


def write_private_shop(folder: Path) -> list[str]:
    """Write customers.parquet, orders.csv and items.csv; return their paths. The target can be learned."""
    random = np.random.default_rng(11)
    folder.mkdir(parents=True, exist_ok=True)
    number = np.arange(CUSTOMERS)
    habit = random.normal(size=CUSTOMERS)
    customers = pl.DataFrame(
        {
            "national_id": ID + number * 37 + 1,
            "last_name": [f"Qzxname{chr(97 + n // 26)}{chr(97 + n % 26)}-Müller" for n in number],
            "email": [f"qzxmail{n}@qzxhost.example" for n in number],
            "phone": [f"+49 7714 289{n:04d}" for n in number],
            "city_note": [NOTES[n % len(NOTES)] for n in number],
            "salary_x": np.round(618_273 + 0.9 * random.random(CUSTOMERS), 4),
            "born": [datetime(1967, 1, 1).date() + timedelta(days=int(n)) for n in number],  # noqa: DTZ001
            "country": random.choice(["Qzylate de", "Qzylate fr", "Qzylate it"], CUSTOMERS),
            "visits": random.integers(1, 40, CUSTOMERS),
        }
    )
    customers.write_parquet(folder / "customers.parquet")
    orders, items = _orders(random, customers, habit, range(ORDERS))
    orders.write_csv(folder / "orders.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    items.write_csv(folder / "items.csv")
    return [str(folder / name) for name in ("customers.parquet", "orders.csv", "items.csv")]


def more_orders(folder: Path) -> None:
    """Append rows; the last ones contain unreadable cells in private columns, and have no target yet."""
    random = np.random.default_rng(12)
    customers = pl.read_parquet(folder / "customers.parquet")
    orders, _ = _orders(random, customers, random.normal(size=CUSTOMERS), range(ORDERS, ORDERS + 60))
    lines = orders.write_csv(include_header=False, datetime_format="%Y-%m-%d %H:%M:%S").splitlines(keepends=True)
    with (folder / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("".join(lines))
        file.write('9001,7714289000038,1967-07-01 00:00:00,3.5,yes,"Qzxnote neu <i>",\n')
        file.write("9002,Qzxname keine Nummer,1967-13-77 Qzxnote,3.5,yes,Qzxnote neu,\n")


def _orders(
    random: np.random.Generator, customers: pl.DataFrame, habit: np.ndarray, numbers: range
) -> tuple[pl.DataFrame, pl.DataFrame]:
    count = len(numbers)
    buyer = random.integers(0, CUSTOMERS, count)
    weight = random.gamma(2.0, 2.0, count).round(2)
    express = random.random(count) < 0.4
    chance = 1 / (1 + np.exp(-(1.0 * habit[buyer] + 1.2 * (weight - 4) + 3.0 * (express - 0.4))))
    orders = pl.DataFrame(
        {
            "order_id": [1001 + n for n in numbers],
            "national_id": customers["national_id"].gather(buyer),
            "ordered_at": [START + timedelta(hours=3 * n) for n in numbers],
            "weight": weight,
            "express": np.where(express, "yes", "no"),
            "note": [NOTES[int(n)] for n in random.integers(0, len(NOTES), count)],
            "answer": np.where(random.random(count) < chance, LABELS[1], LABELS[0]),
        }
    )
    lines = random.integers(1, 4, count)
    order = np.repeat(np.array(orders["order_id"]), lines)
    items = pl.DataFrame(
        {
            "item_id": range(1, len(order) + 1),
            "order_id": order,
            "product": random.choice(["shoe", "shirt", "hat"], len(order)),
            "price": random.gamma(3.0, 8.0, len(order)).round(2),
        }
    )
    return orders, items
