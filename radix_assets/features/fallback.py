"""Compute primitives that Radix does not compile with featuretools' own function, on exactly the known rows.

The rows of each group are found as for every other feature, so the cutoff is strict here too. It is slow: one call of a
Python function per group. Features computed in this way are reported.
"""

import json
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from radix_assets.asof.plan import Aggregation, Node, Transform, walk
from radix_assets.asof.times import NEVER, Times
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.segments import Ints, Mask
from radix_assets.features.transforms import TIMED, TRANSFORMS


def foreign(node: Node) -> bool:
    """Return whether the node itself is computed by featuretools' own function."""
    if isinstance(node, Aggregation):
        return bool(node.arguments) or node.primitive not in AGGREGATIONS
    return isinstance(node, Transform) and (bool(node.arguments) or node.primitive not in TRANSFORMS)


def timed(node: Node) -> bool:
    """Return whether the node is a function of the row's values and of its cutoff."""
    if not isinstance(node, Transform):
        return False
    return bool(_primitive(node).uses_calc_time) if foreign(node) else node.primitive in TIMED


def any_foreign(nodes: Iterable[Node]) -> list[str]:
    """Return the primitives in the nodes and all below them that featuretools computes."""
    return sorted({part.primitive for node in nodes for part in walk(node) if foreign(part)})  # type: ignore[union-attr]


def aggregated(
    node: Aggregation, values: Sequence[pl.Series], offsets: Ints, order: Ints, mask: Mask | None, cutoffs: Times
) -> pl.Series:
    """Return the primitive of each group: group i has the rows from `offsets[i]` up to `offsets[i + 1]`, in order."""
    import pandas as pd

    primitive = _primitive(node)
    owner = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    rows = np.arange(len(owner)) if mask is None else np.flatnonzero(mask)
    rows = rows[np.lexsort((order[rows], owner[rows]))]
    starts = np.searchsorted(owner[rows], np.arange(len(offsets)))
    columns = [_pandas(series.gather(rows)) for series in values]
    function, answers = primitive.get_function(), []
    for i, cutoff in enumerate(cutoffs):
        start, end = starts[i], starts[i + 1]
        timed = {"time": pd.Timestamp(int(cutoff) * 1000)} if primitive.uses_calc_time and cutoff != NEVER else {}
        if start == end or (primitive.uses_calc_time and not timed):
            answers.append(primitive.default_value)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = function(*(column.iloc[start:end] for column in columns), **timed)
        answers.append(answer[node.part] if primitive.number_output_features > 1 else answer)
    # featuretools uses the primitive's default wherever there is no answer
    return _polars([primitive.default_value if _missing(value) else value for value in answers])


def transformed(node: Transform, values: Sequence[pl.Series], cutoffs: Times) -> pl.Series:
    """The primitive of each row's values; primitives that look at other rows are none for this.

    One that takes the moment is called once for each of the cutoffs, and gives nothing where that is now.
    """
    import pandas as pd

    primitive = _primitive(node)
    function, columns = primitive.get_function(), [_pandas(series) for series in values]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not primitive.uses_calc_time:
            return _polars(list(function(*columns)))
        results: list[Any] = [None] * len(cutoffs)
        for cutoff in np.unique(cutoffs[cutoffs != NEVER]):
            rows = np.flatnonzero(cutoffs == cutoff)
            some = function(*(column.iloc[rows] for column in columns), time=pd.Timestamp(int(cutoff) * 1000))
            for row, value in zip(rows, some, strict=True):
                results[row] = value
    return _polars(results)


def _primitive(node: Aggregation | Transform) -> Any:
    return _made(isinstance(node, Aggregation), node.primitive, node.arguments)


@lru_cache(maxsize=128)
def _made(aggregation: bool, name: str, arguments: str) -> Any:  # noqa: FBT001  a cache's key
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # featuretools imports pkg_resources
        from featuretools.primitives import get_aggregation_primitives, get_transform_primitives

    primitives = get_aggregation_primitives() if aggregation else get_transform_primitives()
    return primitives[name](**(json.loads(arguments) if arguments else {}))


def _pandas(series: pl.Series) -> Any:
    import pandas as pd

    if series.dtype == pl.Boolean:
        return pd.Series(series.to_list(), dtype="boolean")
    if series.dtype == pl.String:
        return pd.Series(series.to_list(), dtype=object).astype("category")
    if series.dtype == pl.Struct:
        pairs = series.struct.unnest().rows()
        return pd.Series([tuple(np.nan if v is None else v for v in pair) for pair in pairs], dtype=object)
    if series.dtype.is_temporal():
        return pd.Series(series.cast(pl.Datetime("ns")).to_numpy())
    return pd.Series(series.cast(pl.Float64).fill_null(float("nan")).to_numpy())


def _missing(value: Any) -> bool:
    import pandas as pd

    return value is None or bool(pd.isna(value))


def _polars(values: list[Any]) -> pl.Series:
    plain = [None if _missing(value) else value for value in values]
    if any(isinstance(value, str) for value in plain):
        return pl.Series([None if value is None else str(value) for value in plain], dtype=pl.String)
    numbers = [None if value is None else float(value) for value in plain]
    return pl.Series(numbers, dtype=pl.Float64).fill_nan(None)
