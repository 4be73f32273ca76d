"""What was known when: aggregations along a path, for any ancestor's row at any moment, by one sort and one look-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from radix_assets.features.aggregations import AGGREGATIONS, aggregate
from radix_assets.features.keys import Positions
from radix_assets.features.plan import Aggregation, Node, Where
from radix_assets.features.ranges import Column, Layout, Ranges, laid
from radix_assets.features.segments import Floats, Ints, Segments, Values
from radix_assets.features.times import NEVER, Times, back

Evaluate = Callable[[list[Node], Positions, Times], list[pl.Series]]
"""Nodes' values on these rows of the child, each as of its cutoff."""


@dataclass(frozen=True)
class Child:
    """The rows of a path, in the order of the child's snapshot."""

    anchors: Positions
    """The position of the ancestor's row that each belongs to."""
    known: Times | None
    """When each came to be known, with all that is between it and the ancestor; None: always."""
    own: Times | None
    """Its own time, which tells the order of rows and what is in a window."""
    ancestors: int
    """How many rows the ancestor's table has."""


class History:
    """Aggregations over the rows of one path, each strictly as of a cutoff: time < cutoff.

    Rows are sorted once, by ancestor and time. What an ancestor had at a cutoff is a range of rows, found by binary
    search; a trailing window is a later start of the range. Values that stand still since their row is known are
    aggregated from what is prepared over ranges; others (an aggregation over rows that came later still) are
    evaluated as of the cutoff for each row of the range.
    """

    def __init__(
        self,
        child: Child,
        wanted: Mapping[str, Aggregation],
        evaluate: Evaluate,
        settled: Callable[[Node, Positions], bool],
    ) -> None:
        """`settled` says whether a node's value on these rows never changes once they are known."""
        self._wanted, self._evaluate = dict(wanted), evaluate
        known = child.known
        place = np.flatnonzero((child.anchors >= 0) & (True if known is None else known != NEVER))
        anchors = child.anchors[place]
        self._moments: Times | None = None
        order = np.arange(len(child.anchors)) if child.own is None else np.argsort(child.own, kind="stable")
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        codes = anchors
        if known is not None:
            self._moments = np.unique(known[place])
            codes = anchors * (len(self._moments) + 1) + np.searchsorted(self._moments, known[place])
        sort = np.lexsort((rank[place], codes))
        self._rows = place[sort]
        self._codes = codes[sort]
        anchors = anchors[sort]
        self._first = np.searchsorted(anchors, np.arange(child.ancestors + 1))
        self._starts = self._first[anchors]
        self._layout = Layout(self._starts)
        self._order = rank[self._rows]
        self._own = None if child.own is None else child.own[self._rows]
        self._late = known is not None and self._own is not None and bool((self._own < known[self._rows]).any())
        self._columns: dict[tuple[Node | None, Where | None, str], tuple[Column, pl.Series | None]] = {}
        bases = {base for node in self._wanted.values() for base in _bases(node)}
        self._settled = {base: settled(base, self._rows) for base in bases}
        self._held: dict[Node, pl.Series] = {}
        self._prepare()

    def at(self, anchors: Positions, cutoffs: Times) -> pl.DataFrame:
        """The aggregations for these rows of the ancestor, each as known strictly before its cutoff."""
        inside = (anchors >= 0) & (anchors < len(self._first) - 1)
        anchors = np.where(inside, anchors, 0)
        start = np.where(inside, self._first[anchors] if len(self._first) > 1 else 0, 0)
        end = np.where(inside, self._before(anchors, cutoffs), start)
        found: dict[str, pl.Series] = {}
        later: dict[int | None, dict[str, Aggregation]] = {}
        for name, node in self._wanted.items():
            if self._stands(node):
                low = start if node.window is None else self._within(anchors, start, end, cutoffs, node.window)
                column, held = self._column(node)
                ranges = Ranges(column, low, end, whole=node.window is None)
                found[name] = aggregate(node.primitive, node.part, ranges, held, cutoffs)
            else:
                later.setdefault(node.window, {})[name] = node
        for window, nodes in later.items():
            low = start if window is None else self._within(anchors, start, end, cutoffs, window)
            found |= self._evaluated(nodes, low, end, cutoffs, window)
        frame = pl.DataFrame({name: found[name] for name in self._wanted})
        return frame.with_columns(
            pl.col(name).fill_null(empty)
            for name, node in self._wanted.items()
            if (empty := AGGREGATIONS[node.primitive].empty) is not None
        )

    def rows(self, anchors: Positions, cutoffs: Times) -> int:
        """How many rows would have to be evaluated, one by one, for these."""
        if all(self._stands(node) for node in self._wanted.values()) or len(self._first) < 2:  # noqa: PLR2004
            return 0
        there = anchors >= 0
        anchors, cutoffs = anchors[there], cutoffs[there]
        return int((self._before(anchors, cutoffs) - self._first[anchors]).sum())

    def _before(self, anchors: Positions, cutoffs: Times) -> Ints:
        if self._moments is None:
            return self._first[anchors + 1] if len(self._first) > 1 else np.zeros(len(anchors), dtype=np.int64)
        wanted = anchors * (len(self._moments) + 1) + np.searchsorted(self._moments, cutoffs, side="left")
        return np.searchsorted(self._codes, wanted, side="left")

    def _within(self, anchors: Positions, start: Ints, end: Ints, cutoffs: Times, window: int) -> Ints:
        if self._moments is None:
            return start
        return np.clip(self._before(anchors, back(cutoffs, window)), start, end)

    def _stands(self, node: Aggregation) -> bool:
        # where a row came to be known after its own time, a window is no range
        return all(self._settled[base] for base in _bases(node)) and not (self._late and node.window is not None)

    def _prepare(self) -> None:
        """Evaluate once what stands still, on all rows."""
        nodes = [node for node in self._wanted.values() if self._stands(node)]
        bases = list(dict.fromkeys(base for node in nodes for base in _bases(node)))
        now = np.full(len(self._rows), NEVER, dtype=np.int64)
        if bases:
            self._held = dict(zip(bases, self._evaluate(bases, self._rows, now), strict=True))
        for node in nodes:
            self._column(node)
        self._held.clear()

    def _column(self, node: Aggregation) -> tuple[Column, pl.Series | None]:
        needs = AGGREGATIONS[node.primitive].needs
        key = (node.base, node.where, needs)
        if key not in self._columns:
            values, held = self._values(node, self._held, self._order, self._own)
            self._columns[key] = Column(values, self._starts, self._layout), held
        return self._columns[key]

    def _values(
        self, node: Aggregation, held: Mapping[Node, pl.Series], order: Ints, own: Times | None
    ) -> tuple[Values, pl.Series | None]:
        needs = AGGREGATIONS[node.primitive].needs
        mask = None
        if node.where is not None:
            base = held[node.where.base]
            mask = (base == node.where.value).fill_null(value=False).to_numpy()
        series = None if node.base is None else held[node.base]
        values = Values(mask=mask, order=order, times=own)
        if needs == "rows" or series is None:
            return values, series
        if needs == "codes":
            codes, dictionary = coded(series)
            return replace(values, codes=codes), dictionary
        return replace(values, numbers=numbers(series)), series

    def _evaluated(
        self, nodes: Mapping[str, Aggregation], low: Ints, high: Ints, cutoffs: Times, window: int | None
    ) -> dict[str, pl.Series]:
        bases = list(dict.fromkeys(base for node in nodes.values() for base in _bases(node)))
        found: dict[str, list[pl.Series]] = {name: [] for name in nodes}
        for part, place, offsets in laid(low, high):
            asked = np.repeat(cutoffs[part], np.diff(offsets))
            held: dict[Node, pl.Series] = {}
            if bases:
                held = dict(zip(bases, self._evaluate(bases, self._rows[place], asked), strict=True))
            own = None if self._own is None else self._own[place]
            within = None if window is None or own is None else own >= back(asked, window)
            for name, node in nodes.items():
                values, series = self._values(node, held, self._order[place], own)
                segments = Segments(values.only(within), offsets)
                found[name].append(aggregate(node.primitive, node.part, segments, series, cutoffs[part]))
        return {name: pl.concat(series) for name, series in found.items()}


