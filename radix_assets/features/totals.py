"""Aggregate all rows under each ancestor as of one time: plain grouping, one pass per relationship.

The code uses only expressions that Narwhals and Polars share, so that any engine can run it: what an engine must add is
in `Tables`. The rows of a child are grouped once, by its direct parent; for ancestors farther up these partial results
are merged, so the largest table is read once however many levels are above it. Counts, sums and extremes merge
directly, deviations and skewness by their sums of powers around the mean, modes and distinct values by value counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import polars as pl

from radix_assets.asof.plan import Aggregation, Direct, Identity, Link, Node, Transform, Where, walk
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.fallback import foreign, timed
from radix_assets.features.partials import Frame, Module, finished, grouped, merged, most, parts

KNOWN = "__known"
"""Column: whether the row was known before the time of the aggregation."""
OWN = "__own"
"""Column: the row's own time in microseconds, or the latest of the rows it references; null if there is none."""

Series = tuple[Node | None, Where | None, int | None]
"""The aggregated node, its condition and its window."""


class Tables(Protocol):
    """Protocol of an engine: rows of snapshots as lazy frames, and the few operations that Narwhals lacks."""

    expressions: Module
    """narwhals, or a module with the same expressions, for this engine's frames."""

    def rows(self, table: str, nodes: dict[str, Node], keys: dict[str, tuple[int, bool, int]]) -> Frame:
        """Return all rows of a table, with OWN (if it has a time index) and these columns.

        `nodes` are columns and functions of them, `keys` the parts of keys: the relationship, whether of its parent's
        side, and which part; both sides of a relationship have the same type.
        """

    def first(self, frame: Frame, keys: Sequence[str]) -> Frame:
        """Return the first row of each key."""

    def transformed(self, frame: Frame, name: str, primitive: str, bases: Sequence[str]) -> Frame:
        """Add a column: a function of other columns."""

    def counted(self, frame: Frame, keys: Sequence[str], name: str) -> tuple[Frame, pl.Series]:
        """Count each non-null value of a column under each key.

        Return rows of the keys, `x` (Int64: the value's position in the sorted dictionary, which is returned too) and
        `n` (Int64).
        """

    def decoded(self, frame: Frame, name: str, dictionary: pl.Series) -> Frame:
        """Replace this column's positions in the dictionary by the values."""

    def materialized(self, frame: Frame, *, counts: bool = False) -> Frame:
        """Return the same rows, computed once for all readers; `counts`: integer counts, exact in any order."""


def totalable(node: Node) -> bool:
    """Return whether the node can be computed by grouping alone."""
    return not any(
        foreign(part) or timed(part) or (isinstance(part, Aggregation) and not AGGREGATIONS[part.primitive].total)
        for part in walk(node)
    )


