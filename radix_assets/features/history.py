"""What was known when: aggregations along a path, for any ancestor's row at any moment, by one sort and one look-up."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from radix_assets.features.aggregations import AGGREGATIONS, GROUP_KEY, ORDER, grouped, running
from radix_assets.features.keys import MISSING, Positions, nullable

Times = npt.NDArray[np.int64]
"""Microseconds since 1970, UTC."""

NEVER = np.iinfo(np.int64).max
"""The time of a row that is nowhere known to exist; as a cutoff: now, when all that has a time is known."""
ALWAYS = np.iinfo(np.int64).min
"""The time of a row that has always been there."""

_TIME = "__time"


@dataclass(frozen=True)
class Wanted:
    """One aggregation: the name of its values, the primitive and the column it is over ("" where rows are counted)."""

    name: str
    primitive: str
    column: str = ""


class History:
    """Aggregations over the rows of one path. With times, `at` is an as-of join, strict: time < cutoff."""

    def __init__(
        self,
        values: pl.DataFrame,
        anchors: Positions,
        times: Times | None,
        order: Times | None,
        wanted: list[Wanted],
    ) -> None:
        """`values` has the columns that are aggregated, a row for each row of the path.

        `anchors` are the positions of the ancestor's rows they belong to, `times` when each of them came to be known
        (None: always), `order` the time by which the last row is told (None: the order of the table).
        """
        place = np.arange(len(anchors)) if order is None else np.argsort(np.argsort(order, kind="stable"))
        frame = pl.DataFrame([pl.Series(GROUP_KEY, anchors), pl.Series(ORDER, place), *values.get_columns()])
        kept = pl.col(GROUP_KEY) >= 0
        if times is not None:
            frame = frame.with_columns(pl.Series(_TIME, times))
            kept &= pl.col(_TIME) != NEVER
        frame = frame.filter(kept)
        self._empty = [
            pl.col(w.name).fill_null(AGGREGATIONS[w.primitive].empty)
            for w in wanted
            if AGGREGATIONS[w.primitive].empty is not None
        ]
        if times is None:
            self._static(frame, wanted)
        else:
            self._timed(frame, wanted)

    def at(self, anchors: Positions, cutoffs: Times) -> pl.DataFrame:
        """The aggregations for these rows of the ancestor, each as known strictly before its cutoff."""
        if not len(self._anchors):
            found = np.full(len(anchors), MISSING, dtype=np.int64)
        else:
            if self._moments is not None:
                # the newest entry before the first that is not before the cutoff
                width = len(self._moments) + 1
                before = anchors * width + np.searchsorted(self._moments, cutoffs, side="left")
                found = np.searchsorted(self._codes, before, side="left") - 1
            else:
                found = np.minimum(np.searchsorted(self._anchors, anchors), len(self._anchors) - 1)
            hit = (anchors >= 0) & (found >= 0) & (self._anchors[found] == anchors)
            found = np.where(hit, found, MISSING)
        return self._values.select(pl.all().gather(nullable(found))).with_columns(self._empty)

    def _static(self, frame: pl.DataFrame, wanted: list[Wanted]) -> None:
        self._moments: Times | None = None
        result = frame.group_by(GROUP_KEY).agg(grouped(w.primitive, w.column).alias(w.name) for w in wanted)
        result = result.sort(GROUP_KEY)
        self._anchors = result[GROUP_KEY].to_numpy()
        self._values = result.select(w.name for w in wanted)

    def _timed(self, frame: pl.DataFrame, wanted: list[Wanted]) -> None:
        frame = frame.sort(GROUP_KEY, _TIME, ORDER)
        values = running(frame, [(w.name, w.primitive, w.column) for w in wanted])
        # rows of the same moment become known together: only the state after the last of them is ever asked for
        latest = frame.select((pl.struct(GROUP_KEY, _TIME).rle_id().diff(-1) != 0).fill_null(value=True)).to_series()
        keys = frame.select(GROUP_KEY, _TIME).filter(latest)
        self._values = values.filter(latest)
        self._anchors = keys[GROUP_KEY].to_numpy()
        moments = keys[_TIME].to_numpy()
        self._moments = np.unique(moments)
        self._codes = self._anchors * (len(self._moments) + 1) + np.searchsorted(self._moments, moments)
