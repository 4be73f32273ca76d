"""Run a plan on Spark: columns are added to rows, level by level, as lazy plans that Spark runs at the end.

A row belongs to a table: it has the table's raw columns, or only the number of the row (`at`), and a cutoff in CUT. An
aggregation is computed for distinct pairs of an ancestor's row and a cutoff; these are joined with the rows below that
were known strictly before, and grouped. So with one cutoff each row below is read once per path; with individual
cutoffs, once per pair that sees it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Transform, walk
from radix_assets.asof.spark_sql import Uncompiled, transform, value
from radix_assets.asof.spark_tables import FOREVER, PLACE, TIME, SparkTables
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.engines.spark.aggregates import CHILD, CUT, OWN, SHIFTED, Cell, aggregated
from radix_assets.features.engines.spark.running import ANCHOR, THEN, bases_of, double, equals, running, runs
from radix_assets.features.fallback import foreign, timed
from radix_resources.compute.snapshots import ROW

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_KNOWN = "__known"


@dataclass
class _NodesByKind:
    """Nodes and their inputs on the same rows, by how they are computed; each with a column."""

    ids: dict[Node, str] = field(default_factory=dict)
    own: list[Node] = field(default_factory=list)
    up: dict[int, list[Direct]] = field(default_factory=lambda: defaultdict(list))
    down: dict[tuple[int, ...], list[Aggregation]] = field(default_factory=lambda: defaultdict(list))
    later: list[Transform] = field(default_factory=list)

    def add(self, node: Node, name: Callable[[], str]) -> None:
        """Add a node."""
        if node in self.ids:
            return
        self.ids[node] = name()
        if isinstance(node, Direct):
            self.up[node.link].append(node)
        elif isinstance(node, Aggregation):
            self.down[node.path].append(node)
        elif isinstance(node, Transform) and not _of_the_row(node):
            for base in node.bases:
                self.add(base, name)
            self.later.append(node)
        else:
            self.own.append(node)


def _of_the_row(node: Node) -> bool:
    """Return whether the node depends only on the row's own columns, whatever the cutoff."""
    return all(isinstance(part, Identity | Transform) and not timed(part) for part in walk(node))


