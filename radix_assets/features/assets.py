"""Features: the matrix that models learn from."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import names_a_cluster


def _compute(work: Work) -> Output:
    from radix_assets.exploration.explore import load_exploration
    from radix_assets.features.stage import make_features
    from radix_assets.labels.stage import load_question
    from radix_assets.pipeline.engine import computing

    question = load_question(work.input("labels"))
    excluded = load_exploration(work.input("exploration")).excluded(question.tags)
    tables = work.raw() | question.tables
    with computing(work.project, tables, work.tools.home) as engine:
        return engine.tell(make_features(question.tags, tables, excluded, work.out, engine))


FEATURES = Stage(
    name="features",
    description="Features over the confirmed relationships, one row for each row of the target's table. A row uses "
    "only what was known strictly before its own time.",
    kinds=("featuretools", "polars", "parquet"),
    credentials=names_a_cluster,
    deps=("raw", "labels", "exploration"),
    checks={
        "row_by_row": "The matrix has a row for each row of the target's table, in its order.",
        "replay": "Rows computed again, alone, give the same values to the bit, as they will when the model serves.",
        "every_row_has_a_time": "The moment of prediction of every row is known.",
    },
    compute=_compute,
    may_hold_private=True,
)
