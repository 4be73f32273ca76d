"""The label table: the outcome for each entity and each time in the past at which the question was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR

import numpy as np
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.times import Times
from radix_assets.labels.ask import ASKED, AT, LABEL, Asker
from radix_assets.labels.windows import ENTITY, shifted
from radix_assets.question.horizon import Future, days, offset
from radix_resources.errors import TargetError

MOST_ROWS = 2_000_000
"""Maximum label rows; of more, every second, fourth … is sampled by a hash of entity and time."""
MOST_MOMENTS = 5_000
"""Maximum times of the question; more indicate a wrong date or too small a step."""
PRIME, FACTORS = 2**31 - 1, (1_103_515_245, 1_579_843_961)
"""Parameters of the hash: a linear function modulo a prime, to the fifth power. It fits 64 bits on every engine."""
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Labels:
    """The label table and its statistics."""

    rows: pl.DataFrame
    """The entity's key columns, the time and the label, ordered by time."""
    moments: list[str]
    """Times at which the question was asked, in ISO 8601."""
    asked: int
    """Pairs of entity and time for which the question's condition was true."""
    undefined: int
    """Pairs among these that are left out because the outcome is undefined, such as the mean of no rows."""
    share: float
    """The share of rows that was sampled."""


def label(asker: Asker, key: Sequence[str], at: str = "at", named: str = "label") -> Labels:
    """Ask the question at every past time whose outcome is known, and return the defined outcomes.

    Raises TargetError RDX-TGT-304 if the history is too short or there are too many times.
    """
    moments = past(asker)
    frames: list[pl.DataFrame] = []
    asked = undefined = rows_so_far = 0
    halvings = 0
    for frame in asker.at(moments, labelled=True):
        chosen = frame.filter(ASKED)
        asked += len(chosen)
        defined = chosen.filter(pl.col(LABEL).is_not_null())
        undefined += len(chosen) - len(defined)
        frames.append(_thin(defined, halvings))
        rows_so_far += len(frames[-1])
        while rows_so_far > MOST_ROWS:
            halvings += 1
            frames = [_thin(each, halvings) for each in frames]
            rows_so_far = sum(len(each) for each in frames)
    sample = pl.concat(frames)
    keys = asker.store.frame(asker.future.for_each, list(key))[sample[ENTITY]]
    rows = keys.select(exactly(name) for name in key).with_columns(
        sample[AT].cast(pl.Datetime("us")).alias(at), _plain(sample[LABEL]).alias(named)
    )
    times = pl.Series(moments, dtype=pl.Int64).cast(pl.Datetime("us")).dt.to_string("iso").to_list()
    return Labels(rows, times, asked, undefined, 0.5**halvings)


def open_rows(asker: Asker, key: Sequence[str], at: str, named: str, schema: pl.Schema) -> pl.DataFrame:
    """Return the rows to predict now, without label: the question is asked on the day after the last known event."""
    span = asker.span()
    now = 0 if span is None else span[1] // _DAY * _DAY + _DAY
    entities = entities_at(asker, np.array([now], dtype=np.int64), key, at).filter(ASKED).drop(ASKED)
    return entities.with_columns(pl.lit(None, schema[named]).alias(named)).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def entities_at(asker: Asker, moments: Times, key: Sequence[str], at: str) -> pl.DataFrame:
    """Return a row for each entity known by each time: its key, the time, and ASKED, whether the question applies."""
    answers = pl.concat(asker.at(moments, labelled=False))
    keys = asker.store.frame(asker.future.for_each, list(key))[answers[ENTITY]]
    return keys.select(exactly(name) for name in key).with_columns(
        answers[AT].cast(pl.Datetime("us")).alias(at), answers[ASKED].alias(ASKED)
    )


def past(asker: Asker) -> Times:
    """Return the times of the question: from the first day on, step by step, while the outcome is fully known.

    They do not change when rows are added: new times come after the old ones. Raises TargetError RDX-TGT-304 if there
    are none or too many.
    """
    future, span = asker.future, asker.span()
    if span is None:
        raise _short(future, "the question's tables have no rows with a time")
    first, last = span
    start = first // _DAY * _DAY
    about = (last - start) / _DAY / max(days(future.step), 1e-9)
    if about > MOST_MOMENTS:
        raise TargetError(
            "RDX-TGT-304",
            f"the question would be asked {about:,.0f} times: from {_day(first)} to {_day(last)}, every {future.step}",
            expected=f"at most {MOST_MOMENTS:,} times",
            hint="ask less often (every: 30d), or fix dates that are far off",
        )
    begin, end = (pl.lit(moment, pl.Int64).cast(pl.Datetime("us")) for moment in (start, last))
    grid = pl.select(pl.datetime_range(begin, end, offset(future.step), time_unit="us")).to_series()
    moments = grid.cast(pl.Int64).to_numpy()
    # with dates only, the last day is complete
    known = shifted(moments, offset(future.within)) <= (last + _DAY if asker.only_days() else last)
    moments = moments[known & (moments > first)]
    if len(moments) == 0:
        raise _short(future, f"the data only cover {_day(first)} to {_day(last)}")
    return moments


def moments_of(texts: Sequence[str]) -> Times:
    """Parse times such as 2010-01-01 or 2010-01-01T12:00. Raises TargetError RDX-TGT-305."""
    series = pl.Series("at", [text.strip() for text in texts], dtype=pl.String)
    read = series.to_frame().select(
        pl.coalesce(
            pl.col("at").str.to_datetime(form, time_unit="us", strict=False)
            for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
        )
    )["at"]
    years = read.dt.year()
    for text, year in zip(texts, years, strict=True):
        if year is None or not MINYEAR <= year <= MAXYEAR:
            raise TargetError(
                "RDX-TGT-305",
                f"{text.strip()!r} is not a time",
                expected="a UTC time such as 2030-01-31 or 2030-01-31T12:00",
                hint="correct --at; separate several times by commas",
            )
    return read.cast(pl.Int64).to_numpy()


def _thin(frame: pl.DataFrame, halvings: int) -> pl.DataFrame:
    if halvings == 0:
        return frame
    mixed = (pl.col(ENTITY).cast(pl.Int64) % PRIME * FACTORS[0] + pl.col(AT) % PRIME * FACTORS[1]) % PRIME
    square = mixed * mixed % PRIME
    return frame.filter(square * square % PRIME * mixed % PRIME % 2**halvings == 0)


def _plain(labels: pl.Series) -> pl.Series:
    """Return the labels as integers if all are whole numbers."""
    if labels.dtype != pl.Float64 or not (labels == labels.round()).all() or (labels.abs() > 2**53).any():
        return labels
    return labels.cast(pl.Int64)


def _short(future: Future, found: str) -> TargetError:
    return TargetError(
        "RDX-TGT-304",
        found,
        expected=f"a history with at least {future.within} after a time of the question",
        hint="use a shorter `within`, or add older data",
    )


def _day(moment: int) -> str:
    return str(np.datetime64(moment, "us").astype("datetime64[D]"))
