"""Aggregate along a path for any ancestor's row as of any time, with one sort and one look-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from radix_assets.asof.keys import Positions
from radix_assets.asof.plan import Aggregation, Node, Where
from radix_assets.asof.times import NEVER, Times, back
from radix_assets.features.aggregations import AGGREGATIONS, aggregate
from radix_assets.features.encoding import encode
from radix_assets.features.fallback import aggregated, foreign
from radix_assets.features.ranges.column import Column
from radix_assets.features.ranges.layout import Layout
from radix_assets.features.ranges.ranges import Ranges, expanded
from radix_assets.features.segments import Floats, Ints, Mask, Segments, Values

Evaluate = Callable[[list[Node], Positions, Times], list[pl.Series]]
"""Nodes' values on these rows of the child, each as of its cutoff."""


@dataclass(frozen=True)
class Child:
    """The rows of a path, in the order of the child's snapshot."""

    anchors: Positions
    """Position of the ancestor's row that each row belongs to."""
    known: Times | None
    """Since when each row, and all rows between it and the ancestor, is known; None: always."""
    own: Times | None
    """Own time of each row, which determines the order of rows and the rows of a window."""
    ancestors: int
    """Number of rows of the ancestor's table."""
    rank: Ints
    """Rank of each row in the order of its own time; rows of equal time keep the table's order."""