class Totals:
    """All aggregations of a plan as of one time."""

    def __init__(
        self, tables: Tables, links: Sequence[Link], times: Iterable[str], nodes: Iterable[Node], moment: int | None
    ) -> None:
        """`times` are the tables with a time index, `nodes` all nodes that will be requested.

        `moment` is in microseconds and only rows strictly before it count; None: now, when every row with a time is
        known.
        """
        self._tables, self._links, self._timed = tables, list(links), frozenset(times)
        self._x = tables.expressions
        self._groups: dict[int, dict[Aggregation, None]] = defaultdict(dict)
        for node in nodes:
            for part in walk(node):
                if isinstance(part, Aggregation) and totalable(part):
                    self._groups[part.path[-1]][part] = None
        self._moment = moment
        self._numbers: dict[tuple[int, ...], Frame] = {}
        self._counts: dict[tuple[int, ...], dict[Series, tuple[Frame, pl.Series]]] = {}
        self._children: dict[int, Frame | None] = {}
        self._series: dict[int, dict[Series, str]] = {}

    def totals(self, path: tuple[int, ...], nodes: dict[str, Aggregation]) -> Frame:
        """Return the aggregations over a path: a row per ancestor with any rows, by its key as in the child."""
        keys, series, x = self.key(path[0], parent=False), self._all_series(path[-1]), self._x
        frame = self._numbers_of(path)
        columns = [x.col(name) for name in keys]
        counted: dict[Series, dict[str, Aggregation]] = defaultdict(dict)
        for name, node in nodes.items():
            series_key = _series(node)
            if AGGREGATIONS[node.primitive].needs == "codes":
                counted[series_key][name] = node
            else:
                columns.append(
                    finished(x, node.primitive, series[series_key], self._rows(path[-1], series_key)).alias(name)
                )
        result = frame.select(
            *columns, *(x.col(rows) for rows in {self._rows(path[-1], series_key) for series_key in counted})
        )
        for series_key, askers in counted.items():
            result = self._with_counted(result, path, series_key, askers)
        return result.select(*keys, *nodes)

    def _with_counted(
        self, frame: Frame, path: tuple[int, ...], series_key: Series, nodes: dict[str, Aggregation]
    ) -> Frame:
        """Add the aggregations that are computed from value counts."""
        keys, x = self.key(path[0], parent=False), self._x
        counts, dictionary = self._counts_of(path)[series_key]
        frame = frame.join(most(x, counts, keys, max(1, len(dictionary))), on=keys, how="left")
        unique = x.when(x.col(self._rows(path[-1], series_key)) > 0).then(x.col("unique").fill_null(0.0))
        frame = frame.with_columns(
            *((unique if node.primitive == "num_unique" else x.col("mode")).alias(n) for n, node in nodes.items())
        ).drop("unique", "mode")
        for name, node in nodes.items():
            if node.primitive == "mode":
                frame = self._tables.decoded(frame, name, dictionary)
        return frame

    def _rows(self, link: int, series_key: Series) -> str:
        """Return the column that counts the rows of a series."""
        _, where, window = series_key
        return "n" if where is None and window is None else f"n {self._all_series(link)[series_key]}"

    def key(self, link: int, *, parent: bool) -> list[str]:
        """Return the columns of one side of a relationship."""
        side = "p" if parent else "c"
        return [f"{side}{link}.{i}" for i in range(len(self._links[link].child_columns))]

    def table(self, name: str, nodes: dict[str, Node], keys: Sequence[tuple[int, bool]]) -> Frame:
        """Return the known rows of a table with these nodes and keys (relationship, whether the parent's side)."""
        return self._known(self._frame(name, nodes, keys), name).drop(KNOWN)

    def _frame(
        self, name: str, nodes: dict[str, Node], keys: Sequence[tuple[int, bool]], *, single: int | None = None
    ) -> Frame:
        ids = _Names(nodes)
        own, up, down, later = ids.sorted()
        sides = dict.fromkeys(keys)
        inherited = [] if name in self._timed else [i for i in self._up(name) if self._has_time(self._links[i].parent)]
        for link in [*up, *inherited]:
            sides.setdefault((link, False))
        for path in down:
            sides.setdefault((path[0], True))
        parts = {
            column: (link, parent, i)
            for link, parent in sides
            for i, column in enumerate(self.key(link, parent=parent))
        }
        frame = self._tables.rows(name, own, parts)
        if single is not None:
            frame = self._tables.first(frame, self.key(single, parent=True))
        frame = self._marked(frame, name, inherited)
        for link, directs in up.items():
            bases = {f"up {column}": node.base for column, node in directs.items()}
            above = self._frame(self._links[link].parent, bases, [(link, True)], single=link)
            above = self._known(above, self._links[link].parent).select(*self.key(link, parent=True), *bases)
            frame = self._joined(frame, above, link).rename({f"up {column}": column for column in directs})
        for path, aggregations in down.items():
            below = self.totals(path, aggregations)
            keys_up, keys_down = self.key(path[0], parent=True), self.key(path[0], parent=False)
            below = below.rename(dict(zip(keys_down, [f"down {key}" for key in keys_down], strict=True)))
            frame = frame.join(below, left_on=keys_up, right_on=[f"down {key}" for key in keys_down], how="left")
            filled = [
                self._x.col(column).fill_null(empty)
                for column, node in aggregations.items()
                if (empty := AGGREGATIONS[node.primitive].empty) is not None
            ]
            frame = frame.with_columns(filled) if filled else frame
        for column, node in later.items():
            frame = self._tables.transformed(frame, column, node.primitive, [ids.name(base) for base in node.bases])
        columns = [self._x.col(ids.name(node)).alias(column) for column, node in nodes.items()]
        extra = [OWN] if self._has_time(name) else []
        return frame.select(
            *columns, *(key for link, parent in keys for key in self.key(link, parent=parent)), *extra, KNOWN
        )

    def _known(self, frame: Frame, name: str) -> Frame:
        return frame.filter(self._x.col(KNOWN)) if self._has_time(name) else frame

    def _marked(self, frame: Frame, name: str, inherited: list[int]) -> Frame:
        """Add KNOWN, by the row's own time or else by the rows it references; OWN is then the latest of these."""
        if name in self._timed:
            known = ~self._x.col(OWN).is_null()
            if self._moment is not None:
                known = known & (self._x.col(OWN) < self._moment)
            return frame.with_columns(known.fill_null(False).alias(KNOWN))
        x = self._x
        frame = frame.with_columns(x.lit(True).alias(KNOWN))
        times = []
        for link in inherited:
            parent = self._links[link].parent
            above = self._frame(parent, {}, [(link, True)], single=link)
            times.append(f"then {link}")
            above = above.select(*self.key(link, parent=True), x.col(KNOWN).alias("there"), x.col(OWN).alias(times[-1]))
            frame = self._joined(frame, above, link)
            frame = frame.with_columns((x.col(KNOWN) & x.col("there").fill_null(True)).alias(KNOWN)).drop("there")
        return frame.with_columns(x.max_horizontal(*times).alias(OWN)).drop(*times) if times else frame

    def _joined(self, frame: Frame, above: Frame, link: int) -> Frame:
        return frame.join(above, left_on=self.key(link, parent=False), right_on=self.key(link, parent=True), how="left")

    def _up(self, name: str) -> list[int]:
        return [number for number, link in enumerate(self._links) if link.child == name]

    def _has_time(self, name: str) -> bool:
        return name in self._timed or any(self._has_time(self._links[link].parent) for link in self._up(name))

    def _all_series(self, link: int) -> dict[Series, str]:
        """Return every series over the rows of a relationship's child, with a short name."""
        if link not in self._series:
            keys = dict.fromkeys(_series(node) for node in self._groups[link])
            self._series[link] = {series_key: str(i) for i, series_key in enumerate(keys)}
        return self._series[link]

    def _child(self, link: int, wanted: Iterable[Series]) -> Frame:
        """Return the child's rows with columns for each series: `n i` whether the row counts, `x i` its value."""
        series = {one: name for one, name in self._all_series(link).items() if one in set(wanted)}
        bases: dict[Node, None] = {}
        for base, where, _ in series:
            bases |= {base: None} if base is not None else {}
            bases |= {where.base: None} if where is not None else {}
        names, x = {base: f"b{i}" for i, base in enumerate(bases)}, self._x
        child = self._links[link].child
        frame = self._frame(child, {name: base for base, name in names.items()}, [(link, False)])
        frame = self._known(frame, child)
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
        keys = self.key(link, parent=False)
        frame = frame.filter(*(~x.col(key).is_null() for key in keys)).select(*keys, *columns)
        # values of aggregations are in memory already, and would be computed again for every reader
        return (
            self._tables.materialized(frame)
            if any(isinstance(p, Aggregation) for b in bases for p in walk(b))
            else frame
        )

    def _within(self, child: str, window: int) -> Any:
        if not self._has_time(child):
            return self._x.lit(True)
        if self._moment is None:
            return self._x.lit(False)
        return (self._x.col(OWN) >= self._moment - window).fill_null(False)

    def _numbers_of(self, path: tuple[int, ...]) -> Frame:
        """Return the partial results of every series for each ancestor."""
        if path not in self._numbers:
            link, series = path[-1], self._all_series(path[-1])
            keys = self.key(path[0], parent=False)
            primitives: dict[Series, set[str]] = defaultdict(set)
            for node in self._groups[link]:
                primitives[_series(node)].add(node.primitive)
            needs = {name: parts(primitives[series_key]) for series_key, name in series.items()}
            masked = {name for (_, where, window), name in series.items() if where is not None or window is not None}
            if len(path) == 1:
                read = [series_key for series_key, name in series.items() if needs[name].strip("n") or name in masked]
                frame = grouped(self._x, self._read(link, read), keys, needs, masked)
            else:
                frame = merged(self._x, self._lifted(self._numbers_of(path[1:]), path), keys, needs, masked)
            # sorted, so that sums of sums are always computed in the same order
            self._numbers[path] = self._tables.materialized(frame.sort(keys))
        return self._numbers[path]

    def _read(self, link: int, wanted: list[Series]) -> Frame:
        """Return the child's rows with at least these series; computed once for all series if materialized."""
        if link not in self._children:
            all_series = [series_key for series_key in self._all_series(link) if not self._constant(link, series_key)]
            whole = any(isinstance(p, Aggregation) for series_key in all_series for p in _parts_of(series_key))
            self._children[link] = self._child(link, all_series) if whole else None
        cached = self._children[link]
        return self._child(link, wanted) if cached is None else cached

    def _constant(self, link: int, series_key: Series) -> bool:
        """Return whether the value is equal for all rows under a parent, since it is the parent's."""
        base, where, window = series_key
        return isinstance(base, Direct) and base.link == link and where is None and window is None

    def _lifted(self, frame: Frame, path: tuple[int, ...]) -> Frame:
        """Convert rows by the key of the second relationship to rows by the key of the first."""
        middle = self._links[path[0]].child
        between = self._frame(middle, {}, [(path[1], True), (path[0], False)], single=path[1])
        between = self._known(between, middle).drop(KNOWN)
        here = self.key(path[0], parent=False)
        below = self.key(path[1], parent=False)
        frame = frame.join(between, left_on=below, right_on=self.key(path[1], parent=True), how="inner").sort(below)
        return frame.filter(*(~self._x.col(key).is_null() for key in here)).drop(*below)

    def _counts_of(self, path: tuple[int, ...]) -> dict[Series, tuple[Frame, pl.Series]]:
        """Return value counts: rows of key, `x` (position in the dictionary) and `n`."""
        if path not in self._counts:
            keys, link = self.key(path[0], parent=False), path[-1]
            counted = {}
            if len(path) == 1:
                needed = [_series(n) for n in self._groups[link] if AGGREGATIONS[n.primitive].needs == "codes"]
                for series_key in dict.fromkeys(needed):
                    if self._constant(link, series_key):
                        counted[series_key] = self._of_parents(link, series_key)
                    else:
                        name = f"x {self._all_series(link)[series_key]}"
                        counted[series_key] = self._tables.counted(self._read(link, [series_key]), keys, name)
            else:
                for series_key, (counts, dictionary) in self._counts_of(path[1:]).items():
                    merged = self._lifted(counts, path).group_by([*keys, "x"]).agg(self._x.col("n").sum())
                    counted[series_key] = (self._tables.materialized(merged, counts=True), dictionary)
            self._counts[path] = counted
        return self._counts[path]

    def _of_parents(self, link: int, series_key: Series) -> tuple[Frame, pl.Series]:
        """Return the value counts of a parent's value among its children: its number of rows."""
        parent, keys = self._links[link].parent, self.key(link, parent=False)
        base = series_key[0]
        assert isinstance(base, Direct)  # noqa: S101
        above = self._known(self._frame(parent, {"x": base.base}, [(link, True)], single=link), parent)
        renamed = dict(zip(self.key(link, parent=True), keys, strict=True))
        values, dictionary = self._tables.counted(above.rename(renamed), keys, "x")
        rows = self._numbers_of((link,)).select(*keys, self._x.col("n").cast(self._x.Int64).alias("n"))
        return self._tables.materialized(values.drop("n").join(rows, on=keys, how="inner"), counts=True), dictionary


