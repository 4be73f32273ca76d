"""Stage definition of the labels."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work
from radix_assets.project.settings import names_a_cluster


def _compute(work: Work) -> Output:
    from radix_assets.labels.stage import make_labels
    from radix_assets.pipeline.engine import computing
    from radix_assets.tags.stage import load_tags

    tags, tables = load_tags(work.input("tags")), work.raw()
    if tags.target.future is None:
        return make_labels(tags, tables, work.out)
    with computing(work.project, tables, work.tools.home) as engine:
        return engine.add_to(make_labels(tags, tables, work.out, engine.session))


LABELS = Stage(
    name="labels",
    description="The target of each row. For a target column, its table; for a question about the future, a row for "
    "each entity and each time in the past at which it was asked, with the outcome.",
    kinds=("polars", "parquet"),
    credentials=names_a_cluster,
    deps=("raw", "tags"),
    checks={"has_a_past": "The history is long enough to train on one part and evaluate on the rest."},
    compute=_compute,
    may_hold_private=True,
)
