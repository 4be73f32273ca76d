"""Which columns may not be shown."""

from collections.abc import Iterable

import polars as pl

_MANY = 50
_SAMPLE = 200


def private_columns(frame: pl.DataFrame | pl.LazyFrame, names: Iterable[str] | None = None) -> set[str]:
    """Columns whose values are personal or sensitive, judged by their names and a sample of their values."""
    lazy = frame.lazy()
    sample = lazy.head(10 * _SAMPLE).collect()
    judge = _judge()
    private = set()
    for column in sample.get_columns():
        if names is not None and column.name not in set(names):
            continue
        distinct = column.drop_nulls().unique(maintain_order=True)
        if judge is None:
            if column.dtype == pl.String and len(distinct) > _MANY:
                private.add(column.name)
        elif judge(column.name, distinct.head(_SAMPLE).cast(pl.String).to_list()) != "none":
            private.add(column.name)
    return private


def _judge():  # type: ignore[no-untyped-def]
    try:
        from radix_assets.suggestions import sensitivity_of
    except ImportError:
        return None
    return sensitivity_of
