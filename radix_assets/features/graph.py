"""The usable part of the tags: the columns of each table, and relationships without cycles."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from radix_assets.asof.columns import each, exactly
from radix_assets.asof.parsing import Unusable, choose, moment
from radix_assets.asof.plan import Link, Reading
from radix_assets.features.coordinates import pairs
from radix_assets.features.describe import unique
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import TableTags, Tags
from radix_resources.errors import FeatureError

MOST_VALUES = 1000
"""Text with more distinct values is not a category."""
MOST_CATEGORIES = 30
"""A column with more distinct values is not used in conditions."""
CONDITIONED = 3
"""Columns per table that are used in conditions."""
INTERESTING = 3
"""Values per column that are used in conditions."""
OFTEN = 0.05
"""Minimum share of the rows for a value to be used in a condition."""
MOST_IDS = 200
"""A foreign key with at most this many distinct values is also a category."""
UNIQUE_ENOUGH = 0.9
"""Minimum share of distinct keys for the parent's columns to count as a key, despite repetitions."""

_TARGET = "never used: the target is made of it"
_LEAK = "never used: known too late, it would leak the answer"


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


def build_graph(tags: Tags, tables: dict[str, Path], excluded: Collection[str]) -> Graph:
    """Build the graph of usable tables and relationships from the tags and the data.

    Never used are the target's column, columns that leak or were excluded, and values of private columns. Raises
    FeatureError RDX-FEA-001 if the target's table or column is missing, RDX-FEA-002 if the table has no rows,
    RDX-FEA-008 if a time index cannot be read.
    """
    dropped: dict[str, str] = {}
    opened = {name: _open(name, path) for name, path in tables.items() if name in tags.tables}
    target = _target(tags, opened)
    forbidden = {(tags.target.table, tags.target.column): _TARGET}
    for name, tag in ((name, tag) for name, tag in tags.tables.items() if name in opened):
        for column, line in tag.columns.items():
            if line.role == "leak" or {f"{name}.{column}", f"{name}.*"} & set(excluded):
                forbidden.setdefault((name, column), _LEAK)
    links = _links(tags.relationships, opened, set(forbidden), target.name, dropped)
    for copy in [name for name, table in opened.items() if table.source != name]:
        forbidden |= {(copy, c): reason for (name, c), reason in forbidden.items() if name == opened[copy].source}
    reached = _reached(target.name, links)
    for name in opened:
        if name not in reached:
            dropped[name] = "no relationship leads to this table"
    links = [link for link in links if link.child in reached]
    usable = {name: opened[name] for name in sorted(reached, key=list(opened).index)}
    for name, table in usable.items():
        _time(table, tags.tables[table.source], forbidden, dropped, target=name == target.name)
        _columns(table, tags.tables[table.source], forbidden, links, dropped, target=name == target.name)
    return Graph(target.name, usable, _with_shared(links), dropped)


def timed(table: str, graph: Graph) -> bool:
    """Return whether the table's rows have a time: their own, or that of rows they reference."""
    if graph.tables[table].time:
        return True
    return any(timed(link.parent, graph) for link in graph.links if link.child == table)


def _open(name: str, path: Path) -> Table:
    frame = pl.scan_parquet(path / "data.parquet")
    return Table(name, path, frame.collect_schema(), frame.select(pl.len()).collect().item(), name)


def _target(tags: Tags, opened: dict[str, Table]) -> Table:
    target = tags.target
    table = opened.get(target.table)
    if table is None or target.column not in table.schema:
        raise FeatureError(
            "RDX-FEA-001",
            f"the target {target.name} is not in the data",
            expected="a table and a column of the raw snapshots",
            hint="fix the target in tags.yaml",
            table=target.table,
            column=target.column,
        )
    if not table.rows:
        raise FeatureError(
            "RDX-FEA-002",
            f"the target's table {target.table} has no rows",
            expected="rows to learn from",
            hint="check the source of the table; `radix log` shows rows rejected when it was read",
            table=target.table,
        )
    return table


