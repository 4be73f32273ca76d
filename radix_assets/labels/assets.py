"""Labels: what is to be learnt, row by row."""

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
        return engine.tell(make_labels(tags, tables, work.out, engine.session))


LABELS = Stage(
    name="labels",
    description="What is to be learnt, row by row. Where the target is a column, its table; where it is something that "
    "will happen, a row for each entity and each moment of the past at which it was asked, with what then happened.",
    kinds=("polars", "parquet"),
    credentials=names_a_cluster,
    deps=("raw", "tags"),
    checks={"has_a_past": "The past is long enough to learn from some of it and to be judged by the rest."},
    compute=_compute,
    may_hold_private=True,
)
