"""A generated shop of three tables: customers, orders and their items."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

CUSTOMERS, ORDERS = 40, 600
START = datetime(2024, 1, 1)  # noqa: DTZ001 the files hold no time zone
TABLES = ("customers", "orders", "items")


def write_shop(folder: Path) -> list[str]:
    """Write customers.csv, orders.csv and items.csv; return their paths.

    `returned` and `days` of an order can be learned from the other columns.
    """
    random = np.random.default_rng(7)
    folder.mkdir(parents=True, exist_ok=True)
    habit = random.normal(size=CUSTOMERS)
    customers = pl.DataFrame(
        {
            "customer_id": range(1, CUSTOMERS + 1),
            "email": [f"someone{number}@example.org" for number in range(CUSTOMERS)],
            "country": random.choice(["de", "fr", "it"], CUSTOMERS),
            "signed_up": [START - timedelta(days=int(days)) for days in random.integers(30, 900, CUSTOMERS)],
        }
    ).with_columns(pl.col("signed_up").dt.date())
    buyer = random.integers(0, CUSTOMERS, ORDERS)
    weight = random.gamma(2.0, 2.0, ORDERS).round(2)
    express = random.random(ORDERS) < 0.4
    chance = 1 / (1 + np.exp(-(2.0 * habit[buyer] + 0.9 * (weight - 4) + 3.0 * (express - 0.4))))
    orders = pl.DataFrame(
        {
            "order_id": range(1001, 1001 + ORDERS),
            "customer_id": buyer + 1,
            "ordered_at": [START + timedelta(hours=6 * number) for number in range(ORDERS)],
            "weight": weight,
            "express": np.where(express, "yes", "no"),
            "days": np.round(4 + 0.5 * weight - 3 * express + random.gamma(1.0, 0.7, ORDERS), 1),
            "returned": np.where(random.random(ORDERS) < chance, "yes", "no"),
        }
    )
    lines = random.integers(1, 4, ORDERS)
    order = np.repeat(np.arange(ORDERS), lines)
    products = random.choice(["shoe", "shirt", "hat", "scarf"], len(order))
    prices = [str(price) for price in random.gamma(3.0, 8.0, len(order)).round(2)]
    prices[0] = "24.1000000000000000001"  # more digits than a float has, so that prices are decimals
    items = pl.DataFrame(
        {
            "item_id": range(1, len(order) + 1),
            "order_id": order + 1001,
            "product": products,
            "price": prices,
            "quantity": random.integers(1, 4, len(order)),
        }
    )
    paths = []
    for name, frame in zip(TABLES, (customers, orders, items), strict=True):
        path = folder / f"{name}.csv"
        frame.write_csv(path, datetime_format="%Y-%m-%d %H:%M:%S")
        paths.append(str(path))
    return paths


def new_orders() -> pl.DataFrame:
    """Return new rows without the target: not in the order of their keys, one of an unknown customer."""
    return pl.DataFrame(
        {
            "order_id": [9003, 9001, 9002, 9004],
            "customer_id": [3, 17, 999, 3],
            "ordered_at": [START + timedelta(days=200 + number) for number in range(4)],
            "weight": [0.5, 9.75, 3.0, None],
            "express": ["no", "yes", "yes", "no"],
            "days": [4.9, 6.0, 3.5, 5.1],
        }
    )
