"""The rows of a table with nodes computed on them, and whether each row is known at the time of the aggregation."""

from collections.abc import Callable, Iterable, Sequence

from radix_assets.asof.plan import Aggregation, Link, Node
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.partials import Frame
from radix_assets.features.totals.node_columns import NodeColumns
from radix_assets.features.totals.tables import KNOWN, OWN, Tables


class Rows:
    """Rows of the tables of a plan as of one time."""

    def __init__(
        self,
        tables: Tables,
        links: Sequence[Link],
        times: Iterable[str],
        moment: int | None,
        totals: Callable[[tuple[int, ...], dict[str, Aggregation]], Frame],
    ) -> None:
        """`totals` returns the aggregations over a path; the others are as in Totals."""
        self._tables, self._links, self._timed = tables, list(links), frozenset(times)
        self._moment, self._totals = moment, totals
        self._x = tables.expressions

    def key(self, link: int, *, parent: bool) -> list[str]:
        """Return the columns of one side of a relationship."""
        side = "p" if parent else "c"
        return [f"{side}{link}.{i}" for i in range(len(self._links[link].child_columns))]

    def frame(
        self, name: str, nodes: dict[str, Node], keys: Sequence[tuple[int, bool]], *, single: int | None = None
    ) -> Frame:
        """Return the rows of a table with these nodes and keys, with KNOWN, and OWN if they have a time.

        `single` is a relationship: only the first row of each of its parent's keys is returned.
        """
        ids = NodeColumns(nodes)
        own, up, down, later = ids.sorted()
        sides = dict.fromkeys(keys)
        inherited = [] if name in self._timed else [i for i in self._up(name) if self.has_time(self._links[i].parent)]
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
            above = self.frame(self._links[link].parent, bases, [(link, True)], single=link)
            above = self.known(above, self._links[link].parent).select(*self.key(link, parent=True), *bases)
            frame = self._joined(frame, above, link).rename({f"up {column}": column for column in directs})
        for path, aggregations in down.items():
            below = self._totals(path, aggregations)
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
        extra = [OWN] if self.has_time(name) else []
        return frame.select(
            *columns, *(key for link, parent in keys for key in self.key(link, parent=parent)), *extra, KNOWN
        )

    def known(self, frame: Frame, name: str) -> Frame:
        """Return the rows of a table that are known at the time of the aggregation."""
        return frame.filter(self._x.col(KNOWN)) if self.has_time(name) else frame

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
            above = self.frame(parent, {}, [(link, True)], single=link)
            times.append(f"then {link}")
            above = above.select(*self.key(link, parent=True), x.col(KNOWN).alias("there"), x.col(OWN).alias(times[-1]))
            frame = self._joined(frame, above, link)
            frame = frame.with_columns((x.col(KNOWN) & x.col("there").fill_null(True)).alias(KNOWN)).drop("there")
        return frame.with_columns(x.max_horizontal(*times).alias(OWN)).drop(*times) if times else frame

    def _joined(self, frame: Frame, above: Frame, link: int) -> Frame:
        return frame.join(above, left_on=self.key(link, parent=False), right_on=self.key(link, parent=True), how="left")

    def _up(self, name: str) -> list[int]:
        return [number for number, link in enumerate(self._links) if link.child == name]

    def has_time(self, name: str) -> bool:
        """Return whether the rows of a table have a time: their own, or that of rows they reference."""
        return name in self._timed or any(self.has_time(self._links[link].parent) for link in self._up(name))
