"""Stage definition of the exploration: the data against the target."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _compute(work: Work) -> Output:
    from radix_assets.exploration.explore import explore
    from radix_assets.labels.stage import load_question
    from radix_assets.profiles.compute import profile_table
    from radix_assets.profiles.load import load_profiles
    from radix_assets.sources.schema import DATA_FILE

    question = load_question(work.input("labels"))
    profiles = load_profiles(work.profiles())
    profiles |= {table: profile_table(table, path / DATA_FILE) for table, path in question.tables.items()}
    return explore(question.tags, work.raw() | question.tables, profiles, work.out)


EXPLORATION = Stage(
    name="exploration",
    description="Every column against the target: associations, leak suspects (excluded unless a user keeps them), "
    "balance, coverage over time and missing values.",
    kinds=("polars",),
    deps=("raw", "profile", "labels"),
    checks={
        "target_known": "The target is known in enough rows.",
        "enough_rows": "There are enough rows to learn from.",
        "target_balanced_enough": "Every class has enough rows to learn from.",
        "leaks_excluded": "No leak suspect is used as a feature.",
    },
    compute=_compute,
)
