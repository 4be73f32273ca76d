"""The report: one page for the business."""

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
    description="One page for the business: the question, the verdict, what drives it, what was found in the data, how "
    "it was judged, and how to use it.",
    kinds=("html",),
    deps=("tags", "labels", "exploration", "features", "model", "champion"),
    optional_deps=("profile", "relationships", "suggestions", "endpoint", "predictions", "monitoring"),
    checks={"complete": "Nothing that the page tells of is missing."},
    compute=_compute,
)
