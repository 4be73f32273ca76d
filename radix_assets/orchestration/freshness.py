"""Freshness policies of the raw tables of projects with a schedule."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import dagster as dg

_GRACE = timedelta(hours=1)
"""Time that a regular run may take until the raw tables are read."""
_START = datetime(2024, 1, 5, tzinfo=UTC).timestamp()
"""A Friday, so that a weekend comes soon."""
_TICKS, _LONGEST = 400, timedelta(days=400)
"""Ticks of a schedule that are compared, and the time they span, at most."""
_WEEK, _WEEKEND = timedelta(days=8), timedelta(days=3)


@lru_cache(maxsize=64)
def freshness_of(schedule: str | None) -> dg.FreshnessPolicy | None:
    """Return the policy of a cron schedule: warn after one missed run, fail after two. None without a schedule."""
    if schedule is None:
        return None
    from dagster._utils.schedules import cron_string_iterator

    ticks = cron_string_iterator(_START, schedule, "UTC")
    first = last = next(ticks)
    longest = timedelta()
    for _ in range(_TICKS):
        tick = next(ticks)
        longest, last = max(longest, tick - last), tick
        if last - first > _LONGEST:
            break
    if last - first < _WEEK:
        longest = max(longest, _WEEKEND)  # a schedule this dense may pause over the weekend
    return dg.FreshnessPolicy.time_window(fail_window=2 * longest + _GRACE, warn_window=longest + _GRACE)