class History:
    """Aggregations over the rows of one path, each strictly as of a cutoff: time < cutoff.

    Rows are sorted once, by ancestor and time. The rows of an ancestor at a cutoff are a range, found by binary search;
    a trailing window is a later start of the range. Values that are final once their row is known are aggregated from
    structures prepared for ranges; others (an aggregation over rows that come even later) are evaluated as of the
    cutoff for each row of the range.
    """

    def __init__(
        self,
        child: Child,
        nodes: Mapping[str, Aggregation],
        evaluate: Evaluate,
        is_final: Callable[[Node, Positions], bool],
    ) -> None:
        """`is_final` returns whether a node's value on these rows is final once they are known."""
        self._nodes, self._evaluate = dict(nodes), evaluate
        known = child.known
        positions = np.flatnonzero((child.anchors >= 0) & (True if known is None else known != NEVER))
        anchors = child.anchors[positions]
        rank = child.rank
        late = known is not None and child.own is not None and bool((child.own < known)[positions].any())
        self._late = late
        """Whether any row became known after its own time."""
        sort = _sorted(anchors, rank[positions], known[positions] if late and known is not None else None)
        self._rows = positions[sort]
        anchors = anchors[sort]
        self._known = None if known is None else known[self._rows]
        self._first = np.searchsorted(anchors, np.arange(child.ancestors + 1))
        self._starts = self._first[anchors]
        self._layout = Layout(self._starts)
        self._order = rank[self._rows]
        own_is_known = child.own is not None and not late and known is not None and np.array_equal(child.own, known)
        self._own = self._known if own_is_known else None if child.own is None else child.own[self._rows]
        self._columns: dict[tuple[Node | None, Where | None, str], tuple[Column, pl.Series | None]] = {}
        bases = {base for node in self._nodes.values() for base in _bases(node)}
        self._final = {base: is_final(base, self._rows) for base in bases}
        self._base_values: dict[Node, pl.Series] = {}
        self._prepare()

    def at(self, anchors: Positions, cutoffs: Times) -> pl.DataFrame:
        """Return the aggregations for these rows of the ancestor, each as known strictly before its cutoff."""
        inside = (anchors >= 0) & (anchors < len(self._first) - 1)
        anchors = np.where(inside, anchors, 0)
        start = np.where(inside, self._first[anchors] if len(self._first) > 1 else 0, 0)
        end = np.where(inside, self._before(anchors, cutoffs), start)
        results: dict[str, pl.Series] = {}
        later: dict[int | None, dict[str, Aggregation]] = {}
        lows: dict[int | None, Ints] = {None: start}
        ranges_by_column: dict[tuple[Column, int | None], Ranges] = {}
        for name, node in self._nodes.items():
            if node.window not in lows:
                lows[node.window] = self._within(anchors, start, end, cutoffs, node.window)
            if not self._is_final(node):
                later.setdefault(node.window, {})[name] = node
                continue
            column, values = self._column(node)
            if (column, node.window) not in ranges_by_column:
                ranges = Ranges(column, lows[node.window], end, whole=node.window is None)
                ranges_by_column[column, node.window] = ranges
            results[name] = aggregate(node.primitive, node.part, ranges_by_column[column, node.window], values, cutoffs)
        for window, nodes in later.items():
            results |= self._evaluated(nodes, lows[window], end, cutoffs, window)
        return pl.DataFrame({name: results[name] for name in self._nodes})

    def heavy(self, anchors: Positions, cutoffs: Times, most: int) -> set[Node]:
        """Return the aggregations for which more than `most` rows would have to be evaluated one by one."""
        later = {node for node in self._nodes.values() if not self._is_final(node)}
        valid = (anchors >= 0) & (anchors < len(self._first) - 1)
        anchors, cutoffs = anchors[valid], cutoffs[valid]
        if not later or not len(anchors):
            return set()
        end, costly = self._before(anchors, cutoffs), set[Node]()
        for window in {node.window for node in later}:
            start = self._first[anchors]
            low = self._within(anchors, start, end, cutoffs, window)
            if int((end - low).sum()) > most:
                costly |= {node for node in later if node.window == window}
        return costly

    def _before(self, anchors: Positions, cutoffs: Times) -> Ints:
        """Return the end of the rows of each ancestor that were known before the cutoff: a vectorized binary search."""
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

    def _is_final(self, node: Aggregation) -> bool:
        # if a row became known after its own time, a window is not a range
        if foreign(node):
            return False
        return all(self._final[base] for base in _bases(node)) and not (self._late and node.window is not None)

    def _prepare(self) -> None:
        """Evaluate values that are final once, on all rows."""
        nodes = [node for node in self._nodes.values() if self._is_final(node)]
        bases = list(dict.fromkeys(base for node in nodes for base in _bases(node)))
        now = np.full(len(self._rows), NEVER, dtype=np.int64)
        if bases:
            self._base_values = dict(zip(bases, self._evaluate(bases, self._rows, now), strict=True))
        for node in nodes:
            self._column(node)
        self._base_values.clear()

    def _column(self, node: Aggregation) -> tuple[Column, pl.Series | None]:
        key = _key(node)
        if key not in self._columns:
            values, series = self._values(node, self._base_values, self._order, self._own)
            windows = any(key == _key(other) and other.window is not None for other in self._nodes.values())
            self._columns[key] = Column(values, self._starts, self._layout, windows=windows), series
        return self._columns[key]

    def _mask(self, node: Aggregation, base_values: Mapping[Node, pl.Series], within: Mask | None) -> Mask | None:
        if node.where is None:
            return within
        base = base_values[node.where.base]
        mask: Mask = (base == node.where.value).fill_null(value=False).to_numpy()
        return mask if within is None else mask & within

    def _values(
        self, node: Aggregation, base_values: Mapping[Node, pl.Series], order: Ints, own: Times | None
    ) -> tuple[Values, pl.Series | None]:
        needs = AGGREGATIONS[node.primitive].needs
        mask = self._mask(node, base_values, None)
        series = None if node.base is None else base_values[node.base]
        values = Values(mask=mask, order=order, times=own)
        if needs == "rows" or series is None:
            return values, series
        if needs == "codes":
            codes, dictionary = encode(series)
            return replace(values, codes=codes), dictionary
        return replace(values, numbers=numbers(series)), series

    def _evaluated(
        self, nodes: Mapping[str, Aggregation], low: Ints, high: Ints, cutoffs: Times, window: int | None
    ) -> dict[str, pl.Series]:
        bases = list(dict.fromkeys(base for node in nodes.values() for base in _bases(node)))
        results: dict[str, list[pl.Series]] = {name: [] for name in nodes}
        for part, positions, offsets in expanded(low, high):
            row_cutoffs = np.repeat(cutoffs[part], np.diff(offsets))
            base_values: dict[Node, pl.Series] = {}
            if bases:
                base_values = dict(zip(bases, self._evaluate(bases, self._rows[positions], row_cutoffs), strict=True))
            own = None if self._own is None else self._own[positions]
            within = None if window is None or own is None else own >= back(row_cutoffs, window)
            for name, node in nodes.items():
                if foreign(node):
                    mask = self._mask(node, base_values, within)
                    bases_of = [base_values[base] for base in (node.base, *node.others) if base is not None]
                    results[name].append(
                        aggregated(node, bases_of, offsets, self._order[positions], mask, cutoffs[part])
                    )
                    continue
                values, series = self._values(node, base_values, self._order[positions], own)
                segments = Segments(values.only(within), offsets)
                results[name].append(aggregate(node.primitive, node.part, segments, series, cutoffs[part]))
        return {name: pl.concat(series) for name, series in results.items()}


def _key(node: Aggregation) -> tuple[Node | None, Where | None, str]:
    """Return the key that aggregations over the same values share."""
    needs = "" if foreign(node) else AGGREGATIONS[node.primitive].needs
    return node.base, node.where, needs


def _sorted(anchors: Positions, rank: Ints, known: Times | None) -> Ints:
    """Return the order by ancestor, by the time a row became known (None: its own time), and by its own time."""
    if known is not None:
        late: Ints = np.lexsort((rank, known, anchors))
        return late
    width = int(rank.max(initial=0)) + 1
    # no two rows have the same key, so the sort need not be stable
    order: Ints = pl.Series(anchors * width + rank).arg_sort().to_numpy().astype(np.int64)
    return order


def _bases(node: Aggregation) -> Iterable[Node]:
    if node.base is not None:
        yield node.base
    yield from node.others
    if node.where is not None:
        yield node.where.base


def numbers(series: pl.Series) -> Floats:
    """Return the values as numbers, NaN for null."""
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
