"""Build the graph of usable tables and relationships from the tags and the data."""

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from radix_assets.asof.plan import Link
from radix_assets.features.graph.columns import set_columns
from radix_assets.features.graph.known_from import known_from_others
from radix_assets.features.graph.links import mark_shared, reached_tables, usable_links
from radix_assets.features.graph.schema import TARGET_REASON, Graph, Table
from radix_assets.features.graph.time_index import set_time_index
from radix_assets.features.schema import LEAK_REASON
from radix_assets.tags.schema import Tags
from radix_resources.errors import FeatureError


def build_graph(tags: Tags, tables: dict[str, Path], excluded: Collection[str]) -> Graph:
    """Build the graph of usable tables and relationships from the tags and the data.

    Never used are the target's column, columns that leak or were excluded, and values of private columns. Raises
    FeatureError RDX-FEA-001 if the target's table or column is missing, RDX-FEA-002 if the table has no rows,
    RDX-FEA-008 if a time index cannot be read.
    """
    dropped: dict[str, str] = {}
    opened = {name: _open(name, path) for name, path in tables.items() if name in tags.tables}
    target = _target(tags, opened)
    forbidden = {(tags.target.table, tags.target.column): TARGET_REASON}
    for name, tag in ((name, tag) for name, tag in tags.tables.items() if name in opened):
        for column, line in tag.columns.items():
            if line.role == "leak" or {f"{name}.{column}", f"{name}.*"} & set(excluded):
                forbidden.setdefault((name, column), LEAK_REASON)
    links = usable_links(tags.relationships, opened, set(forbidden), target.name, dropped)
    for copy in [name for name, table in opened.items() if table.source != name]:
        forbidden |= {(copy, c): reason for (name, c), reason in forbidden.items() if name == opened[copy].source}
    reached = reached_tables(target.name, links)
    for name in opened:
        if name not in reached:
            dropped[name] = "no relationship leads to this table"
    links = [link for link in links if link.child in reached]
    ancestors = _ancestors(target.name, links)
    usable = {name: opened[name] for name in sorted(reached, key=list(opened).index)}
    for name, table in usable.items():
        set_time_index(table, tags.tables[table.source], forbidden, dropped, target=name == target.name)
        if name not in ancestors:
            table.known = known_from_others(table, tags.tables[table.source])
        set_columns(table, tags.tables[table.source], forbidden, links, dropped, target=name == target.name)
    return Graph(target.name, usable, mark_shared(links), dropped)


def _ancestors(target: str, links: Sequence[Link]) -> set[str]:
    """Return the target's table and those that it references: their rows existed before the target's."""
    names = {target}
    while more := {link.parent for link in links if link.child in names} - names:
        names |= more
    return names


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