class Stages:
    """Stages for all nodes of a plan."""

    def __init__(self, tables: SparkTables, *, single_cutoff: bool) -> None:
        """`single_cutoff`: all rows have the same cutoff."""
        self._tables, self._single_cutoff = tables, single_cutoff
        self._names_used = 0

    def add(
        self, frame: "DataFrame", table: str, nodes: Sequence[Node], *, at: str | None
    ) -> "tuple[DataFrame, list[str]]":
        """Add a column for each node; return the frame and the names.

        `at` is the column with the number of the row in the table; None: the frame has the table's raw columns, in
        position.
        """
        kinds = _NodesByKind()
        for node in nodes:
            kinds.add(node, self._name)
        ids = kinds.ids
        if kinds.own:
            frame = self._own(frame, table, {ids[node]: node for node in kinds.own}, at)
        for link, directs in kinds.up.items():
            frame = self._tables.flat(self._above(frame, link, {ids[node]: node for node in directs}, at))
        for path, aggregations in kinds.down.items():
            frame = self._tables.flat(self._below(frame, path, {ids[node]: node for node in aggregations}, at))
        for node in kinds.later:
            made = transform(node.primitive, [*(ids[base] for base in node.bases), *([CUT] if timed(node) else [])])
            frame = frame.selectExpr("*", f"{made} AS {ids[node]}")
        return frame, [ids[node] for node in nodes]

    def _name(self) -> str:
        self._names_used += 1
        return f"v{self._names_used}"

    def _own(self, frame: "DataFrame", table: str, nodes: dict[str, Node], at: str | None) -> "DataFrame":
        tables = self._tables
        schema, time = tables.schema(table), tables.times_of.get(table, ())
        expressions = [
            f"{value(node, lambda name: tables.column(table, name), schema, time)} AS {name}"
            for name, node in nodes.items()
        ]
        if at is None:
            return frame.selectExpr("*", *expressions)
        self._names_used += 1
        place = f"r{self._names_used}"
        values = tables.snapshot(table).frame.selectExpr(f"{ROW} AS {place}", *expressions)
        return frame.join(values, frame[at] == values[place], "left").drop(place)

    def _above(self, frame: "DataFrame", link: int, nodes: dict[str, Direct], at: str | None) -> "DataFrame":
        tables, parent = self._tables, self._tables.links[link].parent
        self._names_used += 1
        place = f"p{self._names_used}"
        if at is None:
            frame = tables.with_parent(frame, link, tables.key(link, parent=False), place)
        else:
            link_rows = tables.linked(link).toDF(f"{place}r", place)
            frame = frame.join(link_rows, frame[at] == link_rows[f"{place}r"], "left").drop(f"{place}r")
        times = tables.times(parent)
        if times is not None:
            link_rows = times.toDF(f"{place}r", f"{place}t")
            frame = frame.join(link_rows, frame[place] == link_rows[f"{place}r"], "left")
            known = f"CASE WHEN {place}t < {CUT} THEN {place} END AS {place}"
            columns = [f"`{c}`" for c in frame.columns if c not in (place, f"{place}t", f"{place}r")]
            frame = frame.selectExpr(*columns, known)
        frame, names = self.add(frame, parent, [node.base for node in nodes.values()], at=place)
        keep = [f"`{c}`" for c in frame.columns if not (c.startswith("v") and c in names) and c != place]
        return frame.selectExpr(*keep, *(f"{one} AS {name}" for one, name in zip(names, nodes, strict=True)))

    def _below(
        self,
        frame: "DataFrame",
        path: tuple[int, ...],
        nodes: dict[str, Aggregation],
        at: str | None,
    ) -> "DataFrame":
        tables = self._tables
        self._names_used += 1
        place = f"a{self._names_used}"
        if at is None:
            frame = tables.with_parent(frame, path[0], tables.key(path[0], parent=True), place)
        else:
            frame = frame.selectExpr("*", f"{at} AS {place}")
        requests = frame.where(f"{place} IS NOT NULL").selectExpr(f"{place} AS {ANCHOR}", CUT).distinct()
        child = self._child(path)
        parts: dict[tuple[bool, int | None], dict[str, Aggregation]] = defaultdict(dict)
        for name, node in nodes.items():
            can_run = not self._single_cutoff and _KNOWN in child.columns and runs(node, tables)
            parts[can_run, None if self._single_cutoff else node.window][name] = node
        for (can_run, window), nodes_part in parts.items():
            aggregates = (
                self._running(requests, child, path, nodes_part)
                if can_run
                else self._joined(requests, child, path, nodes_part, window)
            )
            values = tables.checkpointed(aggregates).toDF(f"{place}k", f"{place}c", *nodes_part)
            same = (frame[place] == values[f"{place}k"]) & (frame[CUT] == values[f"{place}c"])
            frame = frame.join(values, same, "left").drop(f"{place}k", f"{place}c")
        empty = {
            name: f"coalesce({name}, CAST({AGGREGATIONS[node.primitive].empty!r} AS DOUBLE)) AS {name}"
            for name, node in nodes.items()
            if AGGREGATIONS[node.primitive].empty is not None
        }
        return frame.selectExpr(*(f"`{c}`" for c in frame.columns if c not in empty and c != place), *empty.values())

    def _child(self, path: tuple[int, ...]) -> "DataFrame":
        """Return the rows at the end of a path: raw columns, CHILD, ANCHOR, since when each is known, its own time."""
        tables, links = self._tables, self._tables.links
        table = links[path[-1]].child
        frame = tables.snapshot(table).frame
        raw = [column for column in frame.columns if column != ROW]
        times = tables.times(table)
        if times is not None:
            frame = frame.join(times, ROW)
        frame = tables.with_parent(frame, path[-1], tables.key(path[-1], parent=False), PLACE)
        columns = [*raw, f"{ROW} AS {CHILD}", PLACE, *([f"{TIME} AS {OWN}", TIME] if times is not None else [])]
        frame = frame.selectExpr(*columns).where(f"{PLACE} IS NOT NULL")
        timed = times is not None
        for step in reversed(path[:-1]):
            above = tables.times(links[step].child)
            if above is not None:
                if not timed:
                    frame = frame.selectExpr("*", f"{-(2**63) + 1}L - 1L AS {TIME}")
                    timed = True
                frame = tables.latest(frame, above)
            link_rows = tables.linked(step).toDF("__below", "__next")
            frame = frame.join(link_rows, frame[PLACE] == link_rows["__below"], "inner").drop("__below", PLACE)
            frame = frame.withColumnRenamed("__next", PLACE).where(f"{PLACE} IS NOT NULL")
        frame = frame.withColumnRenamed(PLACE, ANCHOR)
        if timed:
            frame = frame.withColumnRenamed(TIME, _KNOWN).where(f"{_KNOWN} < {FOREVER}")
        return frame

    def _joined(
        self,
        asked: "DataFrame",
        child: "DataFrame",
        path: tuple[int, ...],
        nodes: dict[str, Aggregation],
        window: int | None,
    ) -> "DataFrame":
        """Return ANCHOR, CUT and the aggregations over the rows known before the cutoff, all with the same window."""
        table = self._tables.links[path[-1]].child
        ask = asked.toDF("__asker", CUT)
        same = child[ANCHOR] == ask["__asker"]
        if _KNOWN in child.columns:
            same = same & (child[_KNOWN] < ask[CUT])
            if window is not None and OWN in child.columns:
                same = same & (child[OWN] >= ask[CUT] - window)
        pairs = child.join(ask, same, "inner").drop("__asker")
        return self._grouped(pairs, table, nodes)

    def _running(
        self, asked: "DataFrame", child: "DataFrame", path: tuple[int, ...], nodes: dict[str, Aggregation]
    ) -> "DataFrame":
        table = self._tables.links[path[-1]].child
        bases = list(dict.fromkeys(base for node in nodes.values() for base in bases_of(node)))
        frame, names = self.add(child, table, bases, at=None)
        return running(frame.withColumnRenamed(_KNOWN, THEN), asked, nodes, dict(zip(bases, names, strict=True)))

    def _grouped(self, pairs: "DataFrame", table: str, nodes: dict[str, Aggregation]) -> "DataFrame":
        """Aggregate rows below, each with its ANCHOR and CUT, grouped by these."""
        bases = list(dict.fromkeys(base for node in nodes.values() for base in bases_of(node)))
        frame, names = self.add(pairs, table, bases, at=None)
        columns = dict(zip(bases, names, strict=True))
        types = dict(frame.select(*names).dtypes) if names else {}
        timed = OWN in frame.columns
        near: dict[str, str] = {}
        for node in nodes.values():
            if node.base is not None and node.primitive in SHIFTED:
                near.setdefault(columns[node.base], f"near{len(near)}")
        over = f"OVER (PARTITION BY {ANCHOR}, {CUT})"
        extra = [f"coalesce(min({double(c, types)}) {over}, 0D) AS {name}" for c, name in near.items()]
        if timed and any(node.primitive == "trend" for node in nodes.values()):
            extra.append(f"min({OWN}) {over} AS __start")
        frame = frame.selectExpr("*", *extra) if extra else frame
        aggregates = []
        for name, node in nodes.items():
            column = "1" if node.base is None else columns[node.base]
            plain = AGGREGATIONS[node.primitive].needs != "numbers"
            mask = self._mask(node, columns, frame.columns)
            cell = Cell(
                column if plain else double(column, types),
                mask,
                near.get(column, "0D") if node.primitive in SHIFTED else "0D",
                "__start",
                timed,
            )
            aggregates.append(_expr(aggregated(node.primitive, cell, node.part)).alias(name))
        return frame.groupBy(ANCHOR, CUT).agg(*aggregates)

    def _mask(self, node: Aggregation, columns: dict[Node, str], names: list[str]) -> str:
        parts = [] if node.where is None else [equals(node.where, columns[node.where.base])]
        if node.window is not None:
            time = OWN if OWN in names else _KNOWN if _KNOWN in names else None
            if time:
                parts.append(f"({CUT} < {FOREVER} AND {time} >= {CUT} - {node.window}L)")
        return "(" + " AND ".join(parts) + ")" if parts else "(true)"


