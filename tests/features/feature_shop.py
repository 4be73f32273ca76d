"""A small shop: customers in regions, their orders, two stores per order, order lines for products."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

START = dt.datetime(2020, 1, 1)  # noqa: DTZ001  naive, like raw snapshots


def tag(text: str) -> ColumnTag:
    role, kind, *rest = text.split()
    return ColumnTag(role=role, type=kind, sensitivity=rest[0] if rest else "none")


def link(child: str, columns: list[str], parent: str, keys: list[str]) -> Relationship:
    return Relationship(child=child, child_columns=columns, parent=parent, parent_columns=keys)


def save(folder: Path, frames: dict[str, pl.DataFrame]) -> dict[str, Path]:
    tables = {}
    for number, (name, frame) in enumerate(frames.items()):
        tables[name] = folder / f"raw{number}"
        tables[name].mkdir(parents=True)
        frame.write_parquet(tables[name] / "data.parquet")
    return tables


def frames(seed: int, orders: int = 60) -> dict[str, pl.DataFrame]:
    rng = np.random.default_rng(seed)

    def some(values: np.ndarray, share: float = 0.15) -> list[object]:
        return [
            None if hide else value
            for value, hide in zip(values.tolist(), rng.random(len(values)) < share, strict=True)
        ]

    def moments(n: int, days: int = 40) -> list[dt.datetime]:
        return [
            START + dt.timedelta(days=int(d), hours=int(h))
            for d, h in zip(rng.integers(0, days, n), rng.integers(0, 3, n), strict=True)
        ]

    customers, stores, products, lines = 9, 4, 6, 3 * orders
    regions = pl.DataFrame({"region": ["n", "s", "e"], "zone": [1, 2, 2], "area": [1.5, None, 9.0]})
    people = pl.DataFrame(
        {
            "customer": np.arange(customers),
            "region": some(rng.choice(["n", "s", "x"], customers)),
            "zone": rng.integers(1, 3, customers),
            "since": moments(customers, 15),
            "age": some(rng.integers(18, 80, customers).astype(float)),
            "member": some(rng.random(customers) < 0.5),
            "secret": [f"person {i}" for i in range(customers)],
            "friend": some(rng.integers(0, customers + 1, customers), 0.3),
        }
    )
    shops = pl.DataFrame(
        {"store": [f"s{i}" for i in range(stores)], "size": rng.normal(size=stores), "kind": ["a", "b", "a", None]}
    )
    goods = pl.DataFrame(
        {
            "product": np.arange(products),
            "price": rng.normal(1e6, 1.0, products),
            "label": ["red pen", "pen", None, "a  b, c!", "", "x"],
            "colour": some(rng.choice(["red", "blue"], products)),
        }
    )
    bought = pl.DataFrame(
        {
            "order": np.arange(orders) + 100,
            "customer": some(rng.integers(0, customers + 1, orders)),
            "from": some(rng.choice([f"s{i}" for i in range(stores)], orders)),
            "to": some(rng.choice([f"s{i}" for i in range(stores + 1)], orders)),
            "at": moments(orders),
            "weight": some(rng.normal(1e5, 1.0, orders)),
            "gift": some(rng.random(orders) < 0.4),
            "channel": some(rng.choice(["web", "shop", "phone"], orders)),
            "note": some(rng.choice(["quick please", "ok", "call, then ring!"], orders)),
            "due": moments(orders),
            "late": rng.integers(0, 2, orders),
        }
    )
    parts = pl.DataFrame(
        {
            "order": some(rng.integers(100, 100 + orders + 2, lines)),
            "product": some(rng.integers(0, products, lines)),
            "amount": some(rng.integers(1, 9, lines).astype(float)),
            "returned": some(rng.random(lines) < 0.2),
        }
    )
    visits = pl.DataFrame(
        {
            "customer": some(rng.integers(0, customers, 50)),
            "when": some(np.array(moments(50))),
            "pages": some(rng.integers(1, 20, 50).astype(float)),
            "device": some(rng.choice(["pc", "tv"], 50)),
        }
    )
    return {
        "orders": bought,
        "customers": people,
        "regions": regions,
        "stores": shops,
        "products": goods,
        "lines": parts,
        "visits": visits,
    }


def tags_of(*, static: bool = False) -> Tags:
    def table(time: list[str], key: list[str], **columns: str) -> TableTags:
        return TableTags(primary_key=key, time_index=time, columns={n.rstrip("_"): tag(t) for n, t in columns.items()})

    return Tags(
        target=Target(table="orders", column="late", problem="binary"),
        confirmed_by="person",
        tables={
            "orders": table(
                [] if static else ["at"],
                ["order"],
                order="primary_key not-generalizable",
                customer="foreign_key not-generalizable",
                from_="foreign_key not-generalizable",
                to="foreign_key not-generalizable",
                at="ignore datetime" if static else "time_index datetime",
                weight="feature numeric",
                gift="feature categorical",
                channel="feature categorical",
                note="feature sentence",
                due="feature datetime",
                late="target categorical",
            ),
            "customers": table(
                ["since"],
                ["customer"],
                customer="primary_key not-generalizable",
                region="foreign_key not-generalizable",
                zone="foreign_key not-generalizable",
                since="time_index datetime",
                age="feature numeric",
                member="feature categorical",
                secret="feature categorical personal",
                friend="foreign_key not-generalizable",
            ),
            "regions": table(
                [],
                ["region", "zone"],
                region="primary_key not-generalizable",
                zone="primary_key not-generalizable",
                area="feature numeric",
            ),
            "stores": table(
                [], ["store"], store="primary_key not-generalizable", size="feature numeric", kind="feature categorical"
            ),
            "products": table(
                [],
                ["product"],
                product="primary_key not-generalizable",
                price="feature numeric",
                label="feature sentence",
                colour="feature categorical",
            ),
            "lines": table(
                [],
                [],
                order="foreign_key not-generalizable",
                product="foreign_key not-generalizable",
                amount="feature numeric",
                returned="feature categorical",
            ),
            "visits": table(
                ["when"],
                [],
                customer="foreign_key not-generalizable",
                when="time_index datetime",
                pages="feature numeric",
                device="feature categorical",
            ),
        },
        relationships=[
            link("orders", ["customer"], "customers", ["customer"]),
            link("orders", ["from"], "stores", ["store"]),
            link("orders", ["to"], "stores", ["store"]),
            link("customers", ["region", "zone"], "regions", ["region", "zone"]),
            link("customers", ["friend"], "customers", ["customer"]),
            link("lines", ["order"], "orders", ["order"]),
            link("lines", ["product"], "products", ["product"]),
            link("visits", ["customer"], "customers", ["customer"]),
        ],
    )


def shop(folder: Path, seed: int = 0, *, static: bool = False) -> tuple[Tags, dict[str, Path]]:
    return tags_of(static=static), save(folder, frames(seed))
