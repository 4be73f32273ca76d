"""Stage definition of the features: the matrix that models are trained on."""

from pathlib import Path

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.reads import Reads
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import names_a_cluster


def _compute(work: Work) -> Output:
    from radix_assets.exploration.explore import load_exploration
    from radix_assets.features.stage import make_features
    from radix_assets.features.target import require_rows
    from radix_assets.labels.stage import load_question
    from radix_assets.pipeline.engine import computing

    question = load_question(work.input("labels"))
    exploration = load_exploration(work.input("exploration"))
    require_rows(question.tags.target, exploration.balance.rows - exploration.balance.unknown)
    excluded = exploration.excluded(question.tags)
    tables = work.raw() | question.tables
    with computing(work.project, tables, work.tools.home) as engine:
        return engine.add_to(make_features(question.tags, tables, excluded, work.out, engine))


def _reads(snapshot: Path) -> Reads:
    from radix_assets.features.reads import reads_of_features

    return reads_of_features(snapshot)


FEATURES = Stage(
    name="features",
    description="Features over the confirmed relationships, one row per row of the target's table. A row uses only "
    "what was known strictly before its own time.",
    kinds=("featuretools", "polars", "parquet"),
    credentials=names_a_cluster,
    deps=("raw", "labels", "exploration"),
    checks={
        "row_by_row": "The matrix has one row per row of the target's table, in the same order.",
        "replay": "Rows computed again, one batch by itself as in serving, give bit-identical values.",
        "every_row_has_a_time": "The time of prediction is known for every row.",
    },
    compute=_compute,
    reads=_reads,
    may_hold_private=True,
)
