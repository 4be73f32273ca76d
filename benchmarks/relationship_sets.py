"""Databases with known keys and relationships: published datasets, synthetic worlds, and variants of both."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from common import ROOT, SHARED

from radix_assets.profiles.schema import TableProfile

sys.path.insert(0, str(ROOT / "tests" / "relationships"))
from shared_sets import multi_table_sets, read_set, write_set

Edge = tuple[str, tuple[str, ...], str, tuple[str, ...]]
Columns = dict[tuple[str, str], str]


def edge(child: str, columns: list[str], parent: str, keys: list[str]) -> Edge:
    """Return the edge with its columns in canonical order, so that equal edges are equal."""
    pairs = sorted(zip(columns, keys, strict=True))
    return child, tuple(pair[0] for pair in pairs), parent, tuple(pair[1] for pair in pairs)


@dataclass(frozen=True)
class Database:
    """Tables with their true keys and relationships."""

    name: str
    frames: dict[str, pl.DataFrame]
    keys: dict[str, list[str] | None]
    """The primary key of each table for which it is known; None if there is none."""
    wanted: frozenset[Edge]
    allowed: frozenset[Edge]
    """Links that are neither required nor wrong: natural joins, keys of groups."""

    def write(self, folder: Path) -> tuple[dict[str, Path], dict[str, TableProfile]]:
        """Write the tables as raw snapshots below a folder, with their profiles."""
        return write_set(self.frames, folder)


def published() -> Iterator[Database]:
    """Yield the multi-table datasets beside the repository, read as a project reads them."""
    if not SHARED.exists():
        return
    for name in multi_table_sets():
        with tempfile.TemporaryDirectory() as folder:
            data = read_set(name, Path(folder))
            frames = {table: pl.read_parquet(path / "data.parquet") for table, path in data.tables.items()}
        yield Database(
            name=name,
            frames=frames,
            keys={
                table: meta.get("primary_key")
                for table, meta in data.truth["tables"].items()
                if meta.get("primary_key") or "primary_key" in meta
            },
            wanted=_edges(data.truth, "declared", "one_to_one"),
            allowed=_edges(data.truth, "natural", "group_key"),
        )


def _edges(truth: dict[str, Any], *kinds: str) -> frozenset[Edge]:
    return frozenset(
        edge(fk["child"], fk["child_columns"], fk["parent"], fk["parent_columns"])
        for fk in truth["foreign_keys"]
        if fk["kind"] in kinds
    )


def renamed(database: Database, *, columns: bool, tables: bool) -> Database:
    """Return the database with columns c1…cn in each table, tables t1…tn, or both."""
    table_names = {name: f"t{place}" if tables else name for place, name in enumerate(database.frames, 1)}
    names: Columns = {
        (table, column): f"c{place}" if columns else column
        for table, frame in database.frames.items()
        for place, column in enumerate(frame.columns, 1)
    }

    def there(item: Edge) -> Edge:
        child, own, parent, other = item
        return edge(
            table_names[child],
            [names[child, name] for name in own],
            table_names[parent],
            [names[parent, name] for name in other],
        )

    return Database(
        name=database.name,
        frames={
            table_names[table]: frame.rename({name: names[table, name] for name in frame.columns})
            for table, frame in database.frames.items()
        },
        keys={
            table_names[table]: None if key is None else [names[table, name] for name in key]
            for table, key in database.keys.items()
        },
        wanted=frozenset(map(there, database.wanted)),
        allowed=frozenset(map(there, database.allowed)),
    )


def _children(database: Database) -> list[tuple[str, str]]:
    """Return columns that reference a table and may have any value: not in a key, a wider edge, or a parent."""
    held = {(table, name) for table, key in database.keys.items() for name in key or []}
    held |= {(parent, name) for _, _, parent, names in database.wanted | database.allowed for name in names}
    held |= {(child, name) for child, names, _, _ in database.wanted if len(names) > 1 for name in names}
    return sorted({(child, names[0]) for child, names, _, _ in database.wanted if len(names) == 1} - held)


def with_orphans(database: Database, share: float, seed: int) -> Database:
    """Replace some references by ones to missing rows."""
    rng = np.random.default_rng(seed)
    frames = dict(database.frames)
    for table, name in _children(database):
        frame = frames[table]
        hit = pl.Series(rng.random(frame.height) < share)
        if frame.schema[name].is_integer():
            top = int(frame[name].max() or 0)  # type: ignore[arg-type]
            other = pl.Series(rng.integers(top + 1, top + 2 + frame.height, frame.height))
        elif frame.schema[name] == pl.String:
            other = frame[name].str.reverse() + "~"
        else:
            continue
        chosen = pl.when(hit & pl.col(name).is_not_null()).then(other).otherwise(pl.col(name)).alias(name)
        frames[table] = frame.with_columns(chosen)
    return replace(database, frames=frames)


def with_nulls(database: Database, share: float, seed: int) -> Database:
    """Replace some references by nulls."""
    rng = np.random.default_rng(seed)
    frames = dict(database.frames)
    for table, name in _children(database):
        hit = pl.Series(rng.random(frames[table].height) < share)
        frames[table] = frames[table].with_columns(pl.when(~hit).then(pl.col(name)).alias(name))
    return replace(database, frames=frames)


def sampled(database: Database, share: float, seed: int) -> Database:
    """Sample the rows of tables that no other table references."""
    pointed = {parent for _, _, parent, _ in database.wanted | database.allowed}
    frames = {
        table: frame if table in pointed or frame.height < 50 else frame.sample(fraction=share, seed=seed)
        for table, frame in database.frames.items()
    }
    return replace(database, frames=frames)


def part(database: Database, share: float, seed: int) -> Database:
    """Keep some of the tables only, so that columns reference missing tables."""
    rng = np.random.default_rng(seed)
    kept = {name for name in database.frames if rng.random() < share} or set(database.frames)
    return Database(
        name=database.name,
        frames={name: frame for name, frame in database.frames.items() if name in kept},
        keys={name: key for name, key in database.keys.items() if name in kept},
        wanted=frozenset(one for one in database.wanted if {one[0], one[2]} <= kept),
        allowed=frozenset(one for one in database.allowed if {one[0], one[2]} <= kept),
    )


__all__ = ["Database", "Edge", "edge", "part", "published", "renamed", "sampled", "with_nulls", "with_orphans"]
