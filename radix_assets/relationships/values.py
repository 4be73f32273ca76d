"""Distinct values of columns, read once and kept while the schema is searched."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

DATA = "data.parquet"
HEAD = 50_000
"""Rows that are looked at before all are."""


@dataclass(frozen=True)
class Containment:
    """How much of a child's values is found in the parent's."""

    rows: float
    """Share of the child's rows with a value."""
    distinct: float
    """Share of the child's distinct values."""
    used: float
    """Share of the parent's rows that some child points to."""


class Values:
    """Distinct values with their counts, by table and columns. Rows with a null among the columns do not count."""

    def __init__(self, tables: dict[str, Path]) -> None:
        self._tables = tables
        self._counts: dict[tuple[str, tuple[str, ...]], pl.DataFrame] = {}
        self._heads: dict[str, pl.DataFrame] = {}

    def scan(self, table: str) -> pl.LazyFrame:
        """All rows."""
        return pl.scan_parquet(self._tables[table] / DATA)

    def head(self, table: str) -> pl.DataFrame:
        """The first rows."""
        if table not in self._heads:
            self._heads[table] = self.scan(table).head(HEAD).collect()
        return self._heads[table]

    def counts(self, table: str, columns: tuple[str, ...]) -> pl.DataFrame:
        """Distinct rows of the columns, renamed to "0", "1", …, and how often each occurs, as "n"."""
        if (table, columns) not in self._counts:
            names = [str(place) for place in range(len(columns))]
            rows = self.scan(table).select(
                pl.col(column).alias(name) for column, name in zip(columns, names, strict=True)
            )
            self._counts[table, columns] = (
                rows.drop_nulls().group_by(names).agg(pl.len().alias("n")).collect(engine="streaming")
            )
        return self._counts[table, columns]

    def unique(self, table: str, columns: tuple[str, ...]) -> bool:
        """Whether no two rows agree in these columns; a look at the first rows usually suffices to say no."""
        if self.head(table).select(pl.struct(columns).is_duplicated().any()).item():
            return False
        repeated = self.scan(table).group_by(columns).agg(pl.len().alias("n")).filter(pl.col("n") > 1)
        return bool(repeated.select(pl.len()).collect(engine="streaming").item() == 0)

    def containment(self, child: tuple[str, tuple[str, ...]], parent: tuple[str, tuple[str, ...]]) -> Containment:
        """How much of the child's values the parent holds. An integer equals the text that spells it."""
        left, right = self.counts(*child), self.counts(*parent)
        if not left.height or not right.height:
            return Containment(0.0, 0.0, 0.0)
        names = [name for name in left.columns if name != "n"]
        for name in names:
            if left.schema[name] != right.schema[name]:
                both = left.schema[name].is_numeric() and right.schema[name].is_numeric()
                to = pl.Float64 if both else pl.String
                left, right = (frame.with_columns(pl.col(name).cast(to)) for frame in (left, right))
        found = left.join(right.select(names), on=names, how="semi")
        return Containment(
            rows=int(found["n"].sum()) / int(left["n"].sum()),
            distinct=found.height / left.height,
            used=found.height / right.height,
        )
