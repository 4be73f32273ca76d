"""The stage `monitoring`: what changed since the model was trained."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _compute(work: Work) -> Output:
    from radix_assets.labels.stage import load_question
    from radix_assets.monitoring.monitor import monitor

    return monitor(work.input("features"), work.input("model"), work.out, tags=load_question(work.input("labels")).tags)


MONITORING = Stage(
    name="monitoring",
    description="Drift and quality of the newest data, and the model's scores on it, compared with the training data.",
    kinds=("evidently",),
    deps=("labels", "features", "model"),
    checks={
        "comparable": "There are enough rows and features to compare.",
        "little_drift": "Few columns drifted.",
        "target_steady": "The distribution of the target has not changed.",
    },
    compute=_compute,
)
