"""The definition of a column statistic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, get_args

import pyarrow as pa

from radix_assets.profiles.array_types import Counts, Numbers
from radix_assets.profiles.schema import DType

ALL: Final[frozenset[DType]] = frozenset(get_args(DType))
NUMERIC: Final[frozenset[DType]] = frozenset({"integer", "float"})
STRING: Final[frozenset[DType]] = frozenset({"string"})
ORDERED: Final = ALL - STRING
"""Types whose values are numbers in a state: booleans are 0 and 1, dates days, datetimes µs, times ns."""


@dataclass(frozen=True)
class Values:
    """The non-null values of some rows of one column; of strings each distinct one with its count."""

    dtype: DType
    rows: int
    """Rows, null or not."""
    present: int
    """Rows that are not null."""
    ordered: Numbers | None = None
    """Of anything but strings: the values in ascending order, (present,)."""
    texts: pa.Array | None = None
    """Of strings: the distinct values."""
    lengths: Counts | None = None
    """Characters of each of `texts`."""
    counts: Counts | None = None
    """Rows that hold each of `texts`."""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """A statistic of a column, as the profile, the UI and the privacy rules see it."""

    name: str
    """The field of `ColumnProfile`."""
    label: str
    """The heading in the UI."""
    dtypes: frozenset[DType]
    """Column types that have it; of others it keeps the default of the field."""
    reveals_values: bool = True
    """Whether it holds or discloses values. It is never written of a private column, and in no event of any column."""
    format: Callable[[Any], str] | None = _text
    """The finished value as text for the table of statistics in the UI; None: it is not shown there."""


def _unchanged(state: Any, present: int, dtype: DType) -> Any:  # noqa: ARG001 the signature of `finish`
    return state


@dataclass(frozen=True, kw_only=True)
class Aggregate(Statistic):
    """A statistic whose state is a plain value (int, float, str or bool), one for each column."""

    compute: Callable[[Values], Any]
    """The state of some rows."""
    merge: Callable[[Any, Any], Any]
    """The state of the rows of both. Associative; the rows of the first come before those of the second."""
    spark: str
    """A Spark SQL aggregate that gives the state. The rows it runs over are the distinct non-null values of the column,
    `{value}`, each with `n`, the number of its rows; `{rows}` is the number of all rows."""
    finish: Callable[[Any, int, DType], Any] = _unchanged
    """The profile's value, from the state, the number of rows that are not null, and the type."""
    of_empty: bool = False
    """Whether a column of nulls alone has it."""


@dataclass(frozen=True, kw_only=True)
class Sketched(Statistic):
    """A statistic that is computed from a sketch, or from the order of the rows, in modules of its own."""

    modules: tuple[str, ...]
    """Modules below `radix_assets.profiles`: the mergeable state, the finish, the Spark form."""
    error: Callable[[float], str] | None = None
    """Where it can be an estimate: the bound in `ColumnProfile.errors` in words."""
