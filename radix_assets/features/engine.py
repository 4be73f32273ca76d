"""Run a plan in memory: trees are merged into one stage per table on the way, and each path is walked once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from radix_assets.asof.keys import MISSING, Positions, follow
from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Transform, walk
from radix_assets.asof.store import Store
from radix_assets.asof.times import ALWAYS, NEVER, Times, latest, only_known
from radix_assets.features.aggregations import AGGREGATIONS, nullable
from radix_assets.features.expressions import expression
from radix_assets.features.fallback import foreign, timed, transformed
from radix_assets.features.finality import is_final
from radix_assets.features.history import Child, History
from radix_assets.features.totals.series import totalable
from radix_assets.features.totals.totals import Totals
from radix_assets.features.transforms import transform


@dataclass
class View:
    """Rows of a table with their cutoffs: new ones by their raw columns, or rows of the snapshot by position."""

    cutoffs: Times
    rows: pl.DataFrame | None = None
    positions: Positions = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class Total:
    """Aggregations as of one time, computed by grouping, indexed by the ancestor's position."""

    def __init__(self, store: Store, totals: Totals, path: tuple[int, ...], nodes: dict[str, Aggregation]) -> None:
        link = path[0]
        frame: pl.DataFrame = totals.totals(path, nodes).collect()
        positions = store.own(link, frame.select(totals.key(link, parent=False)), totals.key(link, parent=False))
        self._slots = np.full(store.rows(store.plan.links[link].parent) + 1, -1, dtype=np.int64)
        self._slots[positions] = np.arange(len(positions))  # rows without an ancestor go to an extra slot at the end
        self._slots[-1] = -1
        self._values = frame.select(list(nodes))
        self._empty = [
            pl.col(name).fill_null(empty)
            for name, node in nodes.items()
            if (empty := AGGREGATIONS[node.primitive].empty) is not None
        ]

    def at(self, positions: Positions, cutoffs: Times) -> pl.DataFrame:
        """Return the values for these rows of the ancestor."""
        del cutoffs
        return self._values.select(pl.all().gather(nullable(self._slots[positions]))).with_columns(self._empty)


