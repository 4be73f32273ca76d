"""A small shop with names that are hard to write, its profiles and suggestions.

The suggestions come from simple rules, so that the tests of tags do not depend on the quality of Radix's suggestions.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from shared_sets import write_set

from radix_assets.profiles.schema import ColumnProfile, TableProfile
from radix_assets.project.settings import Project
from radix_assets.relationships.schema import PrimaryKey, Relationship, Schema
from radix_assets.sources.schema import SCHEMA_FILE, ColumnSchema, RawSchema
from radix_assets.suggestions.schema import ColumnSuggestion, Suggestions, TableSuggestion, TargetSuggestion

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


KEYS = {"customers": ["customer_id"], "order items": ["order_id"]}
TIMES = {"customers": ["signup_date"], "order items": ["order_date"], "hours": ["year", "month", "day"]}


def schema_of(profiles: dict[str, TableProfile]) -> Schema:
    """Return the schema: customers are identified by their number; every other table that has it references them."""
    keys = [
        PrimaryKey(table=table, columns=names, confidence=0.9, evidence=f"{profiles[table].rows} rows, all different")
        for table, names in KEYS.items()
        if table in profiles and set(names) <= set(profiles[table].columns)
    ]
    links = [
        Relationship(
            child=table,
            child_columns=["customer_id"],
            parent="customers",
            parent_columns=["customer_id"],
            confidence=0.9,
            evidence="same name",
        )
        for table, profile in profiles.items()
        if table != "customers" and "customer_id" in profile.columns and "customers" in profiles
    ]
    return Schema(primary_keys=keys, relationships=links)


def suggestions_of(profiles: dict[str, TableProfile], schema: Schema, shift: float = 0.0) -> Suggestions:
    """Return suggestions by simple rules. `shift` lowers every confidence and changes the wording of the evidence."""
    points = {(link.child, name) for link in schema.relationships for name in link.child_columns}
    tables = {}
    for table, profile in profiles.items():
        key = schema.key_of(table)
        time = [name for name in TIMES.get(table, []) if name in profile.columns]
        columns = {
            name: _column(column, place, key, time, foreign=(table, name) in points, shift=shift)
            for place, (name, column) in enumerate(profile.columns.items())
        }
        tables[table] = TableSuggestion(primary_key=key, time_index=time, columns=columns)
    items = profiles["order items"].columns
    targets = [
        TargetSuggestion(table="order items", column=name, problem=problem, confidence=sure - shift, evidence="a name")
        for name, problem, sure in (("total", "regression", 0.8), ("color", "multiclass", 0.4))
        if name in items and items[name].dtype == ("float" if problem == "regression" else "string")
    ]
    return Suggestions(tables=tables, targets=targets)


def _column(
    column: ColumnProfile, place: int, key: list[str], time: list[str], *, foreign: bool, shift: float
) -> ColumnSuggestion:
    kinds = {"integer": "numeric", "float": "numeric", "boolean": "categorical", "string": "categorical"}
    kind = kinds.get(column.dtype, "datetime")
    if column.dtype == "string" and (column.length_mean or 0) > 15:
        kind = "sentence"
    role = "foreign_key" if foreign else "feature"
    role = "primary_key" if column.name in key else "time_index" if column.name in time else role
    sure = round(0.95 - 0.03 * (place % 10) - shift, 2)
    return ColumnSuggestion(
        role="ignore" if column.constant else role,
        role_confidence=sure,
        type=kind,
        type_confidence=sure,
        semantic_type="email" if column.name == "email" else "",
        sensitivity="personal" if column.name == "email" else "none",
        evidence=f"{column.dtype} values, {column.distinct} different" + (", seen again" if shift else ""),
    )


def open_shop(
    folder: Path, tables: dict[str, pl.DataFrame] | None = None, shift: float = 0.0, **settings: object
) -> Shop:
    raw, profiles = write_set(tables or frames(), folder)
    for name, path in raw.items():
        columns = [
            ColumnSchema(name=column, dtype=profile.dtype, source=column, source_type=profile.dtype, coerced="")
            for column, profile in profiles[name].columns.items()
        ]
        schema_file = RawSchema(table=name, rows=profiles[name].rows, columns=columns)
        (path / SCHEMA_FILE).write_text(schema_file.model_dump_json())
    schema = schema_of(profiles)
    home = folder / "shop"
    home.mkdir()
    project = Project(name="shop", sources=[{"table": "x", "path": "x.csv"}], folder=home, **settings)
    return Shop(project, raw, profiles, schema, suggestions_of(profiles, schema, shift))
