"""The rows of a relationship's child with the series that are aggregated over them."""

from collections.abc import Iterable, Sequence
from typing import Any

from radix_assets.asof.plan import Aggregation, Link, Node, walk
from radix_assets.features.partials import Frame
from radix_assets.features.totals.rows import Rows
from radix_assets.features.totals.series import Series, SeriesOfLinks, has_aggregations
from radix_assets.features.totals.tables import OWN, Tables


class Children:
    """The children of all relationships of a plan, each read once if its series are made of aggregations."""

    def __init__(
        self, tables: Tables, links: Sequence[Link], rows: Rows, series: SeriesOfLinks, moment: int | None
    ) -> None:
        self._tables, self._links, self._rows, self._series = tables, list(links), rows, series
        self._moment, self._x = moment, tables.expressions
        self._children: dict[int, Frame | None] = {}

    def read(self, link: int, wanted: list[Series]) -> Frame:
        """Return the child's rows with at least these series; computed once for all series if materialized."""
        if link not in self._children:
            all_series = [series for series in self._series.names(link) if not self._series.constant(link, series)]
            whole = any(has_aggregations(series) for series in all_series)
            self._children[link] = self._child(link, all_series) if whole else None
        cached = self._children[link]
        return self._child(link, wanted) if cached is None else cached

    def _child(self, link: int, wanted: Iterable[Series]) -> Frame:
        """Return the child's rows with columns for each series: `n i` whether the row counts, `x i` its value."""
        series = {key: name for key, name in self._series.names(link).items() if key in set(wanted)}
        bases: dict[Node, None] = {}
        for base, where, _ in series:
            bases |= {base: None} if base is not None else {}
            bases |= {where.base: None} if where is not None else {}
        names, x = {base: f"b{i}" for i, base in enumerate(bases)}, self._x
        child = self._links[link].child
        frame = self._rows.frame(child, {name: base for base, name in names.items()}, [(link, False)])
        frame = self._rows.known(frame, child)
        columns = []
        for (base, where, window), name in series.items():
            mask: Any = None
            if where is not None:
                mask = (x.col(names[where.base]) == where.value).fill_null(False)
            if window is not None:
                within = self._within(child, window)
                mask = within if mask is None else mask & within
            if mask is not None:
                columns.append(mask.alias(f"n {name}"))
            if base is not None:
                value = x.col(names[base])
                columns.append((value if mask is None else x.when(mask).then(value)).alias(f"x {name}"))
        keys = self._rows.key(link, parent=False)
        frame = frame.filter(*(~x.col(key).is_null() for key in keys)).select(*keys, *columns)
        # values of aggregations are in memory already, and would be computed again for every reader
        return (
            self._tables.materialized(frame)
            if any(isinstance(p, Aggregation) for b in bases for p in walk(b))
            else frame
        )

    def _within(self, child: str, window: int) -> Any:
        if not self._rows.has_time(child):
            return self._x.lit(True)
        if self._moment is None:
            return self._x.lit(False)
        return (self._x.col(OWN) >= self._moment - window).fill_null(False)
