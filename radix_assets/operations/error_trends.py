"""Failures by code and project, and their trend over time."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from radix_resources.action_log.fold import LogState

BINS = 12
_BARS = "▁▂▃▄▅▆▇█"
_NONE = "·"


@dataclass(frozen=True)
class Group:
    """The failures with one code in one project, within a window of time."""

    code: str
    project: str
    count: int
    trend: list[int]
    """Number in each twelfth of the window, oldest first."""
    first: float
    last: float
    """UTC, seconds since 1970; of all time."""
    subject: str
    found: str
    hint: str
    """The hint of the newest error."""

    @property
    def sparkline(self) -> str:
        """The trend as text: one character for each twelfth of the window."""
        most = max(self.trend, default=0)
        return "".join(_BARS[(len(_BARS) - 1) * count // most] if count else _NONE for count in self.trend)

    def to_json(self) -> dict[str, Any]:
        moments = {name: datetime.fromtimestamp(getattr(self, name), UTC).isoformat() for name in ("first", "last")}
        return {**asdict(self), **moments, "sparkline": self.sparkline}


def grouped(state: LogState, project: str | None, since: float, until: float) -> list[Group]:
    """Return the failures between two times, the most frequent first. Counts are by whole hours."""
    groups = []
    for failure in state.failures.values():
        if project not in {None, failure.project}:
            continue
        trend = [0] * BINS
        for hour, count in failure.hours.items():
            middle = int(hour) * 3600 + 1800
            place = int(BINS * (middle - since) / max(until - since, 1))
            if int(hour) >= since // 3600 and int(hour) <= until // 3600:
                trend[min(max(place, 0), BINS - 1)] += count
        if sum(trend):
            groups.append(
                Group(
                    failure.code,
                    failure.project,
                    sum(trend),
                    trend,
                    failure.first,
                    failure.last,
                    failure.subject,
                    failure.found,
                    failure.hint,
                )
            )
    return sorted(groups, key=lambda group: (-group.count, group.code, group.project))
