"""Polars: snapshots as lazy frames, and what Narwhals cannot say."""

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw
import polars as pl

from radix_assets.features.columns import exactly
from radix_assets.features.expressions import expression
from radix_assets.features.model import CUTOFF
from radix_assets.features.partials import Frame
from radix_assets.features.plan import Node, Plan
from radix_assets.features.readings import moment as as_moment
from radix_assets.features.store import Store
from radix_assets.features.times import micros
from radix_assets.features.totals import OWN
from radix_assets.features.transforms import transform


class PolarsTables:
    """Rows of a plan's tables. Groups are made by Polars' streaming engine, so a table may be larger than memory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def rows(self, table: str, nodes: dict[str, Node], keys: dict[str, tuple[int, bool, int]]) -> Frame:
        """All rows of a table, with OWN and these columns: nodes of its own columns, and parts of keys."""
        store = self._store
        columns = [expression(store, table, node).alias(name) for name, node in nodes.items()]
        for name, (link, parent, part) in keys.items():
            step = store.plan.links[link]
            raw = step.parent_columns[part] if parent else step.child_columns[part]
            dtype = store.key_types(link)[part]
            column = exactly(raw)
            columns.append(
                (column if store.schema(table)[raw] == dtype else column.cast(dtype, strict=False)).alias(name)
            )
        if table in store.plan.times:
            own = as_moment(store.plan.times[table], store.schema(table)).cast(pl.Int64)
            columns.append(own.alias(OWN))
        return nw.from_native(store.scan(table).select(columns))

    def first(self, frame: Frame, keys: Sequence[str]) -> Frame:
        """The first row of each key."""
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.unique(list(keys), keep="first", maintain_order=True))

    def transformed(self, frame: Frame, name: str, primitive: str, bases: Sequence[str]) -> Frame:
        """With one more column: a function of others."""
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.with_columns(transform(primitive, *(pl.col(base) for base in bases)).alias(name)))

    def coded(self, frame: Frame, names: Sequence[str]) -> tuple[Frame, dict[str, pl.Series]]:
        """With these columns' values as their places in the sorted dictionaries that are returned too."""
        native: pl.LazyFrame = frame.to_native()
        found = {
            name: native.select(pl.col(name).drop_nulls().unique()).collect(engine="streaming").to_series().sort()
            for name in names
        }
        schema = native.collect_schema()
        columns = [
            pl.col(name).cast(pl.Enum(words)).to_physical().cast(pl.Int64)
            if schema[name] == pl.String
            else pl.col(name).replace_strict(words, pl.int_range(len(words), eager=True), return_dtype=pl.Int64)
            for name, words in found.items()
        ]
        return nw.from_native(native.with_columns(columns)), found

    def decoded(self, frame: Frame, name: str, dictionary: pl.Series) -> Frame:
        """With this column's places in the dictionary as the values again."""
        native: pl.LazyFrame = frame.to_native()
        values = pl.lit(dictionary).gather(pl.col(name)) if len(dictionary) else pl.lit(None, dictionary.dtype)
        return nw.from_native(native.with_columns(values.alias(name)))

    def held(self, frame: Frame) -> Frame:
        """The same rows, in memory."""
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.collect(engine="streaming").lazy())


def compute(plan: Plan, tables: dict[str, Path], rows: pl.LazyFrame | pl.DataFrame) -> pl.DataFrame:
    """The plan's features of these rows, in their order; see `radix_assets.features.engines.compute`."""
    from radix_assets.features.prepared import Prepared

    given = rows.lazy().collect()
    moment: int | None = None
    if CUTOFF in given.columns and given[CUTOFF].n_unique() == 1 and given[CUTOFF].null_count() == 0:
        moment = int(micros(given[CUTOFF][:1])[0])
    return Prepared(plan, tables, moment).compute(given)
