"""The label table: for each entity and each moment in the past at which the question was asked, what then happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from radix_assets.asof.columns import exactly
from radix_assets.asof.times import Times
from radix_assets.labels.ask import ASKED, AT, LABEL, Asker
from radix_assets.labels.windows import ENTITY, shifted
from radix_assets.question.horizon import Future, days, offset
from radix_resources.errors import TargetError

MOST_ROWS = 2_000_000
"""Label rows that are kept; of more, every second, fourth … by a hash of entity and moment."""
MOST_MOMENTS = 5_000
"""More moments of asking than this come of a wrong date somewhere, or of too small a step."""
PRIME, FACTORS = 2**31 - 1, (1_103_515_245, 1_579_843_961)
"""Of the hash: a line modulo a prime, to the fifth power. Any engine has it in 64 bits."""
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Labels:
    """The label table and how it came about."""

    rows: pl.DataFrame
    """The entity's key columns, the moment and the label, in the order of moments."""
    moments: list[str]
    """At which the question was asked, as ISO 8601."""
    asked: int
    """Entities and moments at which the question's condition held."""
    untold: int
    """Of those, how many were left out because the data say nothing, such as the mean of no rows."""
    kept: float
    """The share of rows that was kept."""


def label(asker: Asker, key: Sequence[str], at: str = "at", named: str = "label") -> Labels:
    """Ask the question at every step of the past whose outcome is known, and keep where it says something.

    Raises TargetError RDX-TGT-304 where the past is too short, or the steps are too many.
    """
    moments = past(asker)
    frames: list[pl.DataFrame] = []
    asked = untold = held = 0
    thinned = 0
    for frame in asker.at(moments, labelled=True):
        chosen = frame.filter(ASKED)
        asked += len(chosen)
        told = chosen.filter(pl.col(LABEL).is_not_null())
        untold += len(chosen) - len(told)
        frames.append(_thin(told, thinned))
        held += len(frames[-1])
        while held > MOST_ROWS:
            thinned += 1
            frames = [_thin(each, thinned) for each in frames]
            held = sum(len(each) for each in frames)
    found = pl.concat(frames)
    keys = asker.store.frame(asker.future.for_each, list(key))[found[ENTITY]]
    rows = keys.select(exactly(name) for name in key).with_columns(
        found[AT].cast(pl.Datetime("us")).alias(at), _plain(found[LABEL]).alias(named)
    )
    said = pl.Series(moments, dtype=pl.Int64).cast(pl.Datetime("us")).dt.to_string("iso").to_list()
    return Labels(rows, said, asked, untold, 0.5**thinned)


def open_rows(asker: Asker, key: Sequence[str], at: str, named: str, schema: pl.Schema) -> pl.DataFrame:
    """The rows to be predicted now, of whom the question is asked on the day after all that is known; without label."""
    span = asker.span()
    now = 0 if span is None else span[1] // _DAY * _DAY + _DAY
    asked = entities_at(asker, np.array([now], dtype=np.int64), key, at).filter(ASKED).drop(ASKED)
    return asked.with_columns(pl.lit(None, schema[named]).alias(named)).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def entities_at(asker: Asker, moments: Times, key: Sequence[str], at: str) -> pl.DataFrame:
    """A row for each entity known by each moment: its key, the moment, and ASKED, whether it is asked of it then."""
    found = pl.concat(asker.at(moments, labelled=False))
    keys = asker.store.frame(asker.future.for_each, list(key))[found[ENTITY]]
    return keys.select(exactly(name) for name in key).with_columns(
        found[AT].cast(pl.Datetime("us")).alias(at), found[ASKED].alias(ASKED)
    )


def past(asker: Asker) -> Times:
    """The moments of asking: from the first day on, step by step, as long as what follows is known to its end.

    They stand fast as rows are added: new moments come after the old ones.
    """
    future, span = asker.future, asker.span()
    if span is None:
        raise _short(future, "nothing that the question is about ever happened")
    first, last = span
    start = first // _DAY * _DAY
    about = (last - start) / _DAY / max(days(future.step), 1e-9)
    if about > MOST_MOMENTS:
        raise TargetError(
            "RDX-TGT-304",
            f"about {about:,.0f} moments of asking, from {_day(first)} to {_day(last)} every {future.step}",
            expected=f"at most {MOST_MOMENTS:,}",
            hint="ask less often (every: 30d), or correct the dates that are far off",
        )
    begin, end = (pl.lit(moment, pl.Int64).cast(pl.Datetime("us")) for moment in (start, last))
    grid = pl.select(pl.datetime_range(begin, end, offset(future.step), time_unit="us")).to_series()
    moments = grid.cast(pl.Int64).to_numpy()
    # where there are only days, the last one has been lived to its end
    known = shifted(moments, offset(future.within)) <= (last + _DAY if asker.only_days() else last)
    moments = moments[known & (moments > first)]
    if len(moments) == 0:
        raise _short(future, f"the data reach from {_day(first)} to {_day(last)} only")
    return moments


def moments_of(texts: Sequence[str]) -> Times:
    """Moments as a person writes them, 2010-01-01 or 2010-01-01T12:00. Raises TargetError RDX-TGT-305."""
    series = pl.Series("at", [text.strip() for text in texts], dtype=pl.String)
    read = series.to_frame().select(
        pl.coalesce(
            pl.col("at").str.to_datetime(form, time_unit="us", strict=False)
            for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
        )
    )["at"]
    for text, moment in zip(texts, read, strict=True):
        if moment is None:
            raise TargetError(
                "RDX-TGT-305",
                f"{text.strip()!r} is no moment",
                expected="2010-01-01 or 2010-01-01T12:00",
                hint="correct --at",
            )
    return read.cast(pl.Int64).to_numpy()


def _thin(frame: pl.DataFrame, halvings: int) -> pl.DataFrame:
    if halvings == 0:
        return frame
    mixed = (pl.col(ENTITY).cast(pl.Int64) % PRIME * FACTORS[0] + pl.col(AT) % PRIME * FACTORS[1]) % PRIME
    square = mixed * mixed % PRIME
    return frame.filter(square * square % PRIME * mixed % PRIME % 2**halvings == 0)


def _plain(labels: pl.Series) -> pl.Series:
    """Whole numbers as such."""
    if labels.dtype != pl.Float64 or not (labels == labels.round()).all() or (labels.abs() > 2**53).any():
        return labels
    return labels.cast(pl.Int64)


def _short(future: Future, found: str) -> TargetError:
    return TargetError(
        "RDX-TGT-304",
        found,
        expected=f"a past in which the question can be asked and {future.within} are known after it",
        hint="look less far ahead, or add older data",
    )


def _day(moment: int) -> str:
    return str(np.datetime64(moment, "us").astype("datetime64[D]"))
