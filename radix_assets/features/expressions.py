"""Polars expressions for values of the same row, over the raw columns."""

import polars as pl

from radix_assets.asof.parsing import moment, read
from radix_assets.asof.plan import Identity, Node, Transform
from radix_assets.asof.store import Store
from radix_assets.features.transforms import transform


def expression(store: Store, table: str, node: Node) -> pl.Expr:
    """Return the expression of a function of the table's own columns."""
    if isinstance(node, Transform):
        return transform(node.primitive, *(expression(store, table, base) for base in node.bases))
    if not isinstance(node, Identity):
        raise TypeError(node)
    store.require(table, node.columns)
    schema = store.schema(table)
    if node.reading == "place":
        latitude, longitude = (read(column, schema[column], "numeric") for column in node.columns)
        return pl.struct(latitude.alias("latitude"), longitude.alias("longitude"))
    if node.reading == "datetime" and node.columns == store.plan.times.get(table):
        return moment(node.columns, schema)
    return read(node.columns[0], schema[node.columns[0]], node.reading)
