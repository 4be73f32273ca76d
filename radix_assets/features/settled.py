"""Whether a value on a row never changes once the row is known, so that it can be read once for all cutoffs."""

import numpy as np

from radix_assets.asof.keys import Positions, follow
from radix_assets.asof.plan import Aggregation, Direct, Node, Transform, under
from radix_assets.asof.store import Store
from radix_assets.asof.times import ALWAYS, NEVER, Times, latest
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.fallback import foreign, timed


def settled(store: Store, table: str, node: Node, known: Times | None, positions: Positions) -> bool:
    """Whether the node's value on these rows of the table is final when they come to be known."""
    final = since(store, table, node)
    if final is None or not len(positions):
        return True
    return known is not None and bool((final[positions] <= known[positions]).all())


def since(store: Store, table: str, node: Node) -> Times | None:
    """For each row of the table, the moment since when the node's value is final; None: always."""
    links = store.plan.links
    found: Times | None = None
    if timed(node) or (isinstance(node, Aggregation) and _of_cutoff(node)):
        # what the cutoff itself is part of changes for ever
        return np.full(store.rows(table), NEVER, dtype=np.int64)
    if isinstance(node, Transform):
        for base in under(node):
            found = _later(found, since(store, table, base))
        return found
    if isinstance(node, Direct):
        parent, place = links[node.link].parent, store.linked(node.link)
        times = store.times(parent)
        # a parent that is never known gives null for ever
        times = None if times is None else np.where(times == NEVER, ALWAYS, times)
        return latest(latest(None, times, place), since(store, parent, node.base), place)
    if not isinstance(node, Aggregation):
        return None
    child = links[node.path[-1]].child
    inner: Times | None = None
    for base in under(node):
        inner = _later(inner, since(store, child, base))
    if inner is not None:
        return _last(store, table, node.path, inner)
    key = (table, node.path)
    if key not in store.final:
        store.final[key] = _last(store, table, node.path, None)
    return store.final[key]


def _of_cutoff(node: Aggregation) -> bool:
    return node.window is not None or foreign(node) or AGGREGATIONS[node.primitive].timed


def _last(store: Store, table: str, path: tuple[int, ...], inner: Times | None) -> Times | None:
    """For each row of the table, when the last of the rows below came to be known, and its values final."""
    links = store.plan.links
    child = links[path[-1]].child
    place = np.arange(store.rows(child), dtype=np.int64)
    times = _later(store.times(child), inner)
    for step in reversed(path):
        place = follow(place, store.linked(step))
        if step != path[0]:
            times = latest(times, store.times(links[step].parent), place)
    if times is None:
        return None
    found = np.full(store.rows(table), ALWAYS, dtype=np.int64)
    counts = (place >= 0) & (times != NEVER)
    np.maximum.at(found, place[counts], times[counts])
    return found


def _later(one: Times | None, two: Times | None) -> Times | None:
    if one is None or two is None:
        return two if one is None else one
    return np.maximum(one, two)
