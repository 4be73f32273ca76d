"""Tables for the tests of profiles."""

import datetime as dt

import numpy as np
import polars as pl


def mixed(rows: int, seed: int = 0) -> pl.DataFrame:
    """Return one column of each kind, with nulls."""
    random = np.random.default_rng(seed)
    common = random.normal(size=rows)
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001 canonical timestamps are naive, in UTC
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "key": [f"K-{number * 7919 % 100_003:05d}" for number in range(rows)],
            "x": common,
            "y": 0.5 * common + random.normal(size=rows),
            "count": random.poisson(3, rows),
            "city": random.choice(["Rome", "Oslo", "Bern"], rows),
            "plan": np.where(common > 0, "pro", "free"),
            "flag": random.random(rows) < 0.3,
            "at": [start + dt.timedelta(minutes=int(minutes)) for minutes in random.integers(0, 10**6, rows)],
            "day": [start.date() + dt.timedelta(days=int(days)) for days in random.integers(0, 50, rows)],
            "clock": [dt.time(int(hour)) for hour in random.integers(0, 24, rows)],
            "word": random.choice(["", "é", "日本", "Ab1", "x" * 50], rows),
            "": random.zipf(1.7, rows).clip(1, 500),
        }
    )
    gaps = pl.Series(random.random(rows) < 0.1)
    return frame.with_columns(
        pl.when(~gaps).then(pl.col(name)).alias(name) for name in ("y", "city", "flag", "at", "word")
    )
