"""Values of columns, read once and cached during the search."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from radix_assets.common.spelling import folded
from radix_assets.relationships.distinct import Distinct, Overlap, overlap, read_distinct, rows_found, thin
from radix_assets.sources.rows import scan_values

DATA = "data.parquet"
HEAD = 50_000
"""Rows that are read before all are."""
FEW = 200
"""Values of a thinned column below which all of the other side's are looked up."""


PROBED = 2_000
"""Rows of a child that are looked up before all are."""


@dataclass(frozen=True)
class Containment:
    """How much of a child's values is contained in the parent's."""

    rows: float
    """Share of the child's non-null rows."""
    distinct: float
    """Share of the child's distinct values."""
    used: float
    """Share of the parent's rows that a child references."""


class Values:
    """Distinct values with their counts, by table and columns. Rows with a null in the columns are left out."""

    def __init__(self, tables: dict[str, Path]) -> None:
        self._tables = tables
        self._counts: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}
        self._heads: dict[str, pl.DataFrame] = {}
        self._distinct: dict[tuple[str, str, str], Distinct] = {}

    def scan(self, table: str) -> pl.LazyFrame:
        """Return all rows, lazily."""
        return scan_values(self._tables[table] / DATA)

    def head(self, table: str) -> pl.DataFrame:
        """Return the first rows."""
        if table not in self._heads:
            self._heads[table] = self.scan(table).head(HEAD).collect()
        return self._heads[table]

    def distinct(self, table: str, column: str, kind: str, count: int) -> Distinct:
        """Return the distinct values of a column, about `count`: numbers (`kind` "integer") or hashes of text."""
        key = (table, column, kind)
        if key not in self._distinct:
            self._distinct[key] = read_distinct(self.scan(table), column, kind, count)
        return self._distinct[key]

    def overlap(
        self, child: tuple[str, str, int], parent: tuple[str, str, int], kind: str, least: float
    ) -> Overlap | None:
        """Compare the values of one column (table, column, distinct values) with another's; None if below `least`."""
        left, right = self.distinct(*child[:2], kind, child[2]), self.distinct(*parent[:2], kind, parent[2])
        if right.thinned and thin(left, right.thinned).kept < FEW:
            right = read_distinct(self.scan(parent[0]), parent[1], kind, parent[2], left.values)
        return overlap(left, right, least)

    def coverage(self, child: tuple[str, str], parent: tuple[str, str], kind: str, estimate: float) -> float:
        """Return the share of a child's non-null rows whose value is in the parent; estimated for millions."""
        left, right = self._distinct[*child, kind], self._distinct[*parent, kind]
        return estimate if left.thinned or right.thinned else rows_found(left, right)

    def counts(self, table: str, columns: tuple[str, ...]) -> pl.DataFrame:
        """Return the distinct rows of the columns, renamed to "0", "1", …, with their counts as "n"."""
        if (table, columns) not in self._counts:
            names = [str(place) for place in range(len(columns))]
            rows = self.scan(table).select(
                pl.col(column).alias(name) for column, name in zip(columns, names, strict=True)
            )
            self._counts[table, columns] = (
                rows.drop_nulls().group_by(names).agg(pl.len().alias("n")).collect(engine="streaming")
            )
        return self._counts[table, columns]

    def folded_containment(self, child: tuple[str, str], parent: tuple[str, str]) -> Containment | None:
        """Return how much of a child's values the parent holds if spelling is ignored.

        Capitals and leading zeros are ignored. None if two keys of the parent would become equal.
        """
        left, right = (self._folded(*side) for side in (child, parent))
        if right.height < self.counts(parent[0], (parent[1],)).height or not left.height or not right.height:
            return None
        matched = left.join(right, on="0", how="semi")
        return Containment(
            rows=int(matched["n"].sum()) / int(left["n"].sum()),
            distinct=matched.height / left.height,
            used=matched.height / right.height,
        )

    def _folded(self, table: str, column: str) -> pl.DataFrame:
        counts = self.counts(table, (column,))
        decimal = counts.schema["0"].is_float() or counts.schema["0"].is_decimal()
        return counts.group_by(folded(pl.col("0"), decimal=decimal).alias("0")).agg(pl.col("n").sum()).drop_nulls()

    def distinct_values(self, table: str, column: str) -> pl.Series:
        """Return the distinct values of a column as they are."""
        return self.counts(table, (column,))["0"]

    def unique(self, table: str, columns: tuple[str, ...]) -> bool:
        """Return whether no two rows agree in these columns; the first rows usually suffice to refute it."""
        if self.head(table).select(pl.struct(columns).is_duplicated().any()).item():
            return False
        repeated = self.scan(table).group_by(columns).agg(pl.len().alias("n")).filter(pl.col("n") > 1)
        return bool(repeated.select(pl.len()).collect(engine="streaming").item() == 0)

    def head_containment(self, child: tuple[str, tuple[str, ...]], parent: tuple[str, tuple[str, ...]]) -> float:
        """Return the share of the child's first distinct rows that are among all of the parent's."""
        names = [str(place) for place in range(len(child[1]))]
        columns = (pl.col(column).alias(name) for column, name in zip(child[1], names, strict=True))
        left = self.scan(child[0]).head(PROBED).select(columns).drop_nulls().unique().collect()
        return _share_found(left, self.counts(*parent), names)

    def mixed_containment(self, child: tuple[str, tuple[str, ...]], parent: tuple[str, tuple[str, ...]]) -> float:
        """Return the share that would be found if the child's columns were independent."""
        left = self.counts(*child)
        names = [name for name in left.columns if name != "n"]
        step = max(1, left.height // PROBED)
        # Sort first: the order of the rows of a group-by is not deterministic.
        sample = left.select(names).sort(names).gather_every(step)
        mixed = sample.select(
            pl.col(name) if place == 0 else pl.col(name).shuffle(seed=place) for place, name in enumerate(names)
        )
        return _share_found(mixed, self.counts(*parent), names)

    def containment(self, child: tuple[str, tuple[str, ...]], parent: tuple[str, tuple[str, ...]]) -> Containment:
        """Return how much of the child's values the parent holds. An integer equals the text that spells it."""
        left, right = self.counts(*child), self.counts(*parent)
        if not left.height or not right.height:
            return Containment(0.0, 0.0, 0.0)
        names = [name for name in left.columns if name != "n"]
        for name in names:
            if left.schema[name] != right.schema[name]:
                both = left.schema[name].is_numeric() and right.schema[name].is_numeric()
                to = pl.Float64 if both else pl.String
                left, right = (frame.with_columns(pl.col(name).cast(to)) for frame in (left, right))
        matched = left.join(right.select(names), on=names, how="semi")
        return Containment(
            rows=int(matched["n"].sum()) / int(left["n"].sum()),
            distinct=matched.height / left.height,
            used=matched.height / right.height,
        )


def _share_found(left: pl.DataFrame, right: pl.DataFrame, names: list[str]) -> float:
    for name in names:
        if left.schema[name] != right.schema[name]:
            left, right = (frame.with_columns(pl.col(name).cast(pl.String)) for frame in (left, right))
    return left.join(right, on=names, how="semi").height / left.height if left.height else 1.0
