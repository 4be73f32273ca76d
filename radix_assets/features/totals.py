"""Aggregations of all rows under each ancestor as of one moment: plain grouping, one pass for each relationship.

Written in what the expressions of Narwhals and of Polars have in common, so that any engine runs it: what an engine
must add is in `Tables`. The rows of a child are grouped once, by its direct parent; for ancestors farther up these
partial results are merged, so the largest table is read once however many levels are above it. Counts, sums and
extremes merge as they are, deviations and skewness by their sums of powers around the mean, most frequent values and
distinct ones by the counts of values.
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
"""Column: whether the row was known before the moment."""
OWN = "__own"
"""Column: the row's own time in microseconds, or the latest of what it points to; null where there is none."""

Series = tuple[Node | None, Where | None, int | None]
"""What is aggregated, under which condition, in which window."""


class Tables(Protocol):
    """What an engine gives: rows of snapshots as lazy frames, and the few operations that Narwhals cannot say."""

    expressions: Module
    """narwhals, or a module with the same expressions, for this engine's frames."""

    def rows(self, table: str, nodes: dict[str, Node], keys: dict[str, tuple[int, bool, int]]) -> Frame:
        """All rows of a table, with OWN (where it has a time index) and these columns.

        `nodes` are columns and functions of them, `keys` the parts of keys: the relationship, whether of its parent's
        side, and which part; both sides of a relationship have the same type.
        """

    def first(self, frame: Frame, keys: Sequence[str]) -> Frame:
        """The first row of each key."""

    def transformed(self, frame: Frame, name: str, primitive: str, bases: Sequence[str]) -> Frame:
        """With one more column: a function of others."""

    def counted(self, frame: Frame, keys: Sequence[str], name: str) -> tuple[Frame, pl.Series]:
        """How often each value of a column occurs under each key, nulls aside.

        Rows of the keys, `x` (Int64: the value's place in the sorted dictionary that is returned too) and `n` (Int64).
        """

    def decoded(self, frame: Frame, name: str, dictionary: pl.Series) -> Frame:
        """With this column's places in the dictionary as the values again."""

    def held(self, frame: Frame, *, counts: bool = False) -> Frame:
        """The same rows, computed once for all who read them; `counts`: of whole numbers, exact in any order."""


def totalable(node: Node) -> bool:
    """Whether the node can be had by grouping alone."""
    return not any(
        foreign(part) or timed(part) or (isinstance(part, Aggregation) and not AGGREGATIONS[part.primitive].total)
        for part in walk(node)
    )


