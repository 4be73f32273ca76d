"""Monitoring: what changed since the model learned."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _compute(work: Work) -> Output:
    from radix_assets.labels.stage import load_question
    from radix_assets.monitoring.monitor import monitor

    return monitor(work.input("features"), work.input("model"), work.out, tags=load_question(work.input("labels")).tags)


MONITORING = Stage(
    name="monitoring",
    description="Drift and quality of the newest data, and how the model does on them, against what it learned from.",
    kinds=("evidently",),
    deps=("labels", "features", "model"),
    checks={
        "comparable": "There are enough rows, and features, to compare.",
        "little_drift": "The newest data look like those the model learned from.",
        "target_steady": "The target is distributed as it was.",
    },
    compute=_compute,
)
