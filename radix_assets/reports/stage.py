"""The report: one self-contained page for business readers."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from radix_assets.pipeline.output import Check, Output, Page, Shown
from radix_assets.project.settings import Project
from radix_assets.reports.parts import Parts, read_parts
from radix_assets.reports.plain import duration, number, price
from radix_assets.reports.story import report_data

PAGE = "report.html"
TEMPLATE = "report.html.j2"


def make_report(
    project: Project, parts: Mapping[str, Path], seconds: Mapping[str, float], out: Path, *, dollars: float = 0.0
) -> Output:
    """Write `report.html`, without scripts, external requests and values of private columns.

    `parts` are snapshot directories by asset name without the project (`profile/orders`, `model`); missing ones are
    left out of the page. `seconds` is how long each took, `dollars` what that costs by the price table.
    """
    from jinja2 import Environment, StrictUndefined

    source = resources.files("radix_assets.reports").joinpath(TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    content = read_parts(parts)
    page = environment.from_string(source).render(report_data(project, content, seconds, dollars))
    (out / PAGE).write_text(page, encoding="utf-8")
    shown = _metadata(content, seconds)
    if dollars:
        shown["cost"] = price(dollars)
        shown["dollars"] = round(dollars, 6)
    return Output(shown=shown, checks=[_check(content)])


def _metadata(parts: Parts, seconds: Mapping[str, float]) -> dict[str, Shown]:
    shown: dict[str, Shown] = {"page": Page(PAGE)}
    card = parts.card
    if card is not None:
        shown["verdict"] = "good enough to use" if card.accepted else "not good enough to use"
        span = f"{number(card.score.low)} to {number(card.score.high)}"
        shown["score"] = f"{card.metric} {number(card.score.value)} ({span})"
    if parts.served is not None and parts.served.address:
        shown["address"] = parts.served.address
    if seconds:
        shown["computing time"] = duration(sum(seconds.values()))
        shown["seconds"] = round(sum(seconds.values()), 3)
    return shown


def _check(parts: Parts) -> Check:
    required = [parts.tags, parts.exploration, parts.features, parts.card]
    names = ["labels", "exploration", "features", "model"]
    missing = [name for name, part in zip(names, required, strict=True) if part is None]
    return Check(
        "complete", not missing, f"missing: {', '.join(missing)}" if missing else "all parts are present", "WARN"
    )
