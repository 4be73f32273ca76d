"""The maximum age of the raw tables of a project."""

from datetime import timedelta

import dagster as dg
import pytest

from radix_assets.orchestration.freshness import freshness_of

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("schedule", "longest"),
    [
        ("0 5 * * *", timedelta(days=1)),
        ("0 5 * * 1-5", timedelta(days=3)),
        ("0 5 1 * *", timedelta(days=31)),
        ("*/5 8-17 * * 1-5", timedelta(days=3)),
        ("* * * * *", timedelta(days=3)),
        ("0 0 29 2 *", timedelta(days=1461)),
    ],
)
def test_freshness_warns_after_one_missed_run_and_fails_after_two(schedule: str, longest: timedelta):
    expected = dg.FreshnessPolicy.time_window(fail_window=2 * longest + HOUR, warn_window=longest + HOUR)
    assert freshness_of(schedule) == expected


def test_without_a_schedule_nothing_is_expected():
    assert freshness_of(None) is None