class Stage:
    """All nodes with values on one table's rows, ready to be computed for any view of it."""

    def __init__(
        self,
        store: Store,
        table: str,
        nodes: Sequence[Node],
        totals: Totals | None = None,
        only_view: View | None = None,
    ) -> None:
        """With `totals` everything is as of their single time; without, each row of a view has its own cutoff.

        With `only_view` no other rows and cutoffs will be requested, so that only what was known by then is prepared.
        """
        self._store = store
        self._table = table
        self._totals = totals
        self._ids: dict[Node, str] = {}
        self._own: list[Node] = []
        self._later: list[Transform] = []
        self._up: dict[int, list[Direct]] = {}
        self._down: dict[tuple[tuple[int, ...], bool], dict[str, Aggregation]] = {}
        for node in nodes:
            self._add(node)
        self.names = [self._ids[node] for node in nodes]
        """The columns of `compute` with the nodes' values; equal nodes share one."""
        self._exprs = [expression(store, table, node).alias(self._ids[node]) for node in self._own]
        self._row_values: pl.DataFrame | None = None
        self._above = [
            (
                link,
                Stage(
                    store,
                    store.plan.links[link].parent,
                    [node.base for node in directs],
                    totals,
                    only_view and View(only_view.cutoffs, positions=self._parents(link, only_view)),
                ),
                directs,
            )
            for link, directs in self._up.items()
        ]
        self._below = [
            (path[0], Total(store, totals, path, down) if whole and totals else self._history(path, down, only_view))
            for (path, whole), down in self._down.items()
        ]

    def compute(self, view: View) -> pl.DataFrame:
        """Return the nodes' values, one row per row of the view."""
        parts = [self._here(view)] if self._own else []
        for link, stage, directs in self._above:
            values = stage.compute(View(view.cutoffs, positions=self._parents(link, view)))
            parts.append(values.rename(dict(zip(stage.names, (self._ids[node] for node in directs), strict=True))))
        for link, below in self._below:
            parts.append(below.at(self._places(link, view), view.cutoffs))
        frame = pl.concat(parts, how="horizontal")
        for node in self._later:
            if foreign(node):
                made = transformed(node, [frame[self._ids[base]] for base in node.bases], view.cutoffs)
                frame = frame.with_columns(made.alias(self._ids[node]))
                continue
            bases = [pl.col(self._ids[base]) for base in node.bases]
            if timed(node):
                bases.append(pl.lit(_moments(view.cutoffs)))
            frame = frame.with_columns(transform(node.primitive, *bases).alias(self._ids[node]))
        return frame.select(list(dict.fromkeys(self.names)))

    def _parents(self, link: int, view: View) -> Positions:
        """Return the position of each row's parent, if it was known before the cutoff."""
        if view.rows is not None:
            parents = self._store.find(link, view.rows)
        else:
            parents = follow(view.positions, self._store.linked(link))
        return only_known(parents, self._store.times(self._store.plan.links[link].parent), view.cutoffs)

    def _places(self, link: int, view: View) -> Positions:
        """Return the position of each row itself, which the children of a relationship refer to."""
        return self._store.own(link, view.rows) if view.rows is not None else view.positions

    def heavy(self, view: View, most: int) -> set[Node]:
        """Return the nodes for which over `most` rows of other tables would be evaluated one by one for the view."""
        costly: set[Node] = set()
        for link, stage, directs in self._above:
            positions = self._store.find(link, view.rows) if view.rows is not None else view.positions
            bases = stage.heavy(View(view.cutoffs, positions=positions), most)
            costly |= {node for node in directs if node.base in bases}
        for link, below in self._below:
            if isinstance(below, History):
                costly |= below.heavy(self._places(link, view), view.cutoffs, most)
        return costly | {node for node in self._later if costly & set(node.bases)}

    def _here(self, view: View) -> pl.DataFrame:
        if view.rows is not None:
            return view.rows.select(self._exprs)
        if self._row_values is None:
            columns = [
                c for node in self._own for part in walk(node) if isinstance(part, Identity) for c in part.columns
            ]
            self._row_values = self._store.frame(self._table, columns).select(self._exprs)
        return self._row_values.select(pl.all().gather(nullable(view.positions)))

    def _add(self, node: Node) -> None:
        """Classify the node, and its inputs on the same rows, by how they are computed."""
        if node in self._ids:
            return
        self._ids[node] = str(len(self._ids))
        if all(isinstance(part, Identity | Transform) and not foreign(part) and not timed(part) for part in walk(node)):
            self._own.append(node)
        elif isinstance(node, Transform):
            for base in node.bases:
                self._add(base)
            self._later.append(node)
        elif isinstance(node, Direct):
            self._up.setdefault(node.link, []).append(node)
        elif isinstance(node, Aggregation):
            whole = self._totals is not None and totalable(node)
            self._down.setdefault((node.path, whole), {})[self._ids[node]] = node

    def _history(self, path: tuple[int, ...], nodes: dict[str, Aggregation], only_view: View | None) -> History:
        """Build the history of a path: find the ancestor of each row of the last child, and since when it is known."""
        store, links = self._store, self._store.plan.links
        table = links[path[-1]].child
        anchors, times = descent(store, path)
        ancestors = store.rows(links[path[0]].parent)
        later: View | None = None
        if only_view is not None:
            last_cutoffs = _latest(self._places(path[0], only_view), only_view.cutoffs, ancestors)
            row_cutoffs = np.where(anchors >= 0, last_cutoffs[anchors], ALWAYS)
            anchors = np.where(row_cutoffs > (ALWAYS if times is None else times), anchors, MISSING)
            rows = np.flatnonzero(anchors >= 0)
            later = View(row_cutoffs[rows], positions=rows)
        child = Child(anchors, times, store.times(table), ancestors, store.rank(table))
        stages: dict[tuple[bool, tuple[Node, ...]], Stage] = {}

        def evaluate(bases: list[Node], positions: Positions, cutoffs: Times) -> list[pl.Series]:
            # final values are read as of now, whatever the cutoffs
            independent = later is None or bool((cutoffs == NEVER).all())
            key = independent, tuple(bases)
            if key not in stages:
                stages[key] = Stage(store, table, bases, only_view=None if independent else later)
            return stages[key].compute(View(cutoffs, positions=positions)).get_columns()

        def final(node: Node, positions: Positions) -> bool:
            return store.static or is_final(store, table, node, times, positions)

        return History(child, nodes, evaluate, final)


def _moments(cutoffs: Times) -> pl.Series:
    """Return cutoffs as datetimes, null for now."""
    return pl.Series("now", cutoffs).set(pl.Series(cutoffs == NEVER), None).cast(pl.Datetime("us"))


def _latest(anchors: Positions, cutoffs: Times, ancestors: int) -> Times:
    """Return the last cutoff requested for each ancestor."""
    last_cutoffs = np.full(ancestors + 1, ALWAYS, dtype=np.int64)
    np.maximum.at(last_cutoffs, anchors, cutoffs)  # rows without an ancestor go to an extra slot at the end
    last_cutoffs[-1] = ALWAYS
    return last_cutoffs


def descent(store: Store, path: tuple[int, ...]) -> tuple[Positions, Times | None]:
    """Return for each row at the end of a path its ancestor's position, and since when it and all between are known."""
    links = store.plan.links
    table = links[path[-1]].child
    positions = np.arange(store.rows(table), dtype=np.int64)
    times = store.times(table)
    for step in reversed(path):
        positions = follow(positions, store.linked(step))
        if step != path[0]:
            times = latest(times, store.times(links[step].parent), positions)
    return positions, times
