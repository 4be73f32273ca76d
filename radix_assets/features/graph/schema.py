"""The usable tables of a project and the links between them."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from radix_assets.asof.plan import Link, Reading

TARGET_REASON = "never used: the target is made of it"


@dataclass
class Table:
    """One usable table."""

    name: str
    path: Path
    schema: pl.Schema
    rows: int
    source: str = ""
    """The table of the tags with these rows; another one's for a copy, where a step leads to the same table again."""
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Latitude and longitude columns, by a name for the pair."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """Frequent values of categories that are not private: used in conditions."""
    columns: dict[str, Reading] = field(default_factory=dict)
    """The columns that features may read, in the table's order."""
    time: tuple[str, ...] = ()
    """Its time index; empty if it has none."""
    known: tuple[str, ...] = ()
    """Further times of its rows, which are known from the latest of all (see `known_from`)."""
    time_readable: bool = False
    """Whether features may also read the time index."""

    def scan(self) -> pl.LazyFrame:
        """Scan the rows."""
        return pl.scan_parquet(self.path / "data.parquet")


@dataclass
class Graph:
    """The tables reachable from the target's table, and the links between them."""

    target: str
    tables: dict[str, Table]
    links: list[Link]
    dropped: dict[str, str]
    """What was excluded, with the reason: columns as `table.column`, relationships by name."""

    @property
    def entity(self) -> int | None:
        """The link to the entity, if a row is only a pair of entity and time; else None."""
        table = self.tables[self.target]
        up = [number for number, link in enumerate(self.links) if link.child == self.target]
        down = any(link.parent == self.target for link in self.links)
        own = set(table.columns) - {column for number in up for column in self.links[number].child_columns}
        return up[0] if table.time and len(up) == 1 and not down and not own - set(table.time) else None


def timed(table: str, graph: Graph) -> bool:
    """Return whether the table's rows have a time: their own, or that of rows they reference."""
    if graph.tables[table].time:
        return True
    return any(timed(link.parent, graph) for link in graph.links if link.child == table)
