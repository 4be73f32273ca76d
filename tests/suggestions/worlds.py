"""Small tables whose meaning is known."""

import datetime as dt
import random
from pathlib import Path

import polars as pl
from shared_sets import write_set

from radix_assets.question.target import Parsed
from radix_assets.relationships.find import find_schema
from radix_assets.suggestions.schema import Suggestions
from radix_assets.suggestions.suggest import suggest

DAY = dt.datetime(2023, 1, 1)  # noqa: DTZ001 canonical timestamps are naive


def generator(seed: int = 0) -> random.Random:
    return random.Random(seed)  # noqa: S311 data of tests


def days(count: int, step: int = 1) -> list[dt.date]:
    return [(DAY + dt.timedelta(step * n)).date() for n in range(count)]


def suggested(place: Path, tables: dict[str, dict[str, list]], target: Parsed | None = None) -> Suggestions:
    """Return the suggestions for tables, given by column."""
    raw, profiles = write_set({name: pl.DataFrame(columns) for name, columns in tables.items()}, place / "raw")
    return suggest(raw, profiles, find_schema(raw, profiles), target)


def one(place: Path, columns: dict[str, list], target: str | None = None, table: str = "data") -> Suggestions:
    """Return the suggestions for one table."""
    return suggested(place, {table: columns}, (table, target, None, None) if target else None)
