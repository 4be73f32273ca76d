"""The relationships stage: keys of the tables, and how the tables relate."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _compute(work: Work) -> Output:
    from radix_assets.profiles.load import load_profiles
    from radix_assets.relationships.stage import make_relationships

    profiles = load_profiles(work.profiles(), work.raw())
    raw = {table: path for table, path in work.raw().items() if table in profiles}
    return make_relationships(raw, profiles, work.out)


RELATIONSHIPS = Stage(
    name="relationships",
    description="Primary and foreign keys, found in names and values, with the evidence.",
    kinds=("polars",),
    deps=("raw", "profile"),
    checks={
        "every_table_has_a_primary_key": "Every table has a primary key.",
        "no_primary_key_repeats": "No value of a primary key occurs twice.",
        "few_broken_references": "Nearly every reference finds its parent.",
    },
    compute=_compute,
)
