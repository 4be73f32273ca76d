"""The creation time of the rows of a table."""

import polars as pl

from radix_assets.tags.schema import TableTags


def row_time(names: list[str], tags: TableTags, frame: pl.DataFrame) -> pl.Series | None:
    """Return the creation time of each row; None if the table has no time index, or one that is not a time."""
    if not tags.time_index or any(part not in names for part in tags.time_index):
        return None
    columns = [frame[f"c{names.index(part)}"] for part in tags.time_index]
    if len(columns) == 1:
        only = columns[0]
        return only.cast(pl.Datetime("us")).alias("time") if only.dtype in (pl.Date, pl.Datetime) else None
    if all(column.dtype.is_integer() for column in columns) and len(columns) <= 5:  # noqa: PLR2004
        parts = pl.DataFrame([column.alias(f"p{i}") for i, column in enumerate(columns)])
        defaults = [pl.lit(1)] * 3 + [pl.lit(0)] * 2
        values = [pl.col(f"p{i}") if i < len(columns) else default for i, default in enumerate(defaults)]
        valid = values[1].is_between(1, 12) & values[2].is_between(1, 31) & values[3].is_between(0, 23)
        valid &= values[4].is_between(0, 59) & values[0].is_between(1, 9999)
        values = [pl.when(valid).then(value) for value in values]
        # A day that the month does not have would raise an error; as an offset from the first it does not.
        start = pl.datetime(values[0], values[1], 1, values[3], values[4], time_unit="us")
        return parts.select((start + pl.duration(days=values[2] - 1)).alias("time")).to_series()
    if columns[0].dtype in (pl.Date, pl.Datetime):
        return columns[0].cast(pl.Datetime("us")).alias("time")
    return None
