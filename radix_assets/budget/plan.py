"""Plans: the steps that a project would run next, with their needs, requests and costs."""

import hashlib
import json
import math
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from radix_assets.budget.meter import GIGABYTE, HOUR, Totals, month, spent
from radix_assets.execution.estimate import Bound, need_of, request_of, sizing
from radix_assets.pipeline.stage import Tools, Work, components_of, fingerprint
from radix_assets.pipeline.status import AssetStatus, assemble
from radix_assets.project.settings import Project
from radix_resources.errors import RadixError
from radix_resources.providers.base import Change, Component, Request
from radix_resources.sizing.schema import Interval, Need, Prediction

SEARCH = "model"
HASH_LENGTH = 12
_DIGITS = 2
_NOT_THE_PLAN = {"name", "description", "schedule", "policy", "owners"}
"""Settings that do not affect results."""


class PlannedStep(BaseModel):
    """A step that would run."""

    model_config = ConfigDict(frozen=True)

    key: str
    need: Need
    use: Prediction
    dollars: Interval


class Plan(BaseModel):
    """All steps that would run, to the end or until a user is needed."""

    model_config = ConfigDict(frozen=True)

    project: str
    hash: str
    """Hash of the inputs and the upper bounds: what a user approves."""
    inputs: str
    """Hash of the inputs alone: sources, settings, versions of the stages, prices and month."""
    steps: list[PlannedStep]
    changes: list[Change] = []
    """Changes of components that the steps require."""
    endpoint: float = 0.0
    """Dollars of an endpoint that runs or would be deployed, to the end of the month; included in `expected`."""
    spent: Totals
    """Totals so far this month."""
    expected: Totals
    """Totals afterwards, including `spent`."""
    most: Totals
    """Totals by the upper bounds, rounded up: what an approval covers."""
    beyond: list[str] = []
    """Each limit that `expected` exceeds, in words. Empty: within the budget."""


def make_plan(project: Project, statuses: Sequence[AssetStatus], tools: Tools) -> Plan:
    """Build the plan from the statuses. Steps with a stale input are sized by its expected size."""
    model = sizing(tools)
    expected: dict[str, int] = {}
    planned = []
    changes: dict[str, Change] = {}
    marks = []
    for status in statuses:
        work = assemble(project, status.step, tools, status.commit)
        if not (status.step.deps or status.step.optional_deps):
            marks.append((status.step.name, _mark(work)))
        if status.state in {"fresh", "failed"}:
            continue
        need = _need(work, expected)
        use = model.predict(need, status.step.key)
        expected[status.step.name] = int(use.table_bytes.middle)
        required = components_of(status.step.stage, tools.provider)
        planned.append(PlannedStep(key=status.step.key, need=need, use=use, dollars=_dollars(use, required)))
        for component in required:
            change = component.plan(project.name, request_of(use))
            if change.action != "none":
                changes.setdefault(change.component, change)
    metered = _endpoint(project, planned, tools.provider.components["endpoint"])
    before = spent([status.step for status in statuses], tools)
    whole = before.plus(_sum(planned, "middle", metered))
    most = _rounded(before.plus(_sum(planned, "high", metered)))
    inputs = _hash(
        {
            "settings": project.model_dump(mode="json", exclude=_NOT_THE_PLAN),
            "sources": marks,
            "versions": {status.step.stage.name: status.step.stage.version for status in statuses},
            "prices": tools.provider.prices().model_dump(mode="json"),
            "month": month(),
        }
    )
    return Plan(
        project=project.name,
        hash=_hash([project.name, inputs, most.model_dump()])[:HASH_LENGTH],
        inputs=inputs,
        steps=planned,
        changes=list(changes.values()),
        endpoint=metered,
        spent=before,
        expected=whole,
        most=most,
        beyond=_beyond(project, whole) if planned else [],
    )


def _mark(work: Work) -> str:
    """Return the state of a source; a constant if asking for it takes a pass over the data."""
    if work.step.table is not None and not work.project.source_of(work.step.table).version_is_cheap:
        return "database"
    try:
        return fingerprint(work)
    except RadixError as error:
        return error.code


def _need(work: Work, expected: dict[str, int]) -> Need:
    try:
        return need_of(work, expected)
    except RadixError:  # the step will say it itself
        return Need(stage=work.step.stage.name)


def _dollars(use: Prediction, required: Sequence[Component]) -> Interval:
    """Return the cost of computing and of storing the output. An endpoint costs beyond its step, so it is separate."""
    rated = [component for component in required if component.capability != "endpoint"]
    bounds: tuple[Bound, ...] = ("low", "middle", "high")
    by_bound = dict.fromkeys(bounds, 0.0)
    for bound in bounds:
        request = request_of(use, bound)
        for rate in (component.rate(request) for component in rated):
            by_bound[bound] += rate.dollars_hour * request.seconds / HOUR + rate.dollars_month
    return Interval(**by_bound)


def _endpoint(project: Project, planned: Sequence[PlannedStep], component: Component) -> float:
    """Return the cost of the endpoint to the end of the month, in whole days, so that the plan's hash is stable."""
    rate = component.rate(Request()).dollars_hour
    if not rate or not planned:
        return 0.0
    held = component.inspect(project.name)
    if not any(step.need.stage == "endpoint" for step in planned) and not (held and held.rate.dollars_hour):
        return 0.0
    now = datetime.now(UTC)
    days = monthrange(now.year, now.month)[1] - now.day + 1
    return rate * min(days * 24.0, project.infrastructure.endpoint_hours or math.inf)


def _sum(planned: list[PlannedStep], bound: Bound, metered: float) -> Totals:
    return Totals(
        dollars=sum(getattr(step.dollars, bound) for step in planned) + metered,
        search_minutes=sum(getattr(step.use.seconds, bound) for step in planned if step.need.stage == SEARCH) / 60,
        gigabytes=sum(getattr(step.use.output_bytes, bound) for step in planned) / GIGABYTE,
    )


def _beyond(project: Project, totals: Totals) -> list[str]:
    budget = project.budget
    limits = (
        ("dollars this month", totals.dollars, budget.dollars_per_month),
        ("minutes of search", totals.search_minutes, budget.search_minutes),
        ("gigabytes", totals.gigabytes, budget.gigabytes),
    )
    return [f"{found:.3g} {what} of {limit:g}" for what, found, limit in limits if limit is not None and found > limit]


def _rounded(totals: Totals) -> Totals:
    """Round up to two digits, so that slightly different predictions give the same plan."""
    return Totals(**{name: _up(value) for name, value in totals.model_dump().items()})


def _up(value: float) -> float:
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - _DIGITS + 1)
    return float(f"{math.ceil(value / step) * step:.{_DIGITS}g}")


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
