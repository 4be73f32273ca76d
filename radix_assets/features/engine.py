"""Running a plan: the trees are merged into stages, one for each table on the way, and each path is walked once."""

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
from radix_assets.features.history import Child, History
from radix_assets.features.settled import settled
from radix_assets.features.totals import Totals, totalable
from radix_assets.features.transforms import transform


@dataclass
class View:
    """Some rows of a table: new ones, given by their raw columns, or rows of the snapshot, by their positions."""

    cutoffs: Times
    rows: pl.DataFrame | None = None
    positions: Positions = field(default_factory=lambda: np.empty(0, dtype=np.int64))


class Total:
    """Aggregations as of one moment, made by grouping, held by the ancestor's position."""

    def __init__(self, store: Store, totals: Totals, path: tuple[int, ...], nodes: dict[str, Aggregation]) -> None:
        link = path[0]
        frame: pl.DataFrame = totals.totals(path, nodes).collect()
        place = store.own(link, frame.select(totals.key(link, parent=False)), totals.key(link, parent=False))
        self._slots = np.full(store.rows(store.plan.links[link].parent) + 1, -1, dtype=np.int64)
        self._slots[place] = np.arange(len(place))  # what no ancestor has is written behind the last one
        self._slots[-1] = -1
        self._values = frame.select(list(nodes))
        self._empty = [
            pl.col(name).fill_null(empty)
            for name, node in nodes.items()
            if (empty := AGGREGATIONS[node.primitive].empty) is not None
        ]

    def at(self, positions: Positions, cutoffs: Times) -> pl.DataFrame:
        """The values for these rows of the ancestor."""
        del cutoffs
        return self._values.select(pl.all().gather(nullable(self._slots[positions]))).with_columns(self._empty)


class Stage:
    """All nodes that have their values on one table's rows, ready to be computed for any view of it."""

    def __init__(
        self,
        store: Store,
        table: str,
        nodes: Sequence[Node],
        totals: Totals | None = None,
        asked: View | None = None,
    ) -> None:
        """With `totals` all is as of their one moment; without, each row of a view has its own cutoff.

        With `asked` no other rows and moments will be asked for, so that only what was known by then is made ready.
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
        """The columns of `compute` that have the nodes' values; equal nodes have one."""
        self._exprs = [expression(store, table, node).alias(self._ids[node]) for node in self._own]
        self._held: pl.DataFrame | None = None
        self._above = [
            (
                link,
                Stage(
                    store,
                    store.plan.links[link].parent,
                    [node.base for node in directs],
                    totals,
                    asked and View(asked.cutoffs, positions=self._parents(link, asked)),
                ),
                directs,
            )
            for link, directs in self._up.items()
        ]
        self._below = [
            (path[0], Total(store, totals, path, down) if whole and totals else self._history(path, down, asked))
            for (path, whole), down in self._down.items()
        ]

    def compute(self, view: View) -> pl.DataFrame:
        """The nodes' values, a row for each row of the view."""
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
        """The position of each row's parent that was known by then."""
        if view.rows is not None:
            parents = self._store.find(link, view.rows)
        else:
            parents = follow(view.positions, self._store.linked(link))
        return only_known(parents, self._store.times(self._store.plan.links[link].parent), view.cutoffs)

    def _places(self, link: int, view: View) -> Positions:
        """The position of each row itself, which a relationship's children refer to."""
        return self._store.own(link, view.rows) if view.rows is not None else view.positions

    def heavy(self, view: View, most: int) -> set[Node]:
        """The nodes for which more than `most` rows of other tables would have to be evaluated anew for the view."""
        found: set[Node] = set()
        for link, stage, directs in self._above:
            place = self._store.find(link, view.rows) if view.rows is not None else view.positions
            bases = stage.heavy(View(view.cutoffs, positions=place), most)
            found |= {node for node in directs if node.base in bases}
        for link, below in self._below:
            if isinstance(below, History):
                found |= below.heavy(self._places(link, view), view.cutoffs, most)
        return found | {node for node in self._later if found & set(node.bases)}

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

    def _history(self, path: tuple[int, ...], nodes: dict[str, Aggregation], asked: View | None) -> History:
        """Walk the path upwards from the last child: whose ancestor each row is under, and since when it is known."""
        store, links = self._store, self._store.plan.links
        table = links[path[-1]].child
        anchors, times = descent(store, path)
        ancestors = store.rows(links[path[0]].parent)
        later: View | None = None
        if asked is not None:
            latest_asked = _latest(self._places(path[0], asked), asked.cutoffs, ancestors)
            wanted = np.where(anchors >= 0, latest_asked[anchors], ALWAYS)
            anchors = np.where(wanted > (ALWAYS if times is None else times), anchors, MISSING)
            rows = np.flatnonzero(anchors >= 0)
            later = View(wanted[rows], positions=rows)
        child = Child(anchors, times, store.times(table), ancestors, store.rank(table))
        stages: dict[tuple[bool, tuple[Node, ...]], Stage] = {}

        def evaluate(bases: list[Node], positions: Positions, cutoffs: Times) -> list[pl.Series]:
            # what stands still is read as of now, whatever is asked
            still = later is None or bool((cutoffs == NEVER).all())
            key = still, tuple(bases)
            if key not in stages:
                stages[key] = Stage(store, table, bases, asked=None if still else later)
            return stages[key].compute(View(cutoffs, positions=positions)).get_columns()

        def stands(node: Node, positions: Positions) -> bool:
            return store.static or settled(store, table, node, times, positions)

        return History(child, nodes, evaluate, stands)


def _moments(cutoffs: Times) -> pl.Series:
    """As datetimes, null where it is now."""
    return pl.Series("now", cutoffs).set(pl.Series(cutoffs == NEVER), None).cast(pl.Datetime("us"))


def _latest(anchors: Positions, cutoffs: Times, ancestors: int) -> Times:
    """The last moment at which each ancestor is asked about."""
    found = np.full(ancestors + 1, ALWAYS, dtype=np.int64)
    np.maximum.at(found, anchors, cutoffs)  # who is no ancestor is counted behind the last one
    found[-1] = ALWAYS
    return found


def descent(store: Store, path: tuple[int, ...]) -> tuple[Positions, Times | None]:
    """For each row at the end of a path: its ancestor's position, and since when it and all between are known."""
    links = store.plan.links
    table = links[path[-1]].child
    place = np.arange(store.rows(table), dtype=np.int64)
    times = store.times(table)
    for step in reversed(path):
        place = follow(place, store.linked(step))
        if step != path[0]:
            times = latest(times, store.times(links[step].parent), place)
    return place, times
