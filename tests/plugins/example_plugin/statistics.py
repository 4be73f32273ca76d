"""A column statistic that exists only in the tests: the number of empty strings."""

from operator import add

from radix_assets.profiles.statistics.definition import STRING, Aggregate

EMPTY_STRINGS = Aggregate(
    name="empty_strings",
    label="empty strings",
    dtypes=STRING,
    reveals_values=False,
    compute=lambda values: int(values.counts[values.lengths == 0].sum()),
    merge=add,
    spark="sum(CASE WHEN {value} = '' THEN n ELSE 0 END)",
)
