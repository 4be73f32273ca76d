"""Small worlds to explore."""

from collections.abc import Callable

import polars as pl

from radix_assets.exploration.schema import Exploration
from radix_assets.relationships.schema import Relationship
from radix_assets.tags.schema import ColumnTag, TableTags, Tags, Target

World = Callable[..., Exploration]


def tag(
    tables: dict[str, pl.DataFrame],
    target: Target,
    *,
    relationships: list[Relationship] | None = None,
    time: dict[str, list[str]] | None = None,
    **roles: ColumnTag,
) -> Tags:
    """Return tags in which every column is a feature except the target, the keys and the times; `roles` overrides."""
    links, times = relationships or [], time or {}
    keys = {(link.child, column) for link in links for column in link.child_columns}
    primary = {(link.parent, column) for link in links for column in link.parent_columns}
    tagged = {}
    for table, frame in tables.items():
        columns = {}
        for column in frame.columns:
            role = "feature"
            if (table, column) == (target.table, target.column):
                role = "target"
            elif column in times.get(table, []):
                role = "time_index"
            elif (table, column) in keys:
                role = "foreign_key"
            elif (table, column) in primary:
                role = "primary_key"
            kind = "numeric" if frame[column].dtype.is_numeric() else "categorical"
            columns[column] = roles.get(column, ColumnTag(role=role, type=kind))
        tagged[table] = TableTags(time_index=times.get(table, []), columns=columns)
    return Tags(target=target, tables=tagged, relationships=links, confirmed_by="person")
