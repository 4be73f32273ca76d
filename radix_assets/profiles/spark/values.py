"""The values of a column as SQL expressions that are equal for equal values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from radix_assets.profiles.schema import DType

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_WHOLE = {
    "boolean": "CAST({0} AS BIGINT)",
    "date": "CAST(unix_date({0}) AS BIGINT)",
    "datetime": "unix_micros(CAST({0} AS TIMESTAMP))",
}


@dataclass(frozen=True)
class Key:
    """A column's values: integers (also days, microseconds, nanoseconds, 0 and 1), floats or strings."""

    sql: str
    """Null for null and for NaN."""
    kind: Literal["w", "f", "t"]
    dtype: DType


def key(column: str, dtype: DType) -> Key:
    """Return the key of a column of this type."""
    if dtype == "float":
        return Key(f"CASE WHEN NOT isnan({column}) THEN {column} + CAST(0 AS DOUBLE) END", "f", dtype)
    if dtype == "string":
        return Key(column, "t", dtype)
    return Key(_WHOLE.get(dtype, "{0}").format(column), "w", dtype)


def number(key: Key) -> str:
    """Return SQL for a finite number as a float; null otherwise."""
    if key.kind == "w":
        return f"CAST({key.sql} AS DOUBLE)"
    return f"CASE WHEN abs({key.sql}) < CAST('Infinity' AS DOUBLE) THEN {key.sql} END"


def given(kind: str, values: Sequence[Any]) -> str:
    """Return lists of parameters as one SQL constant: `given(…)[k]` is that of column k."""
    return f"from_json('{json.dumps(values)}', 'array<{kind}>')"


def rows(frame: "DataFrame") -> list[Mapping[str, Any]]:
    """Collect a summary on the driver."""
    return [row.asDict() for row in frame.collect()]
