"""Spark SQL for aggregations of a group, with the conventions of `radix_assets.features.aggregations`."""

from collections.abc import Callable
from dataclasses import dataclass

from radix_assets.asof.spark_sql import Uncompiled, number
from radix_assets.features.segments import NOTHING

CUT = "__cut"
OWN = "__own"
CHILD = "__child"
"""Number of the child's row."""


@dataclass(frozen=True)
class Cell:
    """The input of an aggregation: columns of the rows of a group."""

    value: str
    """The value; numbers are doubles, truth values numbers if they are counted."""
    mask: str
    """Whether the row counts."""
    near: str = "CAST(0 AS DOUBLE)"
    """A number close to the group's values: powers are relative to it, so that a common offset costs no precision."""
    start: str = ""
    """The group's first time."""
    timed: bool = False
    """Whether the rows have times of their own."""
    over: str = ""
    """OVER …, for a running aggregation."""

    @property
    def counted(self) -> str:
        """The value if the row counts."""
        return f"CASE WHEN {self.mask} THEN {self.value} END"

    @property
    def rows(self) -> str:
        """Number of rows that count."""
        return self.of("count", f"CASE WHEN {self.mask} THEN 1 END")

    @property
    def cut(self) -> str:
        """The cutoff."""
        return CUT if self.over else f"max({CUT})"

    def of(self, function: str, *arguments: str) -> str:
        """Return an aggregation of the group."""
        return f"{function}({', '.join(arguments)}){self.over}"

    @property
    def order(self) -> str:
        """The row's sort key in its own table's order, null if it does not count."""
        place = f"struct({OWN}, {CHILD})" if self.timed else f"struct({CHILD})"
        return f"CASE WHEN {self.mask} THEN {place} END"


_Sql = Callable[[Cell, int], str]
RUNNING = frozenset(
    {
        "count",
        "mean",
        "sum",
        "std",
        "min",
        "max",
        "skew",
        "percent_true",
        "num_true",
        "any",
        "all",
        "num_unique",
        "mode",
        "first",
        "last",
        "time_since_last",
        "time_since_first",
    }
)
"""Primitives that can be updated by one more row without the previous rows."""
SHIFTED = frozenset({"std", "skew"})
"""Primitives that use `near`."""


def aggregated(primitive: str, cell: Cell, part: int) -> str:
    """Return SQL for the aggregation of a group. Raises Uncompiled if Radix does not compile it."""
    if primitive not in _KINDS:
        raise Uncompiled(f"{primitive} is computed by featuretools")
    kind, sql = _KINDS[primitive]
    result = sql(cell, part)
    return number(f"({result})") if kind == "number" else result


def _std(cell: Cell, _: int) -> str:
    x = f"({cell.counted} - {cell.near})"
    return f"CASE WHEN {cell.of('count', x)} > 1 THEN {cell.of('stddev_samp', x)} END"


def _skew(cell: Cell, _: int) -> str:
    x = f"({cell.counted} - {cell.near})"
    n = f"CAST({cell.of('count', x)} AS DOUBLE)"
    spread = f"({cell.of('var_pop', x)} * {n})"
    cubes = f"({cell.of('skewness', x)} * {spread} * sqrt({spread}) / sqrt({n}))"
    cubes = f"CASE WHEN abs({cubes}) < {NOTHING!r}D THEN 0D ELSE {cubes} END"
    value = f"{n} * sqrt({n} - 1) / ({n} - 2) * ({cubes}) / ({spread} * sqrt({spread}))"
    return f"CASE WHEN {n} > 2 THEN CASE WHEN {spread} < {NOTHING!r}D THEN 0D ELSE {value} END END"


def _share(cell: Cell, _: int) -> str:
    return f"CASE WHEN {cell.rows} > 0 THEN {_total(cell, 0)} / {cell.rows} END"


def _any(cell: Cell, _: int) -> str:
    return f"CASE WHEN {cell.rows} > 0 THEN {_total(cell, 0)} > 0 END"


def _all(cell: Cell, _: int) -> str:
    return f"CASE WHEN {cell.rows} > 0 THEN {_total(cell, 0)} = {cell.of('count', cell.counted)} END"


def _unique(cell: Cell, _: int) -> str:
    return f"CASE WHEN {cell.rows} > 0 THEN CAST(size(collect_set({cell.counted})) AS DOUBLE) END"


def _common(cell: Cell, part: int) -> str:
    """Return SQL for the most frequent value, or the next ones; ties go to the smallest."""
    if not part:
        return f"mode({cell.counted}, true)"
    values = f"array_sort(collect_list({cell.counted}))"
    counted = f"transform(array_distinct({values}), v -> struct(-size(filter({values}, w -> w = v)) AS n, v AS v))"
    return f"get(array_sort({counted}), {part}).v"


def _since(*, last: bool) -> _Sql:
    def sql(cell: Cell, _: int) -> str:
        if not cell.timed:
            return "CAST(NULL AS DOUBLE)"
        edge = cell.of("max_by" if last else "min_by", OWN, cell.order)
        # the cutoff is not now, and the row was not always known
        return f"CASE WHEN {cell.cut} < {2**63 - 1}L AND {edge} > {-(2**63) + 1}L THEN ({cell.cut} - {edge}) / 1e6D END"

    return sql


def _edge(*, last: bool) -> _Sql:
    return lambda cell, _: cell.of("max_by" if last else "min_by", cell.value, cell.order)


def _trend(cell: Cell, _: int) -> str:
    """Return SQL for the slope in featuretools' unit, which depends on the first time."""
    if not cell.timed:
        return "CAST(NULL AS DOUBLE)"
    present = f"{cell.mask} AND {cell.value} IS NOT NULL"
    t = f"CASE WHEN {present} THEN ({OWN} - {cell.start}) / 1e6D END"
    first = f"floor(min_by({OWN}, CASE WHEN {present} THEN struct({OWN}, {CHILD}) END) / 1000000)"
    unit = " ".join(f"WHEN {first} % {size} = 0 THEN {size}D" for size in (86_400, 3_600, 60))
    slope = f"covar_pop({cell.counted}, {t}) / var_pop({t}) * CASE {unit} ELSE 1D END"
    return f"CASE WHEN count({t}) > 2 THEN CASE WHEN var_pop({t}) = 0 THEN 0D ELSE {slope} END END"


def _call(function: str) -> _Sql:
    return lambda cell, _: cell.of(function, cell.counted)


def _total(cell: Cell, _: int) -> str:
    return f"coalesce({cell.of('sum', cell.counted)}, 0D)"


_KINDS: dict[str, tuple[str, _Sql]] = {
    "count": ("number", lambda cell, _: f"CAST({cell.rows} AS DOUBLE)"),
    "mean": ("number", _call("avg")),
    "sum": ("number", _total),
    "std": ("number", _std),
    "min": ("number", _call("min")),
    "max": ("number", _call("max")),
    "skew": ("number", _skew),
    "percent_true": ("number", _share),
    "num_true": ("number", _total),
    "any": ("value", _any),
    "all": ("value", _all),
    "num_unique": ("number", _unique),
    "mode": ("value", _common),
    "n_most_common": ("value", _common),
    "median": ("number", lambda cell, _: f"percentile({cell.counted}, 0.5)"),
    "first": ("value", _edge(last=False)),
    "last": ("value", _edge(last=True)),
    "trend": ("number", _trend),
    "time_since_last": ("number", _since(last=True)),
    "time_since_first": ("number", _since(last=False)),
}
