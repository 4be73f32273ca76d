"""Aggregate all rows under each ancestor as of one time: plain grouping, one pass per relationship.

The code uses only expressions that Narwhals and Polars share, so that any engine can run it: what an engine must add is
in `Tables`. The rows of a child are grouped once, by its direct parent; for ancestors farther up these partial results
are merged, so the largest table is read once however many levels are above it. Counts, sums and extremes merge
directly, deviations and skewness by their sums of powers around the mean, modes and distinct values by value counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import polars as pl

from radix_assets.asof.plan import Aggregation, Direct, Link, Node
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.partials import Frame, finished, grouped, merged, most, parts
from radix_assets.features.totals.children import Children
from radix_assets.features.totals.rows import Rows
from radix_assets.features.totals.series import Series, SeriesOfLinks, series_of
from radix_assets.features.totals.tables import KNOWN, Tables


class Totals:
    """All aggregations of a plan as of one time."""

    def __init__(
        self, tables: Tables, links: Sequence[Link], times: Iterable[str], nodes: Iterable[Node], moment: int | None
    ) -> None:
        """`times` are the tables with a time index, `nodes` all nodes that will be requested.

        `moment` is in microseconds and only rows strictly before it count; None: now, when every row with a time is
        known.
        """
        self._tables, self._links = tables, list(links)
        self._x = tables.expressions
        self._series = SeriesOfLinks(nodes)
        self._rows = Rows(tables, links, times, moment, self.totals)
        self._children = Children(tables, links, self._rows, self._series, moment)
        self._numbers: dict[tuple[int, ...], Frame] = {}
        self._counts: dict[tuple[int, ...], dict[Series, tuple[Frame, pl.Series]]] = {}

    def key(self, link: int, *, parent: bool) -> list[str]:
        """Return the columns of one side of a relationship."""
        return self._rows.key(link, parent=parent)

    def totals(self, path: tuple[int, ...], nodes: dict[str, Aggregation]) -> Frame:
        """Return the aggregations over a path: a row per ancestor with any rows, by its key as in the child."""
        keys, series, x = self._rows.key(path[0], parent=False), self._series.names(path[-1]), self._x
        frame = self._numbers_of(path)
        columns = [x.col(name) for name in keys]
        counted: dict[Series, dict[str, Aggregation]] = defaultdict(dict)
        for name, node in nodes.items():
            series_key = series_of(node)
            if AGGREGATIONS[node.primitive].needs == "codes":
                counted[series_key][name] = node
            else:
                columns.append(
                    finished(x, node.primitive, series[series_key], self._series.rows(path[-1], series_key)).alias(name)
                )
        result = frame.select(
            *columns, *(x.col(rows) for rows in {self._series.rows(path[-1], series_key) for series_key in counted})
        )
        for series_key, askers in counted.items():
            result = self._with_counted(result, path, series_key, askers)
        return result.select(*keys, *nodes)

    def _with_counted(
        self, frame: Frame, path: tuple[int, ...], series_key: Series, nodes: dict[str, Aggregation]
    ) -> Frame:
        """Add the aggregations that are computed from value counts."""
        keys, x = self._rows.key(path[0], parent=False), self._x
        counts, dictionary = self._counts_of(path)[series_key]
        frame = frame.join(most(x, counts, keys, max(1, len(dictionary))), on=keys, how="left")
        unique = x.when(x.col(self._series.rows(path[-1], series_key)) > 0).then(x.col("unique").fill_null(0.0))
        frame = frame.with_columns(
            *((unique if node.primitive == "num_unique" else x.col("mode")).alias(n) for n, node in nodes.items())
        ).drop("unique", "mode")
        for name, node in nodes.items():
            if node.primitive == "mode":
                frame = self._tables.decoded(frame, name, dictionary)
        return frame

    def _numbers_of(self, path: tuple[int, ...]) -> Frame:
        """Return the partial results of every series for each ancestor."""
        if path not in self._numbers:
            link, series = path[-1], self._series.names(path[-1])
            keys = self._rows.key(path[0], parent=False)
            primitives = self._series.primitives(link)
            needs = {name: parts(primitives[series_key]) for series_key, name in series.items()}
            masked = {name for (_, where, window), name in series.items() if where is not None or window is not None}
            if len(path) == 1:
                read = [series_key for series_key, name in series.items() if needs[name].strip("n") or name in masked]
                frame = grouped(self._x, self._children.read(link, read), keys, needs, masked)
            else:
                frame = merged(self._x, self._lifted(self._numbers_of(path[1:]), path), keys, needs, masked)
            # sorted, so that sums of sums are always computed in the same order
            self._numbers[path] = self._tables.materialized(frame.sort(keys))
        return self._numbers[path]

    def _lifted(self, frame: Frame, path: tuple[int, ...]) -> Frame:
        """Convert rows by the key of the second relationship to rows by the key of the first."""
        middle = self._links[path[0]].child
        between = self._rows.frame(middle, {}, [(path[1], True), (path[0], False)], single=path[1])
        between = self._rows.known(between, middle).drop(KNOWN)
        here = self._rows.key(path[0], parent=False)
        below = self._rows.key(path[1], parent=False)
        frame = frame.join(between, left_on=below, right_on=self._rows.key(path[1], parent=True), how="inner").sort(
            below
        )
        return frame.filter(*(~self._x.col(key).is_null() for key in here)).drop(*below)

    def _counts_of(self, path: tuple[int, ...]) -> dict[Series, tuple[Frame, pl.Series]]:
        """Return value counts: rows of key, `x` (position in the dictionary) and `n`."""
        if path not in self._counts:
            keys, link = self._rows.key(path[0], parent=False), path[-1]
            counted = {}
            if len(path) == 1:
                for series_key in self._series.counted(link):
                    if self._series.constant(link, series_key):
                        counted[series_key] = self._of_parents(link, series_key)
                    else:
                        name = f"x {self._series.names(link)[series_key]}"
                        counted[series_key] = self._tables.counted(self._children.read(link, [series_key]), keys, name)
            else:
                for series_key, (counts, dictionary) in self._counts_of(path[1:]).items():
                    merged = self._lifted(counts, path).group_by([*keys, "x"]).agg(self._x.col("n").sum())
                    counted[series_key] = (self._tables.materialized(merged, counts=True), dictionary)
            self._counts[path] = counted
        return self._counts[path]

    def _of_parents(self, link: int, series_key: Series) -> tuple[Frame, pl.Series]:
        """Return the value counts of a parent's value among its children: its number of rows."""
        parent, keys = self._links[link].parent, self._rows.key(link, parent=False)
        base = series_key[0]
        assert isinstance(base, Direct)  # noqa: S101
        above = self._rows.known(self._rows.frame(parent, {"x": base.base}, [(link, True)], single=link), parent)
        renamed = dict(zip(self._rows.key(link, parent=True), keys, strict=True))
        values, dictionary = self._tables.counted(above.rename(renamed), keys, "x")
        rows = self._numbers_of((link,)).select(*keys, self._x.col("n").cast(self._x.Int64).alias("n"))
        return self._tables.materialized(values.drop("n").join(rows, on=keys, how="inner"), counts=True), dictionary