def _links(
    relationships: Iterable[Relationship],
    opened: dict[str, Table],
    forbidden: Collection[tuple[str, str]],
    target: str,
    dropped: dict[str, str],
) -> list[Link]:
    """Return the usable relationships. Those near the target come first, so that cycles are cut far from it."""
    candidates: list[Link] = []
    for relation in relationships:
        reason = _unusable(relation, opened, forbidden)
        if reason:
            dropped[relation.name] = reason
            continue
        link = Link(
            child=relation.child,
            child_columns=tuple(relation.child_columns),
            parent=relation.parent,
            parent_columns=tuple(relation.parent_columns),
            folded=relation.folded,
        )
        if link not in candidates:
            candidates.append(link)
    distance = _distances(target, candidates)
    chosen: list[Link] = []
    repeated: list[Link] = []
    for link in sorted(candidates, key=lambda link: distance.get(link.child, len(candidates))):
        cyclic = link.child in _above(link.parent, chosen)
        if not cyclic:
            chosen.append(link)
        elif link.child in distance:
            repeated.append(link)
    # a step back to a table on the path leads to a copy of its rows, and ends there
    for link in repeated:
        chosen.append(link.model_copy(update={"parent": _copy(link.parent, f"by {link.label}", opened)}))
        if link.child == link.parent:
            chosen.append(link.model_copy(update={"child": _copy(link.child, f"with this {link.label}", opened)}))
        else:
            dropped[f"{_name(link)}, further"] = "left out: it closes a circle of relationships, one step of it is made"
    return chosen


def _copy(table: str, words: str, opened: dict[str, Table]) -> str:
    """Add a copy of a table; return its name."""
    (name,) = unique([f"{table} ({words})"], opened)
    opened[name] = replace(opened[table], name=name, columns={}, places={}, values={})
    return name


def _unusable(relation: Relationship, opened: dict[str, Table], forbidden: Collection[tuple[str, str]]) -> str:
    child, parent = opened.get(relation.child), opened.get(relation.parent)
    if child is None or parent is None:
        return "left out: one of its tables is not in the data"
    columns = [(child, name) for name in relation.child_columns] + [(parent, name) for name in relation.parent_columns]
    missing = [name for table, name in columns if name not in table.schema]
    if missing or len(relation.child_columns) != len(relation.parent_columns) or not relation.child_columns:
        return f"left out: no such column: {', '.join(missing)}" if missing else "left out: its sides do not match"
    if any((table.name, name) in forbidden for table, name in columns):
        return "left out: it goes over the target or a column that leaks"
    keys = parent.scan().select(exactly(name) for name in relation.parent_columns).drop_nulls()
    rows, distinct = keys.select(rows=pl.len(), distinct=pl.struct(pl.all()).n_unique()).collect().row(0)
    if distinct < UNIQUE_ENOUGH * rows:
        return f"left out: the parent's columns are no key, only {distinct / rows:.0%} of its keys are distinct"
    return ""


def _distances(target: str, links: list[Link]) -> dict[str, int]:
    distance = {target: 0}
    queue = [target]
    for table in queue:
        for link in links:
            for here, there in ((link.child, link.parent), (link.parent, link.child)):
                if here == table and there not in distance:
                    distance[there] = distance[table] + 1
                    queue.append(there)
    return distance


def _above(table: str, links: list[Link]) -> set[str]:
    """Return the table and all its ancestors."""
    tables = {table}
    queue = [table]
    for name in queue:
        new = {link.parent for link in links if link.child == name} - tables
        tables |= new
        queue += sorted(new)
    return tables


def _reached(target: str, links: list[Link]) -> set[str]:
    return set(_distances(target, links))


def _with_shared(links: list[Link]) -> list[Link]:
    pairs = [(link.child, link.parent) for link in links]
    return [link.model_copy(update={"shared": pairs.count((link.child, link.parent)) > 1}) for link in links]


def _name(link: Link) -> str:
    return Relationship(
        child=link.child,
        child_columns=list(link.child_columns),
        parent=link.parent,
        parent_columns=list(link.parent_columns),
    ).name


