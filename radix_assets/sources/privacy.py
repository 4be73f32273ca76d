"""Which columns may not be shown."""

import polars as pl

_SAMPLE = 200
_ROWS = 2_000


def private_columns(frame: pl.LazyFrame | pl.DataFrame, table: str) -> set[str]:
    """Columns whose values are personal or sensitive, judged by their names and a sample of their values."""
    from radix_assets.suggestions import sensitivity_of

    sample = frame.lazy().head(_ROWS).collect()
    private = set()
    for column in sample.get_columns():
        # Without its name: methods of a series take a name such as ^a.*$ for a pattern.
        values = column.alias("values").drop_nulls().unique(maintain_order=True).head(_SAMPLE).cast(pl.String).to_list()
        if sensitivity_of(column.name, values, table) != "none":
            private.add(column.name)
    return private
