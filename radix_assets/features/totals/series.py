"""The series that are aggregated over a relationship: a value of the child's rows, its condition and its window."""

from collections import defaultdict
from collections.abc import Iterable

from radix_assets.asof.plan import Aggregation, Direct, Node, Where, walk
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.fallback import foreign, timed

Series = tuple[Node | None, Where | None, int | None]
"""The aggregated node, its condition and its window."""


def totalable(node: Node) -> bool:
    """Return whether the node can be computed by grouping alone."""
    return not any(
        foreign(part) or timed(part) or (isinstance(part, Aggregation) and not AGGREGATIONS[part.primitive].total)
        for part in walk(node)
    )


def series_of(node: Aggregation) -> Series:
    """Return the series that an aggregation aggregates."""
    return node.base, node.where, node.window


def has_aggregations(series: Series) -> bool:
    """Return whether the value or the condition of a series is made of aggregations."""
    base, where, _ = series
    nodes = [*walk(base), *walk(where.base if where is not None else None)]
    return any(isinstance(node, Aggregation) for node in nodes)


class SeriesOfLinks:
    """The aggregations of a plan by relationship, and their series, each with a short name."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._aggregations: dict[int, dict[Aggregation, None]] = defaultdict(dict)
        self._names: dict[int, dict[Series, str]] = {}
        for node in nodes:
            for part in walk(node):
                if isinstance(part, Aggregation) and totalable(part):
                    self._aggregations[part.path[-1]][part] = None

    def names(self, link: int) -> dict[Series, str]:
        """Return every series over the rows of a relationship's child, with a short name."""
        if link not in self._names:
            keys = dict.fromkeys(series_of(node) for node in self._aggregations[link])
            self._names[link] = {series: str(i) for i, series in enumerate(keys)}
        return self._names[link]

    def primitives(self, link: int) -> dict[Series, set[str]]:
        """Return the names of the aggregations of each series of a relationship."""
        primitives: dict[Series, set[str]] = defaultdict(set)
        for node in self._aggregations[link]:
            primitives[series_of(node)].add(node.primitive)
        return primitives

    def counted(self, link: int) -> list[Series]:
        """Return the series of a relationship whose values are counted, each once."""
        counted = [node for node in self._aggregations[link] if AGGREGATIONS[node.primitive].needs == "codes"]
        return list(dict.fromkeys(series_of(node) for node in counted))

    def rows(self, link: int, series: Series) -> str:
        """Return the column that counts the rows of a series."""
        _, where, window = series
        return "n" if where is None and window is None else f"n {self.names(link)[series]}"

    def constant(self, link: int, series: Series) -> bool:
        """Return whether the value is equal for all rows under a parent, since it is the parent's."""
        base, where, window = series
        return isinstance(base, Direct) and base.link == link and where is None and window is None
