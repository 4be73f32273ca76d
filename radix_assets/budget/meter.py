"""The metered usage of a project this month: usage times price, because bills arrive days late."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from radix_assets.pipeline.stage import Step, Tools
from radix_resources.providers.base import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

HOUR, GIGABYTE = 3600.0, 1e9


class Totals(BaseModel):
    """The quantities that a budget limits."""

    model_config = ConfigDict(frozen=True)

    dollars: float = 0.0
    """Dollars of this month."""
    search_minutes: float = 0.0
    """Minutes of the model search."""
    gigabytes: float = 0.0
    """Gigabytes stored afterwards."""

    def plus(self, other: "Totals") -> "Totals":
        """Return the sum."""
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in Totals.model_fields})


def month() -> str:
    """Return the current month in UTC, such as `2026-11`."""
    return datetime.now(UTC).strftime("%Y-%m")


def spent(steps: "Iterable[Step]", tools: Tools) -> Totals:
    """Return what a project has used: by its commit records of this month, its snapshots and its endpoint's uptime.

    A run that produced no output left no record, and is not counted.
    """
    hour = {capability: tools.provider.rate(capability).dollars_hour for capability in ("compute", "endpoint")}
    gigabyte_month = tools.provider.rate("storage", Request(disk_bytes=int(GIGABYTE))).dollars_month
    seconds, size, endpoint = 0.0, 0, 0.0
    this = month()
    for step in steps:
        history = tools.storage.history(step.key)
        size += sum({commit.directory: commit.size for commit in history}.values())
        seconds += sum(commit.seconds for commit in history if commit.created.startswith(this))
        if "endpoint" in step.stage.requires and hour["endpoint"]:
            endpoint = tools.endpoint.uptime(step.project).get(this, 0.0)
    gigabytes = size / GIGABYTE
    dollars = (seconds * hour["compute"] + endpoint * hour["endpoint"]) / HOUR
    return Totals(dollars=dollars + gigabytes * gigabyte_month, gigabytes=gigabytes)
