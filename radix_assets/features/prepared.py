"""Compute the features of any rows, one or millions, with the code that built the training matrix."""

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from radix_assets.asof.columns import each, exactly
from radix_assets.asof.matrix_columns import CUTOFF
from radix_assets.asof.plan import Input, Plan, reads
from radix_assets.asof.store import Store
from radix_assets.asof.times import NEVER, Times, micros, moments
from radix_assets.features.conform import canonical, conform
from radix_assets.features.engine import Stage, View
from radix_assets.features.polars_tables import PolarsTables
from radix_assets.features.totals.totals import Totals
from radix_resources.errors import FeatureError

if TYPE_CHECKING:
    from radix_assets.tags.schema import Tags

PLAN_FILE = "plan.json"
SAMPLED = 20_000
"""Rows from which the cost is estimated."""
MOST_ROWS = 300_000_000
"""Rows of other tables that may be evaluated one by one for a feature, over all rows: some minutes of work."""
EXAMPLES = 5
MANY = 100
"""Columns with more distinct values show the median as an example, others the most frequent values."""


class InputColumn(NamedTuple):
    """A raw column of the target's table that features read."""

    name: str
    dtype: str
    """Canonical: Int64, Float64, Boolean, String, Date, Datetime or Time."""
    required: bool
    """Whether every historical row had a value."""
    examples: list[Any]
    """Frequent values, or the median of numbers; empty if the column is private."""


class Prepared:
    """A plan with its data in memory: parents, and histories sorted for look-up."""

    def __init__(
        self, plan: Plan, tables: dict[str, Path], moment: int | None = None, *, moments: bool = False
    ) -> None:
        """With `moment`, in microseconds, all rows are seen as of it, which is faster if they share one cutoff.

        With `moments` rows have CUTOFF although their table has no time index.
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
        return self._build(None)

    def _build(self, only_view: View | None) -> Stage:
        nodes = [output.node for output in self.plan.outputs]
        return Stage(self._store, self.plan.table, nodes, self._totals, only_view)

    def warm(self) -> "Prepared":
        """Build at once what is otherwise built on first use, and drop what is not needed afterwards."""
        self.compute(pl.DataFrame({"": [None]}))
        self._store.drop_raw()
        return self

    def once(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Compute like `compute`, to the bit, but for a single use: only what these rows need is built."""
        given = conform(rows, self.plan.inputs)
        view = View(self._cutoffs(rows, given), rows=given)
        stage = self._build(view)
        return self._named(stage, stage.compute(view))

    @property
    def input_columns(self) -> list[InputColumn]:
        """The columns that a caller of `compute` should provide."""
        return [InputColumn(i.name, i.dtype, i.required, i.examples) for i in self.plan.inputs]

    def compute(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the features of these rows of the target's table, in the matrix's order and types.

        Each row is seen as of its own time, or of CUTOFF if given: rows of the snapshots count if they were known
        strictly before. A row without a time is seen as of now, when everything is known. Missing columns are null,
        extra ones are ignored. Raises FeatureError RDX-FEA-004 if a value does not fit its column's type.
        """
        given = conform(rows, self.plan.inputs)
        return self._named(self._stage, self._stage.compute(View(self._cutoffs(rows, given), rows=given)))

    def _named(self, stage: Stage, values: pl.DataFrame) -> pl.DataFrame:
        return values.select(pl.col(i).alias(name) for i, name in zip(stage.names, self._names, strict=True))

    def heavy(self, rows: pl.LazyFrame, total: int) -> dict[str, str]:
        """Return the features that would cost too much for these rows, with the reason."""
        step = max(1, total // SAMPLED)
        given = conform(
            rows.select(exactly(column.name) for column in self.plan.inputs).gather_every(step).collect(),
            self.plan.inputs,
        )
        nodes = self._stage.heavy(View(self._cutoffs(given, given), rows=given), MOST_ROWS // step)
        reason = f"not computed: more than {MOST_ROWS:,} rows would have to be read again, each as of another moment"
        return {output.name: reason for output in self.plan.outputs if output.node in nodes}

    def _cutoffs(self, rows: pl.DataFrame, given: pl.DataFrame) -> Times:
        parts = self.plan.times.get(self.plan.table)
        if self._moment is not None:
            return np.full(len(rows), self._moment, dtype=np.int64)
        if CUTOFF in rows.columns and CUTOFF not in given.columns:
            return micros(rows[CUTOFF])
        return moments(given, parts) if parts else np.full(len(rows), NEVER, dtype=np.int64)


def prepare(features: Path, tags: "Tags", tables: dict[str, Path]) -> Prepared:
    """Load once what is needed to compute features of new rows.

    `features` is the snapshot of the features, `tables` the raw snapshots by name, which may be newer than those from
    which the features were built. Raises FeatureError RDX-FEA-005 if they lack what the features read.
    """
    plan = Plan.model_validate_json((features / PLAN_FILE).read_bytes())
    if plan.table != tags.target.table:
        raise FeatureError(
            "RDX-FEA-005",
            f"the features are of table {plan.table!r}, but the target is in {tags.target.table!r}",
            expected="features and tags of the same target",
            hint="materialize the features again",
            table=tags.target.table,
        )
    return Prepared(plan, tables).warm()


def needed(plan: Plan) -> set[str]:
    """Return the raw columns of the target's table that the plan reads."""
    columns = set(plan.times.get(plan.table, ()))
    for output in plan.outputs:
        columns |= reads(output.node, plan.links)
    return columns


def inputs_of(plan: Plan, rows: pl.LazyFrame, total: int, private: Collection[str]) -> list[Input]:
    """Return the description of the plan's input columns for callers; `private` columns show no examples."""
    schema = rows.collect_schema()
    time = plan.times.get(plan.table, ())
    inputs = []
    columns_read = needed(plan)
    for name, column in each(rows, [name for name in schema if name in columns_read], total):
        examples = [] if name in private else _examples(column, total // 2)
        inputs.append(
            Input(
                name=name,
                dtype=canonical(schema[name]),
                required=name not in time and column.null_count() == 0,
                examples=examples,
            )
        )
    return inputs


def _examples(column: pl.Series, row: int) -> list[Any]:
    """Return values that occur. The first of every column is from the same row, so that they are consistent."""
    present = column.drop_nulls()
    if not len(present):
        return []
    if present.dtype.is_float() or present.dtype.is_temporal() or present.n_unique() > MANY:
        usual = [present.sort()[len(present) // 2]]
    else:
        usual = present.value_counts().sort("count", "x", descending=[True, False])["x"].head(EXAMPLES).to_list()
    first = column[row]
    examples = usual if first is None else [first, *(value for value in usual if value != first)][:EXAMPLES]
    return [value.isoformat() for value in examples] if present.dtype.is_temporal() else examples