class Totals:
    """All aggregations of a plan as of one moment."""

    def __init__(
        self, tables: Tables, links: Sequence[Link], times: Iterable[str], nodes: Iterable[Node], moment: int | None
    ) -> None:
        """`times` are the tables with a time index, `nodes` everything that will be asked for.

        `moment` is in microseconds, only rows strictly before it count; None: now, when all that has a time is known.
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
        """The aggregations over a path: a row for each ancestor with any rows, by its key as the child has it."""
        keys, series, x = self.key(path[0], parent=False), self._all_series(path[-1]), self._x
        frame = self._numbers_of(path)
        wanted = [x.col(name) for name in keys]
        counted: dict[Series, dict[str, Aggregation]] = defaultdict(dict)
        for name, node in nodes.items():
            one = _series(node)
            if AGGREGATIONS[node.primitive].needs == "codes":
                counted[one][name] = node
            else:
                wanted.append(finished(x, node.primitive, series[one], self._rows(path[-1], one)).alias(name))
        result = frame.select(*wanted, *(x.col(rows) for rows in {self._rows(path[-1], one) for one in counted}))
        for one, askers in counted.items():
            result = self._with_counted(result, path, one, askers)
        return result.select(*keys, *nodes)

    def _with_counted(self, frame: Frame, path: tuple[int, ...], one: Series, askers: dict[str, Aggregation]) -> Frame:
        """With what is made of how often each value occurs."""
        keys, x = self.key(path[0], parent=False), self._x
        counts, dictionary = self._counts_of(path)[one]
        frame = frame.join(most(x, counts, keys, max(1, len(dictionary))), on=keys, how="left")
        unique = x.when(x.col(self._rows(path[-1], one)) > 0).then(x.col("unique").fill_null(0.0))
        frame = frame.with_columns(
            *((unique if node.primitive == "num_unique" else x.col("mode")).alias(n) for n, node in askers.items())
        ).drop("unique", "mode")
        for name, node in askers.items():
            if node.primitive == "mode":
                frame = self._tables.decoded(frame, name, dictionary)
        return frame

    def _rows(self, link: int, one: Series) -> str:
        """The column that counts a series' rows."""
        _, where, window = one
        return "n" if where is None and window is None else f"n {self._all_series(link)[one]}"

    def key(self, link: int, *, parent: bool) -> list[str]:
        """The columns of one side of a relationship."""
        side = "p" if parent else "c"
        return [f"{side}{link}.{i}" for i in range(len(self._links[link].child_columns))]

    def table(self, name: str, nodes: dict[str, Node], keys: Sequence[tuple[int, bool]]) -> Frame:
        """The known rows of a table with these nodes' values and keys: a relationship and whether its parent's side."""
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
        """With KNOWN: by its own time, or else as soon as all that it points to is known; OWN is then the latest."""
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
        """Every series over the rows of a relationship's child, with a short name."""
        if link not in self._series:
            wanted = dict.fromkeys(_series(node) for node in self._groups[link])
            self._series[link] = {one: str(i) for i, one in enumerate(wanted)}
        return self._series[link]

    def _child(self, link: int, wanted: Iterable[Series]) -> Frame:
        """The child's rows with a column for each of these series: `n i` whether the row counts, `x i` its value."""
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
        # what is made of aggregations is in memory already, and would be made again for all who read it
        return self._tables.held(frame) if any(isinstance(p, Aggregation) for b in bases for p in walk(b)) else frame

    def _within(self, child: str, window: int) -> Any:
        if not self._has_time(child):
            return self._x.lit(True)
        if self._moment is None:
            return self._x.lit(False)
        return (self._x.col(OWN) >= self._moment - window).fill_null(False)

    def _numbers_of(self, path: tuple[int, ...]) -> Frame:
        """The partial results of every series for each ancestor."""
        if path not in self._numbers:
            link, series = path[-1], self._all_series(path[-1])
            keys = self.key(path[0], parent=False)
            asked: dict[Series, set[str]] = defaultdict(set)
            for node in self._groups[link]:
                asked[_series(node)].add(node.primitive)
            needs = {name: parts(asked[one]) for one, name in series.items()}
            masked = {name for (_, where, window), name in series.items() if where is not None or window is not None}
            if len(path) == 1:
                read = [one for one, name in series.items() if needs[name].strip("n") or name in masked]
                frame = grouped(self._x, self._read(link, read), keys, needs, masked)
            else:
                frame = merged(self._x, self._climbed(self._numbers_of(path[1:]), path), keys, needs, masked)
            # sorted, so that sums of sums are always taken in the same order
            self._numbers[path] = self._tables.held(frame.sort(keys))
        return self._numbers[path]

    def _read(self, link: int, wanted: list[Series]) -> Frame:
        """The child's rows, with these series at least; made once for all of them where it is held."""
        if link not in self._children:
            every = [one for one in self._all_series(link) if not self._constant(link, one)]
            whole = any(isinstance(p, Aggregation) for one in every for p in _parts_of(one))
            self._children[link] = self._child(link, every) if whole else None
        held = self._children[link]
        return self._child(link, wanted) if held is None else held

    def _constant(self, link: int, one: Series) -> bool:
        """Whether the value is the same for all rows under a parent, since it is the parent's."""
        base, where, window = one
        return isinstance(base, Direct) and base.link == link and where is None and window is None

    def _climbed(self, frame: Frame, path: tuple[int, ...]) -> Frame:
        """Rows by the key of the second relationship, as rows by the key of the first."""
        middle = self._links[path[0]].child
        between = self._frame(middle, {}, [(path[1], True), (path[0], False)], single=path[1])
        between = self._known(between, middle).drop(KNOWN)
        here = self.key(path[0], parent=False)
        below = self.key(path[1], parent=False)
        frame = frame.join(between, left_on=below, right_on=self.key(path[1], parent=True), how="inner").sort(below)
        return frame.filter(*(~self._x.col(key).is_null() for key in here)).drop(*below)

    def _counts_of(self, path: tuple[int, ...]) -> dict[Series, tuple[Frame, pl.Series]]:
        """How often each value occurs: rows of key, `x` (its place in the dictionary) and `n`."""
        if path not in self._counts:
            keys, link = self.key(path[0], parent=False), path[-1]
            found = {}
            if len(path) == 1:
                wanted = [_series(n) for n in self._groups[link] if AGGREGATIONS[n.primitive].needs == "codes"]
                for one in dict.fromkeys(wanted):
                    if self._constant(link, one):
                        found[one] = self._of_parents(link, one)
                    else:
                        name = f"x {self._all_series(link)[one]}"
                        found[one] = self._tables.counted(self._read(link, [one]), keys, name)
            else:
                for one, (counts, dictionary) in self._counts_of(path[1:]).items():
                    merged = self._climbed(counts, path).group_by([*keys, "x"]).agg(self._x.col("n").sum())
                    found[one] = (self._tables.held(merged, counts=True), dictionary)
            self._counts[path] = found
        return self._counts[path]

    def _of_parents(self, link: int, one: Series) -> tuple[Frame, pl.Series]:
        """How often a parent's value occurs among its children: as often as there are rows."""
        parent, keys = self._links[link].parent, self.key(link, parent=False)
        base = one[0]
        assert isinstance(base, Direct)  # noqa: S101
        above = self._known(self._frame(parent, {"x": base.base}, [(link, True)], single=link), parent)
        renamed = dict(zip(self.key(link, parent=True), keys, strict=True))
        values, dictionary = self._tables.counted(above.rename(renamed), keys, "x")
        rows = self._numbers_of((link,)).select(*keys, self._x.col("n").cast(self._x.Int64).alias("n"))
        return self._tables.held(values.drop("n").join(rows, on=keys, how="inner"), counts=True), dictionary


def _parts_of(one: Series) -> list[Node]:
    base, where, _ = one
    return [*walk(base), *walk(where.base if where is not None else None)]


def _series(node: Aggregation) -> Series:
    return node.base, node.where, node.window


class _Names:
    """The nodes on a table's rows and what they are made of on the same rows, each with a column of its own."""

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
        """Columns of the table, values of parents, aggregations, and functions of these."""
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
