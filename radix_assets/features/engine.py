"""Running a plan: the trees are merged into stages, one for each table on the way, and each path is walked once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from radix_assets.features.history import ALWAYS, NEVER, History, Times, Wanted
from radix_assets.features.keys import MISSING, Positions, follow, nullable
from radix_assets.features.plan import Aggregation, Direct, Identity, Node, Transform, walk
from radix_assets.features.readings import moment, read
from radix_assets.features.store import Store
from radix_assets.features.transforms import transform


@dataclass
class View:
    """Some rows of a table: new ones, given by their raw columns, or rows of the snapshot, by their positions."""

    cutoffs: Times
    rows: pl.DataFrame | None = None
    positions: Positions = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class Stage:
    """All nodes that have their values on one table's rows, ready to be computed for any view of it."""

    def __init__(self, store: Store, table: str, nodes: Sequence[Node]) -> None:
        self._store = store
        self._table = table
        self._ids: dict[Node, str] = {}
        self._own: list[Node] = []
        self._later: list[Transform] = []
        self._up: dict[int, list[Direct]] = {}
        self._down: dict[tuple[tuple[int, ...], tuple[int, ...]], list[Aggregation]] = {}
        for node in nodes:
            self._add(node)
        self.names = [self._ids[node] for node in nodes]
        """The columns of `compute`, in the order of the nodes."""
        self._exprs = [self._expr(node).alias(self._ids[node]) for node in self._own]
        self._held: pl.DataFrame | None = None
        self._above = [
            (link, Stage(store, store.plan.links[link].parent, [node.base for node in directs]), directs)
            for link, directs in self._up.items()
        ]
        self._below = [
            (path[0], self._history(path, chain, aggregations)) for (path, chain), aggregations in self._down.items()
        ]

    def compute(self, view: View) -> pl.DataFrame:
        """The nodes' values, a row for each row of the view."""
        parts = [self._here(view)] if self._own else []
        for link, stage, directs in self._above:
            if view.rows is not None:
                parents = self._store.find(link, view.rows)
            else:
                parents = follow(view.positions, self._store.linked(link))
            parents = known(parents, self._store.times(self._store.plan.links[link].parent), view.cutoffs)
            values = stage.compute(View(view.cutoffs, positions=parents))
            parts.append(values.rename(dict(zip(stage.names, (self._ids[node] for node in directs), strict=True))))
        for link, history in self._below:
            place = self._store.own(link, view.rows) if view.rows is not None else view.positions
            parts.append(history.at(place, view.cutoffs))
        frame = pl.concat(parts, how="horizontal")
        for node in self._later:
            frame = frame.with_columns(transform(node.primitive, pl.col(self._ids[node.base])).alias(self._ids[node]))
        return frame.select(self.names)

    def _here(self, view: View) -> pl.DataFrame:
        if view.rows is not None:
            return view.rows.select(self._exprs)
        if self._held is None:
            columns = [
                c for node in self._own for part in walk(node) if isinstance(part, Identity) for c in part.columns
            ]
            self._held = self._store.frame(self._table, columns).select(self._exprs)
        return self._held.select(pl.all().gather(nullable(view.positions)))

    def _add(self, node: Node) -> None:
        """Sort the node, and what it needs on the same rows, by how it is computed."""
        if node in self._ids:
            return
        self._ids[node] = str(len(self._ids))
        if all(isinstance(part, Identity | Transform) for part in walk(node)):
            self._own.append(node)
        elif isinstance(node, Transform):
            self._add(node.base)
            self._later.append(node)
        elif isinstance(node, Direct):
            self._up.setdefault(node.link, []).append(node)
        elif isinstance(node, Aggregation):
            # what is read off other rows may become known later than the row itself: it has an order of time of its own
            chain = tuple(part.link for part in walk(node.base) if isinstance(part, Direct))
            self._down.setdefault((node.path, chain), []).append(node)

    def _expr(self, node: Node) -> pl.Expr:
        if isinstance(node, Transform):
            return transform(node.primitive, self._expr(node.base))
        if not isinstance(node, Identity):
            raise TypeError(node)
        self._store.require(self._table, node.columns)
        schema = self._store.schema(self._table)
        if node.reading == "datetime" and node.columns == self._store.plan.times.get(self._table):
            return moment(node.columns, schema)
        return read(node.columns[0], schema[node.columns[0]], node.reading)

    def _history(self, path: tuple[int, ...], chain: tuple[int, ...], nodes: list[Aggregation]) -> History:
        """Walk the path upwards from the last child: whose ancestor each row is under, and since when it is known."""
        store, links = self._store, self._store.plan.links
        child = links[path[-1]].child
        rows = np.arange(store.rows(child), dtype=np.int64)
        order = store.times(child)
        times, place = order, rows
        for step in reversed(path):
            place = follow(place, store.linked(step))
            if step != path[0]:
                times = latest(times, store.times(links[step].parent), place)
        anchors, place = place, rows
        for step in chain:
            place = follow(place, store.linked(step))
            times = latest(times, store.times(links[step].parent), place)
        if times is not None and store.plan.static:
            anchors, times = np.where(times == NEVER, MISSING, anchors), None
        bases = list(dict.fromkeys(node.base for node in nodes if node.base is not None))
        stage = Stage(store, child, bases)
        now = np.full(len(rows), NEVER, dtype=np.int64)
        values = stage.compute(View(now, positions=rows)) if bases else pl.DataFrame()
        columns = dict(zip(bases, stage.names, strict=True))
        wanted = [
            Wanted(self._ids[node], node.primitive, columns[node.base] if node.base is not None else "")
            for node in nodes
        ]
        return History(values, anchors, times, order, wanted)


def known(positions: Positions, times: Times | None, cutoffs: Times) -> Positions:
    """The positions, without those of rows that were not known strictly before the cutoff."""
    if times is None or not len(times):
        return positions
    return np.where((positions >= 0) & (times[positions] < cutoffs), positions, MISSING)


def latest(times: Times | None, others: Times | None, place: Positions) -> Times | None:
    """The later of each row's time and of the time of the row at its place."""
    if others is None or not len(others):
        return times
    above = np.where(place >= 0, others[place], ALWAYS)
    return above if times is None else np.maximum(times, above)