def _bases(node: Aggregation) -> Iterable[Node]:
    if node.base is not None:
        yield node.base
    if node.where is not None:
        yield node.where.base


def numbers(series: pl.Series) -> Floats:
    """The values as numbers, NaN where there is none."""
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def coded(series: pl.Series) -> tuple[Ints, pl.Series]:
    """The values as places in their sorted dictionary, -1 where there is none."""
    if series.dtype != pl.String:
        dictionary = series.drop_nulls().unique().sort()
        codes = dictionary.search_sorted(series.fill_null(dictionary[0])) if len(dictionary) else None
        there = series.is_not_null().to_numpy()
        if codes is None:
            return np.full(len(series), -1, dtype=np.int64), dictionary
        return np.where(there, codes.to_numpy(), -1).astype(np.int64), dictionary
    words = series.cast(pl.Categorical)
    physical = words.to_physical()
    seen = pl.DataFrame({"code": physical, "word": words}).drop_nulls().unique("code")
    seen = seen.with_columns(pl.col("word").cast(pl.String)).sort("word")
    place = np.full(int(seen["code"].max() or 0) + 1, -1, dtype=np.int64)  # type: ignore[arg-type]
    place[seen["code"].to_numpy()] = np.arange(len(seen))
    found = place[physical.fill_null(0).to_numpy()] if len(seen) else np.full(len(series), -1, dtype=np.int64)
    return np.where(series.is_not_null().to_numpy(), found, -1), seen["word"]
