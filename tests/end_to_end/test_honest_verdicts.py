"""Whole projects on which a model seems good that is not, or seems poor and would be useful."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from driving import DONE, PERSON, Installation

pytestmark = pytest.mark.extended

START = datetime(2024, 1, 1, 6)  # noqa: DTZ001 the files hold no time zone


def verdict(installation: Installation, target: str) -> tuple[int, dict]:
    """Create and run a project of all files in the data folder; return the exit code and what `--json` prints."""
    files = [str(path) for path in sorted(installation.data.glob("*.csv"))]
    new = installation.radix("new", "p", *files, "--target", target, "--accept", "auto")
    assert new.code == DONE, new.out + new.err
    ran = installation.radix("run", "p", "--json", expect=None)
    return ran.code, ran.json


def write_copies(folder: Path) -> None:
    random = np.random.default_rng(0)
    rows = pl.DataFrame(
        {
            "u": random.normal(size=300).round(3),
            "v": random.normal(size=300).round(3),
            "k": random.choice(list("abcd"), 300),
            "label": random.integers(0, 2, 300),
        }
    )
    copies = pl.concat([rows] * 5)
    copies.insert_column(0, pl.Series("case_id", range(1000, 2500))).write_csv(folder / "cases.csv")


def write_backdated(folder: Path) -> None:
    random = np.random.default_rng(0)
    starts = [START + timedelta(hours=int(hour)) for hour in np.cumsum(random.integers(1, 5, 1200))]
    machine, failed = random.integers(1, 61, 1200), random.integers(0, 2, 1200)
    pl.DataFrame({"machine_id": range(1, 61), "maker": random.choice(["A", "B"], 60)}).write_csv(
        folder / "machines.csv"
    )
    pl.DataFrame(
        {
            "job_id": range(1, 1201),
            "machine_id": machine,
            "started_at": starts,
            "load": random.normal(50, 5, 1200).round(1),
            "failed": failed,
        }
    ).write_csv(folder / "jobs.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    pl.DataFrame(
        {
            "finding_id": range(1, 1201),
            "machine_id": machine,
            "observed_at": [start - timedelta(hours=1) for start in starts],
            "entered_at": [start + timedelta(days=7) for start in starts],
            "severity": (3 + 3 * failed + random.normal(size=1200)).round(2),
        }
    ).write_csv(folder / "findings.csv", datetime_format="%Y-%m-%d %H:%M:%S")


def write_rare(folder: Path) -> None:
    random = np.random.default_rng(0)
    grade = random.integers(0, 5, 6000)
    pl.DataFrame(
        {
            "loan": range(6000),
            "rate": random.normal(12, 3, 6000).round(2),
            "income": random.lognormal(11, 0.3, 6000).round(),
            "grade": np.array(list("ABCDE"))[grade],
            "status": np.where(random.uniform(size=6000) < np.where(grade == 4, 0.12, 0.02), "bad", "good"),
        }
    ).write_csv(folder / "loans.csv")


def test_copies_of_a_coin_are_counted_and_refused(installation: Installation) -> None:
    write_copies(installation.data)
    code, result = verdict(installation, "cases.label")
    assert (code, result["model"]["accepted"]) == (PERSON, False)
    assert result["model"]["interval"][0] < 0.5 < result["model"]["interval"][1]
    assert "1,200 rows are copies" in result["model"]["reason"]


def test_what_was_entered_later_is_not_known_before(installation: Installation) -> None:
    write_backdated(installation.data)
    code, result = verdict(installation, "jobs.failed")
    assert (code, result["model"]["accepted"]) == (PERSON, False), result["model"]


def test_a_rare_class_that_is_better_than_guessing_serves(installation: Installation) -> None:
    write_rare(installation.data)
    code, result = verdict(installation, "loans.status")
    assert (code, result["model"]["accepted"]) == (DONE, True), result["model"]
    assert result["serving"]["model"]
