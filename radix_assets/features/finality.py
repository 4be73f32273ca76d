"""Finality of values: whether a value on a row is final once the row is known, so that it is read only once."""

import numpy as np

from radix_assets.asof.keys import Positions, follow
from radix_assets.asof.plan import Aggregation, Direct, Node, Transform, under
from radix_assets.asof.store import Store
from radix_assets.asof.times import ALWAYS, NEVER, Times, latest
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.fallback import foreign, timed


def is_final(store: Store, table: str, node: Node, known: Times | None, positions: Positions) -> bool:
    """Return whether the node's value on these rows of the table is final once they are known."""
    final = final_since(store, table, node)
    if final is None or not len(positions):
        return True
    return known is not None and bool((final[positions] <= known[positions]).all())


def final_since(store: Store, table: str, node: Node) -> Times | None:
    """Return for each row of the table since when the node's value is final; None: always."""
    links = store.plan.links
    times_final: Times | None = None
    if timed(node) or (isinstance(node, Aggregation) and _of_cutoff(node)):
        # a value that depends on the cutoff is never final
        return np.full(store.rows(table), NEVER, dtype=np.int64)
    if isinstance(node, Transform):
        for base in under(node):
            times_final = _later(times_final, final_since(store, table, base))
        return times_final
    if isinstance(node, Direct):
        parent, positions = links[node.link].parent, store.linked(node.link)
        times = store.times(parent)
        # a parent that is never known always gives null
        times = None if times is None else np.where(times == NEVER, ALWAYS, times)
        return latest(latest(None, times, positions), final_since(store, parent, node.base), positions)
    if not isinstance(node, Aggregation):
        return None
    child = links[node.path[-1]].child
    inner: Times | None = None
    for base in under(node):
        inner = _later(inner, final_since(store, child, base))
    if inner is not None:
        return _last(store, table, node.path, inner)
    key = (table, node.path)
    if key not in store.final:
        store.final[key] = _last(store, table, node.path, None)
    return store.final[key]


def _of_cutoff(node: Aggregation) -> bool:
    return node.window is not None or foreign(node) or AGGREGATIONS[node.primitive].timed


def _last(store: Store, table: str, path: tuple[int, ...], inner: Times | None) -> Times | None:
    """Return for each row of the table when the last row below it is known and its values are final."""
    links = store.plan.links
    child = links[path[-1]].child
    positions = np.arange(store.rows(child), dtype=np.int64)
    times = _later(store.times(child), inner)
    for step in reversed(path):
        positions = follow(positions, store.linked(step))
        if step != path[0]:
            times = latest(times, store.times(links[step].parent), positions)
    if times is None:
        return None
    last_times = np.full(store.rows(table), ALWAYS, dtype=np.int64)
    counts = (positions >= 0) & (times != NEVER)
    np.maximum.at(last_times, positions[counts], times[counts])
    return last_times


def _later(first: Times | None, second: Times | None) -> Times | None:
    if first is None or second is None:
        return second if first is None else first
    return np.maximum(first, second)