def _parts_of(series_key: Series) -> list[Node]:
    base, where, _ = series_key
    return [*walk(base), *walk(where.base if where is not None else None)]


def _series(node: Aggregation) -> Series:
    return node.base, node.where, node.window


class _Names:
    """The nodes on a table's rows and their inputs on the same rows, each with a column of its own."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self._ids: dict[Node, str] = {}
        self._later: dict[str, Transform] = {}
        for node in nodes.values():
            self._add(node)

    def name(self, node: Node) -> str:
        return self._ids[node]

    def sorted(
        self,
    ) -> tuple[
        dict[str, Node],
        dict[int, dict[str, Direct]],
        dict[tuple[int, ...], dict[str, Aggregation]],
        dict[str, Transform],
    ]:
        """Return columns of the table, values of parents, aggregations, and functions of these."""
        own: dict[str, Node] = {}
        up: dict[int, dict[str, Direct]] = defaultdict(dict)
        down: dict[tuple[int, ...], dict[str, Aggregation]] = defaultdict(dict)
        for node, name in self._ids.items():
            if isinstance(node, Direct):
                up[node.link][name] = node
            elif isinstance(node, Aggregation):
                down[node.path][name] = node
            elif name not in self._later:
                own[name] = node
        return own, up, down, self._later

    def _add(self, node: Node) -> None:
        if node in self._ids:
            return
        if isinstance(node, Transform) and not all(isinstance(part, Identity | Transform) for part in walk(node)):
            for base in node.bases:
                self._add(base)
            self._ids[node] = f"v{len(self._ids)}"
            self._later[self._ids[node]] = node
        else:
            self._ids[node] = f"v{len(self._ids)}"
