"""Features of any rows, one or millions, by the code that made the training matrix."""

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from radix_assets.asof.columns import each, exactly
from radix_assets.asof.names import CUTOFF
from radix_assets.asof.plan import Input, Plan, reads
from radix_assets.asof.store import Store
from radix_assets.asof.times import NEVER, Times, micros, moments
from radix_assets.features.engine import Stage, View
from radix_assets.features.polars_tables import PolarsTables
from radix_assets.features.rows import canonical, conform
from radix_assets.features.totals import Totals
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from radix_assets.tags.schema import Tags

PLAN_FILE = "plan.json"
SAMPLED = 20_000
"""Rows of which the cost is told."""
MOST_ROWS = 300_000_000
"""Rows of other tables that may be evaluated anew for one feature, over all rows: some minutes of work."""
EXAMPLES = 5
MANY = 100
"""Columns with more distinct values show the one in the middle, others the most frequent ones."""


class InputColumn(NamedTuple):
    """A raw column of the target's table that features read."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    """Whether no historical row lacked it."""
    examples: list[Any]
    """Frequent values, or the median of numbers; empty where the column is private."""


class Prepared:
    """A plan with all it needs in memory: parents, and accumulated histories sorted for look-up."""

    def __init__(
        self, plan: Plan, tables: dict[str, Path], moment: int | None = None, *, moments: bool = False
    ) -> None:
        """With `moment`, in microseconds, all rows are seen as of it: the faster way where they have the same.

        With `moments` rows come with CUTOFF though their table has no time index.
        """
        self.plan = plan
        self._moment = moment
        self._names = [output.name for output in plan.outputs]
        static = plan.static and not moments
        self._store = Store(plan, tables, static=static)
        self._totals: Totals | None = None
        if static or moment is not None:
            nodes = [output.node for output in plan.outputs]
            self._totals = Totals(PolarsTables(self._store, exact=static), plan.links, plan.times, nodes, moment)

    @cached_property
    def _stage(self) -> Stage:
        return self._made(None)

    def _made(self, asked: View | None) -> Stage:
        nodes = [output.node for output in self.plan.outputs]
        return Stage(self._store, self.plan.table, nodes, self._totals, asked)

    def warm(self) -> "Prepared":
        """Make at once whatever is made at the first use, and drop what is not needed then."""
        self.compute(pl.DataFrame({"": [None]}))
        self._store.drop_raw()
        return self

    def once(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same as `compute`, to the bit, where nothing else will be asked: only what these rows need is made."""
        given = conform(rows, self.plan.inputs)
        view = View(self._cutoffs(rows, given), rows=given)
        stage = self._made(view)
        return self._named(stage, stage.compute(view))

    @property
    def input_columns(self) -> list[InputColumn]:
        """What a caller of `compute` should give."""
        return [InputColumn(i.name, i.dtype, i.required, i.examples) for i in self.plan.inputs]

    def compute(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The features of these rows of the target's table, in the matrix' order and types.

        Each row is seen as of its own time, or of CUTOFF where that is given: what is in the snapshots counts where it
        was known strictly before. A row without a time is seen as of now, when all is known. Columns that are not given
        are null, others are ignored. Raises FeatureError RDX-FEA-004 where a value cannot be of its column's type.
        """
        given = conform(rows, self.plan.inputs)
        return self._named(self._stage, self._stage.compute(View(self._cutoffs(rows, given), rows=given)))

    def _named(self, stage: Stage, values: pl.DataFrame) -> pl.DataFrame:
        return values.select(pl.col(i).alias(name) for i, name in zip(stage.names, self._names, strict=True))

    def heavy(self, rows: pl.LazyFrame, total: int) -> dict[str, str]:
        """Features that would cost too much for these rows, with the reason."""
        step = max(1, total // SAMPLED)
        given = conform(
            rows.select(exactly(column.name) for column in self.plan.inputs).gather_every(step).collect(),
            self.plan.inputs,
        )
        nodes = self._stage.heavy(View(self._cutoffs(given, given), rows=given), MOST_ROWS // step)
        reason = f"not made: more than {MOST_ROWS:,} rows would have to be looked at anew, each as of another moment"
        return {output.name: reason for output in self.plan.outputs if output.node in nodes}

    def _cutoffs(self, rows: pl.DataFrame, given: pl.DataFrame) -> Times:
        parts = self.plan.times.get(self.plan.table)
        if self._moment is not None:
            return np.full(len(rows), self._moment, dtype=np.int64)
        if CUTOFF in rows.columns and CUTOFF not in given.columns:
            return micros(rows[CUTOFF])
        return moments(given, parts) if parts else np.full(len(rows), NEVER, dtype=np.int64)


def prepare(features: Path, tags: "Tags", tables: dict[str, Path]) -> Prepared:
    """Collect once what is needed to compute features of new rows.

    `features` is the snapshot of the features, `tables` the raw snapshots by name, which may be newer than those the
    features were made from. Raises FeatureError RDX-FEA-005 where they do not hold what the features read.
    """
    plan = Plan.model_validate_json((features / PLAN_FILE).read_bytes())
    if plan.table != tags.target.table:
        raise FeatureError(
            "RDX-FEA-005",
            f"the features are of {plan.table}, the tags ask about {tags.target.table}",
            expected="features and tags of the same target",
            hint="materialize the features again",
            table=tags.target.table,
        )
    return Prepared(plan, tables).warm()


def needed(plan: Plan) -> set[str]:
    """The raw columns of the target's table that the plan reads."""
    found = set(plan.times.get(plan.table, ()))
    for output in plan.outputs:
        found |= reads(output.node, plan.links)
    return found


def inputs_of(plan: Plan, rows: pl.LazyFrame, total: int, hidden: Collection[str]) -> list[Input]:
    """What a caller should know of these columns; `hidden` ones show no example."""
    schema = rows.collect_schema()
    time = plan.times.get(plan.table, ())
    found = []
    read = needed(plan)
    for name, column in each(rows, [name for name in schema if name in read], total):
        examples = [] if name in hidden else _examples(column, total // 2)
        found.append(
            Input(
                name=name,
                dtype=canonical(schema[name]),
                required=name not in time and column.null_count() == 0,
                examples=examples,
            )
        )
    return found


def _examples(column: pl.Series, row: int) -> list[Any]:
    """Values that occur. The first of every column is of the same row, so that together they make sense."""
    present = column.drop_nulls()
    if not len(present):
        return []
    if present.dtype.is_float() or present.dtype.is_temporal() or present.n_unique() > MANY:
        usual = [present.sort()[len(present) // 2]]
    else:
        usual = present.value_counts().sort("count", "x", descending=[True, False])["x"].head(EXAMPLES).to_list()
    first = column[row]
    found = usual if first is None else [first, *(value for value in usual if value != first)][:EXAMPLES]
    return [value.isoformat() for value in found] if present.dtype.is_temporal() else found
