"""The input of all signals: a seeded sample of the target's table, and the target as numbers."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from radix_assets.common.vocabulary import NUMERIC, FeatureType, Problem, Role
from radix_assets.sources.rows import scan_values
from radix_assets.tags.schema import TableTags, Tags, Target
from radix_resources.errors import TargetError

SAMPLE = 50_000
"""Maximum rows of the sample."""
SEED = 20_240_229
UNIQUE = 0.97
"""Share of distinct values from which a column counts as unique."""
MOSTLY = 0.4
"""Minimum share of rows left after dropping repeated ones; below, repetition is normal for these few columns."""

Vector = NDArray[np.float64]
Codes = NDArray[np.int64]

COMPARE = {
    ">": pl.Expr.__gt__,
    ">=": pl.Expr.__ge__,
    "<": pl.Expr.__lt__,
    "<=": pl.Expr.__le__,
    "==": pl.Expr.__eq__,
    "!=": pl.Expr.__ne__,
}


@dataclass(frozen=True)
class Question:
    """The target and the sampled rows to analyse."""

    tags: Tags
    path: Path
    """The raw snapshot of the target's table."""
    total: int
    """Rows of the table."""
    names: list[str]
    frame: pl.DataFrame
    """The sampled rows in the table's order; column i is named `c{i}`, since names are arbitrary."""
    target: pl.Series
    """Target of the sampled rows: Boolean, String or Float64; null where unknown."""

    @property
    def table(self) -> str:
        """The target's table."""
        return self.tags.target.table

    @property
    def problem(self) -> Problem:
        """The problem type."""
        return self.tags.target.problem

    @property
    def table_tags(self) -> TableTags:
        """The tags of the target's table."""
        return self.tags.tables[self.table]

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Mask of the sampled rows whose target is known."""
        return self.target.is_not_null().to_numpy()

    @cached_property
    def classes(self) -> list[str]:
        """Classes as text, in the order of their codes: most frequent first. Empty for a regression."""
        if self.problem in NUMERIC:
            return []
        counts = self.target.drop_nulls().cast(pl.String).value_counts()
        value = counts.columns[0]
        return counts.sort(["count", value], descending=[True, False])[value].to_list()

    @cached_property
    def answer(self) -> "Answer":
        """The known targets as numbers."""
        known = self.target.drop_nulls()
        if self.problem in NUMERIC:
            return Answer(known.cast(pl.Float64).to_numpy(), None, 0, self._first)
        order = pl.DataFrame(
            {"name": self.classes, "code": np.arange(len(self.classes))}, schema_overrides={"name": pl.String}
        )
        codes = known.cast(pl.String).to_frame("name").join(order, on="name", how="left", maintain_order="left")["code"]
        return Answer(
            codes.cast(pl.Float64).to_numpy(), codes.cast(pl.Int64).to_numpy(), len(self.classes), self._first
        )

    @property
    def _first(self) -> NDArray[np.bool_]:
        """Mask of known rows that do not repeat an earlier one, unique columns aside; all rows if most repeat."""
        frame = self.frame.filter(pl.Series(self.known))
        distinct = frame.select(pl.all().approx_n_unique()).row(0)
        used = [name for name, count in zip(frame.columns, distinct, strict=True) if count < UNIQUE * frame.height]
        first = np.ones(frame.height, dtype=np.bool_)
        if used:
            rows = frame.select(used).with_row_index("row").unique(used, keep="first")["row"].to_numpy()
            if len(rows) >= MOSTLY * frame.height:
                first[:] = False
                first[rows] = True
        return first

    @property
    def others(self) -> list[int]:
        """Positions of all columns except the target's."""
        return [i for i, name in enumerate(self.names) if name != self.tags.target.column]

    def series(self, position: int) -> pl.Series:
        """Return a column, for the rows whose target is known."""
        return self.frame[f"c{position}"].filter(pl.Series(self.known))

    def role(self, name: str) -> Role:
        """Return the role of a column of the target's table."""
        tag = self.table_tags.columns.get(name)
        return tag.role if tag else "feature"

    def type(self, name: str) -> FeatureType:
        """Return the feature type of a column of the target's table."""
        tag = self.table_tags.columns.get(name)
        return tag.type if tag else "context-specific"