def _time(
    table: Table, tags: TableTags, forbidden: dict[tuple[str, str], str], dropped: dict[str, str], *, target: bool
) -> None:
    """Set the table's time index. If it cannot be read, no row of the table is ever known."""
    parts = tuple(tags.time_index)
    if any(forbidden.get((table.name, part)) == _TARGET for part in parts):
        dropped[f"{table.name} (time)"] = "no time index: the target is part of it"
        return
    missing = [part for part in parts if part not in table.schema]
    readable = bool(parts) and not missing and table.rows > 0
    if readable:
        readable = bool(table.scan().select(moment(parts, table.schema).is_not_null().any()).collect().item())
    if missing or (parts and target and not readable):
        raise FeatureError(
            "RDX-FEA-008",
            f"the time index of {table.name!r} cannot be read: {', '.join(missing or parts)}",
            expected="a date or datetime column, or numeric parts from the year downwards",
            hint="fix time_index in tags.yaml; without a time index rows could see their own future",
            table=table.name,
            column=(missing or parts)[0],
        )
    if parts and table.rows and not readable:
        dropped[f"{table.name} (time)"] = "no row has a time that can be read, so none is ever known"
    table.time = parts
    # a column that leaks may still be the creation time of a row, but its value is not a feature
    table.time_readable = bool(parts) and not any(
        (table.name, part) in forbidden or (part in tags.columns and tags.columns[part].sensitivity != "none")
        for part in parts
    )


def _columns(
    table: Table,
    tags: TableTags,
    forbidden: dict[tuple[str, str], str],
    links: list[Link],
    dropped: dict[str, str],
    *,
    target: bool,
) -> None:
    link_columns = {column for link in links if link.child == table.name for column in link.child_columns}
    candidates: list[str] = []
    for column in table.schema:
        line = tags.columns.get(column)
        reason = forbidden.get((table.name, column), "")
        if not reason and line is not None and line.sensitivity != "none":
            reason = "not used: a private column"
        if reason:
            dropped[f"{table.name}.{column}"] = reason
        elif line is not None and line.role in ("feature", "foreign_key"):
            candidates.append(column)
    keys = {column for column in candidates if column in link_columns or tags.columns[column].role == "foreign_key"}
    # a numeric or date column in the file is read as such, whatever its values
    plain = [c for c in candidates if c not in keys and tags.columns[c].type in ("numeric", "datetime")]
    empty_columns = {c: pl.Series(dtype=table.schema[c]) for c in plain if table.schema[c] != pl.String}
    read_columns = each(table.scan(), [column for column in candidates if column not in empty_columns], table.rows)
    distinct = empty_columns | {column: values.unique() for column, values in read_columns}
    for column in candidates:
        values, count = distinct[column], len(distinct[column])
        reading: Reading | Unusable
        if column in keys:
            reading = "categorical" if count <= MOST_IDS else Unusable(f"a key with {count} values")
        else:
            reading = choose(tags.columns[column].type, values)
            if reading == "categorical" and count > MOST_VALUES:
                reading = Unusable(f"a category with {count} values")
            elif reading == "categorical" and target and count == table.rows > 2:  # noqa: PLR2004
                reading = Unusable("it tells every row apart")
        if isinstance(reading, Unusable):
            dropped[f"{table.name}.{column}"] = f"not used: {reading.reason}"
        else:
            table.columns[column] = reading
    table.places = pairs(
        table.scan(), table.schema, [c for c, reading in table.columns.items() if reading == "numeric"]
    )
    categories = [c for c, reading in table.columns.items() if reading == "categorical" and c not in keys]
    table.values = _frequent(table, [column for column in categories if len(distinct[column]) <= MOST_CATEGORIES])


def _frequent(table: Table, columns: list[str]) -> dict[str, list[str]]:
    """Return the most frequent values of the first few of these columns."""
    frequent = {}
    for column, values in each(table.scan(), columns[:CONDITIONED], table.rows):
        counts = values.cast(pl.String).drop_nulls().value_counts().sort("count", "x", descending=[True, False])
        values_used = counts.filter(pl.col("count") >= OFTEN * table.rows)["x"].head(INTERESTING).to_list()
        if len(counts) > 1 and values_used:
            frequent[column] = values_used
    return frequent