def check(node: Node, tables: SparkTables, table: str) -> None:
    """Raise Uncompiled if the node, or a part of it, has no equivalent on Spark."""
    if foreign(node):
        raise Uncompiled(f"{getattr(node, 'primitive', node.kind)} is computed by featuretools")
    links = tables.links
    if isinstance(node, Identity):
        value(node, lambda name: tables.column(table, name), tables.schema(table), tables.times_of.get(table, ()))
    elif isinstance(node, Transform):
        if _of_the_row(node):
            value(node, lambda name: tables.column(table, name), tables.schema(table), tables.times_of.get(table, ()))
            return
        transform(node.primitive, ["x"] * (len(node.bases) + timed(node)))
        for base in node.bases:
            check(base, tables, table)
    elif isinstance(node, Direct):
        tables.key(node.link, parent=False)
        tables.key(node.link, parent=True)
        check(node.base, tables, links[node.link].parent)
    else:
        aggregated(node.primitive, Cell("x", "(true)", start="s", timed=True), node.part)
        for step in node.path:
            tables.key(step, parent=False)
            tables.key(step, parent=True)
        for base in bases_of(node):
            check(base, tables, links[node.path[-1]].child)


def _expr(sql: str) -> "Column":
    from pyspark.sql import functions

    return functions.expr(sql)
