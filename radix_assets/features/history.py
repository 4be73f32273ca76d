"""What was known when: aggregations along a path, for any ancestor's row at any moment, by one sort and one look-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from radix_assets.asof.keys import Positions
from radix_assets.asof.plan import Aggregation, Node, Where
from radix_assets.asof.times import NEVER, Times, back
from radix_assets.features.aggregations import AGGREGATIONS, aggregate
from radix_assets.features.codes import coded
from radix_assets.features.fallback import aggregated, foreign
from radix_assets.features.ranges import Column, Layout, Ranges, laid
from radix_assets.features.segments import Floats, Ints, Mask, Segments, Values

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
    rank: Ints
    """The place of each row in the order of its own time; rows of the same time stand as in the table."""


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
        rank = child.rank
        late = known is not None and child.own is not None and bool((child.own < known)[place].any())
        self._late = late
        """Whether a row came to be known after its own time."""
        sort = _sorted(anchors, rank[place], known[place] if late and known is not None else None)
        self._rows = place[sort]
        anchors = anchors[sort]
        self._known = None if known is None else known[self._rows]
        self._first = np.searchsorted(anchors, np.arange(child.ancestors + 1))
        self._starts = self._first[anchors]
        self._layout = Layout(self._starts)
        self._order = rank[self._rows]
        same = child.own is not None and not late and known is not None and np.array_equal(child.own, known)
        self._own = self._known if same else None if child.own is None else child.own[self._rows]
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
        lows: dict[int | None, Ints] = {None: start}
        held_ranges: dict[tuple[Column, int | None], Ranges] = {}
        for name, node in self._wanted.items():
            if node.window not in lows:
                lows[node.window] = self._within(anchors, start, end, cutoffs, node.window)
            if not self._stands(node):
                later.setdefault(node.window, {})[name] = node
                continue
            column, held = self._column(node)
            if (column, node.window) not in held_ranges:
                ranges = Ranges(column, lows[node.window], end, whole=node.window is None)
                held_ranges[column, node.window] = ranges
            found[name] = aggregate(node.primitive, node.part, held_ranges[column, node.window], held, cutoffs)
        for window, nodes in later.items():
            found |= self._evaluated(nodes, lows[window], end, cutoffs, window)
        return pl.DataFrame({name: found[name] for name in self._wanted})

    def heavy(self, anchors: Positions, cutoffs: Times, most: int) -> set[Node]:
        """The aggregations for which more than `most` rows would have to be evaluated anew, one by one."""
        later = {node for node in self._wanted.values() if not self._stands(node)}
        there = (anchors >= 0) & (anchors < len(self._first) - 1)
        anchors, cutoffs = anchors[there], cutoffs[there]
        if not later or not len(anchors):
            return set()
        end, found = self._before(anchors, cutoffs), set[Node]()
        for window in {node.window for node in later}:
            start = self._first[anchors]
            low = self._within(anchors, start, end, cutoffs, window)
            if int((end - low).sum()) > most:
                found |= {node for node in later if node.window == window}
        return found

    def _before(self, anchors: Positions, cutoffs: Times) -> Ints:
        """Where the rows of each ancestor end that were known before the cutoff: a binary search in all at once."""
        low = self._first[anchors] if len(self._first) > 1 else np.zeros(len(anchors), dtype=np.int64)
        high = self._first[anchors + 1] if len(self._first) > 1 else low
        if self._known is None:
            return high
        while True:
            open_ = low < high
            if not open_.any():
                return low
            middle = np.where(open_, (low + high) // 2, 0)
            before = open_ & (self._known[middle] < cutoffs)
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)

    def _within(self, anchors: Positions, start: Ints, end: Ints, cutoffs: Times, window: int | None) -> Ints:
        if self._known is None or window is None:
            return start
        low: Ints = np.clip(self._before(anchors, back(cutoffs, window)), start, end)
        return low

    def _stands(self, node: Aggregation) -> bool:
        # where a row came to be known after its own time, a window is no range
        if foreign(node):
            return False
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
        key = _key(node)
        if key not in self._columns:
            values, held = self._values(node, self._held, self._order, self._own)
            windows = any(key == _key(other) and other.window is not None for other in self._wanted.values())
            self._columns[key] = Column(values, self._starts, self._layout, windows=windows), held
        return self._columns[key]

    def _mask(self, node: Aggregation, held: Mapping[Node, pl.Series], within: Mask | None) -> Mask | None:
        if node.where is None:
            return within
        base = held[node.where.base]
        mask: Mask = (base == node.where.value).fill_null(value=False).to_numpy()
        return mask if within is None else mask & within

    def _values(
        self, node: Aggregation, held: Mapping[Node, pl.Series], order: Ints, own: Times | None
    ) -> tuple[Values, pl.Series | None]:
        needs = AGGREGATIONS[node.primitive].needs
        mask = self._mask(node, held, None)
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
                if foreign(node):
                    mask = self._mask(node, held, within)
                    bases_of = [held[base] for base in (node.base, *node.others) if base is not None]
                    found[name].append(aggregated(node, bases_of, offsets, self._order[place], mask, cutoffs[part]))
                    continue
                values, series = self._values(node, held, self._order[place], own)
                segments = Segments(values.only(within), offsets)
                found[name].append(aggregate(node.primitive, node.part, segments, series, cutoffs[part]))
        return {name: pl.concat(series) for name, series in found.items()}


def _key(node: Aggregation) -> tuple[Node | None, Where | None, str]:
    """What aggregations over the same values have in common."""
    needs = "" if foreign(node) else AGGREGATIONS[node.primitive].needs
    return node.base, node.where, needs


def _sorted(anchors: Positions, rank: Ints, known: Times | None) -> Ints:
    """The order by ancestor, by when a row was known (None: as by its own time), and by its own time."""
    if known is not None:
        late: Ints = np.lexsort((rank, known, anchors))
        return late
    width = int(rank.max(initial=0)) + 1
    # no two rows have the same key, so any sort will do
    found: Ints = pl.Series(anchors * width + rank).arg_sort().to_numpy().astype(np.int64)
    return found


def _bases(node: Aggregation) -> Iterable[Node]:
    if node.base is not None:
        yield node.base
    yield from node.others
    if node.where is not None:
        yield node.where.base


def numbers(series: pl.Series) -> Floats:
    """The values as numbers, NaN where there is none."""
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