@dataclass(frozen=True)
class Answer:
    """The target, for the rows where it is known."""

    values: Vector
    codes: Codes | None
    """Class of every row; None for a regression."""
    classes: int
    first: NDArray[np.bool_]
    """Rows that do not repeat an earlier one: a repeated row must not confirm itself."""

    @cached_property
    def ranks(self) -> Vector:
        """Ranks of the values from 0 to 1, ties in the middle: robust against outliers."""
        return ranks(self.values)


def ranks(values: Vector) -> Vector:
    """Return ranks from 0 to 1, ties in the middle."""
    result = pl.Series(values).rank("average").to_numpy()
    return np.asarray((result - 0.5) / max(len(values), 1), dtype=np.float64)


def positional(path: Path) -> tuple[pl.LazyFrame, list[str]]:
    """Scan a raw snapshot with its columns named `c0`, `c1` …; return it with their real names."""
    frame = scan_values(path / "data.parquet")
    names = frame.collect_schema().names()
    return frame.select(pl.nth(i).alias(f"c{i}") for i in range(len(names))), names


def load_sample(tags: Tags, path: Path, *, sample: int = SAMPLE) -> Question:
    """Read the sample. Raises TargetError RDX-TGT-101 if the column is missing, RDX-TGT-102 if it is all null."""
    target = tags.target
    frame, names = positional(path)
    if target.column not in names:
        raise TargetError(
            "RDX-TGT-101",
            f"the target's column {target.column!r} is not in table {target.table!r}",
            expected="a column of the table",
            hint="fix the target in tags.yaml or project.yaml",
            table=target.table,
            column=target.column,
        )
    total = frame.select(pl.len()).collect(engine="streaming").item()
    if total > sample:
        rows = np.sort(np.random.default_rng(SEED).choice(total, sample, replace=False))
        frame = (
            frame.with_row_index("row")
            .join(pl.LazyFrame({"row": rows}, schema={"row": pl.get_index_type()}), on="row", how="semi")
            .sort("row")
            .drop("row")
        )
    data = frame.collect(engine="streaming")
    values = data.select(
        target_of(data[f"c{names.index(target.column)}"].dtype, f"c{names.index(target.column)}", target)
    )
    answer = values.to_series()
    if answer.null_count() == len(answer):
        raise TargetError(
            "RDX-TGT-102",
            "the target is null in every row" if total else "the target's table has no rows",
            expected="some rows with a known target",
            hint="check the source, the target's name and the format of its values",
            table=target.table,
            column=target.column,
            rows=total,
        )
    return Question(tags, path, total, names, data, answer)


def target_of(dtype: pl.DataType, column: str, target: Target) -> pl.Expr:
    """Return the target as an expression: Boolean for comparisons, String for classes, finite Float64 for numbers."""
    value = pl.col(column)
    if target.operator is not None:
        if dtype.is_numeric() or (dtype == pl.String and isinstance(target.value, int | float)):
            left, right = number(value, dtype), pl.lit(float(target.value or 0))
        elif dtype == pl.Boolean:
            left, right = value, pl.lit(str(target.value).strip().lower() in {"true", "1", "1.0", "yes"})
        else:
            left, right = value.cast(pl.String), pl.lit(str(target.value))
        return COMPARE[target.operator](left, right).alias("target")
    if target.problem in NUMERIC:
        result = number(value, dtype)
        return pl.when(result.is_finite()).then(result).alias("target")
    return value.cast(pl.String).alias("target")


def number(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column as Float64: text such as `$1,715.0` by its number, times in microseconds."""
    if dtype == pl.String:
        first = value.str.replace_all(",", "", literal=True).str.extract(r"([-+]?\d+\.?\d*(?:[eE][-+]?\d+)?)")
        return first.cast(pl.Float64, strict=False)
    if dtype.is_temporal():
        return (value.cast(pl.Datetime("us")) if dtype != pl.Time else value).cast(pl.Int64).cast(pl.Float64)
    return value.cast(pl.Float64, strict=False)
