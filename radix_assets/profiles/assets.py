"""Profiles: what every column holds."""

from radix_assets.graph import Stage, Work
from radix_assets.output import Output
from radix_assets.profiles import make_profile
from radix_assets.project import slug


def _compute(work: Work) -> Output:
    return make_profile(work.table, work.input(f"raw/{slug(work.table)}"), work.out)


PROFILE = Stage(
    name="profile",
    per_table=True,
    description="Exact statistics of every column of `{table}` over all rows, with plots, alerts and a page to browse.",
    kinds=("polars", "profile"),
    needs=("raw",),
    checks={
        "columns_hold_values": "Every column holds values.",
        "rows_are_distinct": "No row repeats another.",
    },
    compute=_compute,
)
