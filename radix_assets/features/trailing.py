"""Choose the useful trailing windows for each path from the target and from its parents."""

from radix_assets.asof.plan import Plan
from radix_assets.asof.store import Store
from radix_assets.features.engine import descent
from radix_assets.features.graph.schema import Graph, timed
from radix_assets.features.windows import choose


def trailing(graph: Graph) -> dict[tuple[int, ...], list[int]]:
    """Return the window lengths in microseconds by path to rows with a time; empty if the target has no time."""
    if not graph.tables[graph.target].time:
        return {}
    times = {table.name: table.time for table in graph.tables.values() if table.time}
    copies = {table.name: table.source for table in graph.tables.values() if table.source != table.name}
    plan = Plan(table=graph.target, times=times, links=graph.links, outputs=[], copies=copies)
    store = Store(plan, {table.source: table.path for table in graph.tables.values()})
    starts = {graph.target, *(link.parent for link in graph.links if link.child == graph.target)}
    lengths_by_path = {}
    for path in paths(graph, starts):
        # featuretools supports windows only over rows with a time of their own
        if graph.tables[graph.links[path[-1]].child].time and timed(graph.links[path[-1]].child, graph):
            anchors, known = descent(store, path)
            lengths = [] if known is None else choose(anchors, known)
            if lengths:
                lengths_by_path[path] = lengths
    return lengths_by_path


def paths(graph: Graph, starts: set[str], longest: int = 2) -> list[tuple[int, ...]]:
    """Return the paths downwards from these tables."""
    paths_found: list[tuple[int, ...]] = [(number,) for number, link in enumerate(graph.links) if link.parent in starts]
    for path in paths_found:
        if len(path) < longest:
            child = graph.links[path[-1]].child
            paths_found += [(*path, number) for number, link in enumerate(graph.links) if link.parent == child]
    return paths_found
