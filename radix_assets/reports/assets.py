"""The stage `report`: one page for business readers."""

from radix_assets.pipeline.output import Output
from radix_assets.pipeline.stage import Stage, Work


def _compute(work: Work) -> Output:
    from radix_assets.reports.stage import make_report

    parts = {name: snapshot.path for name, snapshot in work.inputs.items()}
    hourly = work.tools.provider.rate("compute").dollars_hour
    dollars = sum(work.seconds.values()) / 3600 * hourly
    return make_report(work.project, parts, work.seconds, work.out, dollars=dollars)


REPORT = Stage(
    name="report",
    description="One page for business readers: the question, the verdict, what drives the predictions, the data, how "
    "the model was tested, and how to use it.",
    kinds=("html",),
    deps=("tags", "labels", "exploration", "features", "model", "champion"),
    optional_deps=("profile", "relationships", "suggestions", "endpoint", "predictions", "monitoring"),
    checks={"complete": "No part of the report is missing."},
    compute=_compute,
)
