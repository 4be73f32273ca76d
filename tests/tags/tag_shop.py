"""A small shop with names that are hard to write, its profiles, schema and suggestions."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from shared_sets import write_set

from radix_assets.profiles.model import TableProfile
from radix_assets.project import Project
from radix_assets.relationships import Schema, find_schema
from radix_assets.suggestions import Suggestions, suggest

ODD = [
    'a: b # "c"',
    "Preis (€), netto",
    "yes",
    "x.y",
    "📦",
    "{json: [1]}",
    "  spaces  ",
    "line\nbreak",
    "null",
    "- dash",
]


@dataclass
class Shop:
    project: Project
    raw: dict[str, Path]
    profiles: dict[str, TableProfile]
    schema: Schema
    suggestions: Suggestions

    @property
    def path(self) -> Path:
        return self.project.tags_path

    def args(self):
        return self.suggestions, self.schema, self.profiles


def frames(rows: int = 60, **more: list) -> dict[str, pl.DataFrame]:
    start = dt.date(2024, 1, 1)
    return {
        "customers": pl.DataFrame(
            {
                "customer_id": range(1, 13),
                "email": [f"c{n}@example.org" for n in range(12)],
                "signup_date": [start + dt.timedelta(n) for n in range(12)],
            }
        ),
        "order items": pl.DataFrame(
            {
                "order_id": range(100, 100 + rows),
                "customer_id": [n % 12 + 1 for n in range(rows)],
                "order_date": [start + dt.timedelta(20 + n // 2) for n in range(rows)],
                "shipped": [None if n % 7 == 0 else start + dt.timedelta(22 + n // 2) for n in range(rows)],
                "color": ["red", "green", "blue"] * (rows // 3),
                "constant": ["same"] * rows,
                "nothing": pl.Series([None] * rows, dtype=pl.String),
                "note": [f"some words about order number {n}" for n in range(rows)],
                "total": [10.0 + n % 17 for n in range(rows)],
                "gift": [n % 5 == 0 for n in range(rows)],
            }
            | more
        ),
        "odd.names": pl.DataFrame({name: [float(n * place) for n in range(rows)] for place, name in enumerate(ODD, 1)}),
    }


def open_shop(folder: Path, tables: dict[str, pl.DataFrame] | None = None, **settings: object) -> Shop:
    raw, profiles = write_set(tables or frames(), folder)
    schema = find_schema(raw, profiles)
    home = folder / "shop"
    home.mkdir()
    project = Project(name="shop", sources=[{"table": "x", "path": "x.csv"}], folder=home, **settings)
    return Shop(project, raw, profiles, schema, suggest(raw, profiles, schema))
