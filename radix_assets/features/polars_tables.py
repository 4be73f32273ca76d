"""Snapshots as lazy frames of Polars, for aggregation by grouping."""

from collections.abc import Sequence
from typing import Any, Literal

import polars as pl

from radix_assets.asof.keys import key_part
from radix_assets.asof.parsing import known_from
from radix_assets.asof.plan import Node
from radix_assets.asof.store import Store
from radix_assets.features.encoding import encode
from radix_assets.features.expressions import expression
from radix_assets.features.totals.tables import OWN
from radix_assets.features.transforms import transform

LARGE = 20_000_000
"""Rows from which on a table is never loaded into memory as a whole."""


SMALL = 200_000
"""Rows up to which memory is not a concern."""


COUNTED = 50_000_000
"""Rows per step of counting values by group: with many groups, Polars buffers rows."""


_WIDTH = 1 << 31


class PolarsTables:
    """Rows of a plan's tables.

    Grouping uses Polars' streaming engine, which never loads a whole table, and whose sums may differ between runs in
    the last bit. Where that matters (`exact`), and for SMALL tables, grouping is done in memory, which gives the same
    bits in every run and with any number of threads, unless a table has more than LARGE rows.
    """

    expressions: Any = pl

    def __init__(self, store: Store, *, exact: bool = False) -> None:
        self._store = store
        tables = {link.child for link in store.plan.links} | {link.parent for link in store.plan.links}
        most = LARGE if exact else SMALL
        in_memory = all(store.rows(table) <= most for table in tables)
        self._parts = max([1, *(-(-store.rows(table) // COUNTED) for table in tables)])
        self._engine: Literal["streaming", "in-memory"] = "in-memory" if in_memory else "streaming"

    def rows(self, table: str, nodes: dict[str, Node], keys: dict[str, tuple[int, bool, int]]) -> pl.LazyFrame:
        """Return all rows of a table, with OWN and these columns: nodes of its own columns, and parts of keys."""
        store = self._store
        columns = [expression(store, table, node).alias(name) for name, node in nodes.items()]
        for name, (link, parent, part) in keys.items():
            step = store.plan.links[link]
            raw = step.parent_columns[part] if parent else step.child_columns[part]
            dtype = store.key_types(link)[part]
            columns.append(key_part(raw, store.schema(table)[raw], dtype, folded_key=step.folded).alias(name))
        if table in store.plan.times:
            others = store.plan.known.get(table, ())
            own = known_from(store.plan.times[table], others, store.schema(table)).cast(pl.Int64)
            columns.append(own.alias(OWN))
        return store.scan(table).select(columns)

    def first(self, frame: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
        """Return the first row of each key."""
        return frame.unique(list(keys), keep="first", maintain_order=True)

    def transformed(self, frame: pl.LazyFrame, name: str, primitive: str, bases: Sequence[str]) -> pl.LazyFrame:
        """Add a column: a function of other columns."""
        return frame.with_columns(transform(primitive, *(pl.col(base) for base in bases)).alias(name))

    def counted(self, frame: pl.LazyFrame, keys: Sequence[str], name: str) -> tuple[pl.LazyFrame, pl.Series]:
        """Count each value of a column under each key; see Tables."""
        schema = frame.collect_schema()
        words = schema[name] == pl.String
        value = pl.col(name).cast(pl.Categorical) if words else pl.col(name)
        values = frame.select(*keys, value.alias("x")).drop_nulls("x")
        if words and len(keys) == 1 and schema[keys[0]] == pl.Int64 and self._small(frame, keys[0]):
            # grouping by one number takes two thirds of the time of a pair
            both = pl.col(keys[0]) * _WIDTH + pl.col("x").to_physical().cast(pl.Int64)
            counts = self._grouped(values.select(both.alias("x")), ["x"])
            place = (pl.col("x") % _WIDTH).cast(pl.UInt32)
            counts = counts.select(
                (pl.col("x") // _WIDTH).alias(keys[0]), place.cat.to(pl.Categorical()).alias("x"), "n"
            )
        else:
            counts = self._grouped(values, [*keys, "x"])
        codes, dictionary = encode(counts["x"])
        return counts.with_columns(pl.Series("x", codes)).lazy(), dictionary

    def _grouped(self, values: pl.LazyFrame, columns: list[str]) -> pl.DataFrame:
        """Count each combination; with many rows, a part of the groups at a time."""
        count = pl.len().cast(pl.Int64).alias("n")
        part = pl.col(columns[0]).hash(seed=0) % self._parts
        parts = [values.filter(part == number) if self._parts > 1 else values for number in range(self._parts)]
        return pl.concat(part_rows.group_by(columns).agg(count).collect(engine="streaming") for part_rows in parts)

    @staticmethod
    def _small(frame: pl.LazyFrame, key: str) -> bool:
        """Return whether a key leaves room in 64 bits for the code of a category."""
        ends = frame.select(pl.col(key).min().alias("low"), pl.col(key).max().alias("high")).collect(engine="streaming")
        low, high = ends.row(0)
        return low is not None and max(-low, high) < _WIDTH

    def decoded(self, frame: pl.LazyFrame, name: str, dictionary: pl.Series) -> pl.LazyFrame:
        """Replace this column's positions in the dictionary by the values."""
        values = pl.lit(dictionary).gather(pl.col(name)) if len(dictionary) else pl.lit(None, dictionary.dtype)
        return frame.with_columns(values.alias(name))

    def materialized(self, frame: pl.LazyFrame, *, counts: bool = False) -> pl.LazyFrame:
        """Return the same rows, in memory."""
        return frame.collect(engine="streaming" if counts else self._engine).lazy()
