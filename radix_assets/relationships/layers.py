"""Assign tables to layers of the diagram, and order them: children left, parents right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Node = str | tuple[int, int]
"""A table, or the point where the edge with this number crosses a layer."""

SWEEPS = 12


@dataclass
class Layers:
    """The nodes of every layer from top to bottom, and the edges as the nodes they cross from left to right."""

    layers: list[list[Node]] = field(default_factory=list)
    routes: dict[int, list[Node]] = field(default_factory=dict)
    """By edge number. The first node is the left end, which is the parent if the edge is in `turned`."""
    turned: set[int] = field(default_factory=set)
    """Edges from right to left, because the tables reference each other in a cycle."""


def arrange(tables: Sequence[str], edges: Mapping[int, tuple[str, str]]) -> Layers:
    """Return layers for tables and their edges (child, parent), without self-references. Deterministic."""
    turned = _turned(tables, edges)
    forward = {n: (edge[1], edge[0]) if n in turned else edge for n, edge in edges.items()}
    depth = _depths(tables, list(forward.values()))
    result = Layers([[] for _ in range(max(depth.values(), default=-1) + 1)], {}, turned)
    for table in tables:
        result.layers[depth[table]].append(table)
    for number, (left, right) in forward.items():
        passed: list[Node] = [(number, layer) for layer in range(depth[left] + 1, depth[right])]
        for node in passed:
            result.layers[node[1]].append(node)  # type: ignore[index]
        result.routes[number] = [left, *passed, right]
    _order(result)
    return result


def _turned(tables: Sequence[str], edges: Mapping[int, tuple[str, str]]) -> set[int]:
    """Return edges whose reversal removes all cycles, by a depth-first search from each table in turn."""
    out: dict[str, list[tuple[int, str]]] = {table: [] for table in tables}
    for number, (child, parent) in edges.items():
        out[child].append((number, parent))
    pointed = {parent for _, parent in edges.values()}
    done: set[str] = set()
    turned: set[int] = set()
    for start in [*(t for t in tables if t not in pointed), *tables]:
        if start in done:
            continue
        path, stack = {start}, [(start, iter(out[start]))]
        while stack:
            table, rest = stack[-1]
            for number, parent in rest:
                if parent in path:
                    turned.add(number)
                elif parent not in done:
                    path.add(parent)
                    stack.append((parent, iter(out[parent])))
                    break
            else:
                stack.pop()
                path.discard(table)
                done.add(table)
    return turned


def _depths(tables: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the layer of each table: edges go right by a layer or more; unreferenced tables are next to a parent."""
    depth = dict.fromkeys(tables, 0)
    for _ in tables:
        for left, right in edges:
            depth[right] = max(depth[right], depth[left] + 1)
    for table in tables:
        nearest = [depth[right] for left, right in edges if left == table]
        if nearest and not any(right == table for _, right in edges):
            depth[table] = min(nearest) - 1
    return depth


def _order(result: Layers) -> None:
    """Sort each layer by its neighbours' positions, in sweeps, and keep the order with the fewest crossings."""
    near: dict[Node, tuple[list[Node], list[Node]]] = {node: ([], []) for layer in result.layers for node in layer}
    for route in result.routes.values():
        for left, right in pairwise(route):
            near[right][0].append(left)
            near[left][1].append(right)
    best, fewest = [list(layer) for layer in result.layers], crossings(result)
    for sweep in range(SWEEPS):
        side = sweep % 2
        for layer in result.layers if side == 0 else reversed(result.layers):
            place = {
                node: index / max(1, len(other) - 1) for other in result.layers for index, node in enumerate(other)
            }
            layer.sort(key=lambda node: _mean([place[other] for other in near[node][side]], place[node]))
        crossed = crossings(result)
        if crossed < fewest:
            best, fewest = [list(layer) for layer in result.layers], crossed
    result.layers = best


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def crossings(result: Layers) -> int:
    """Return the number of pairs of edges that cross between two layers."""
    place = {node: index for layer in result.layers for index, node in enumerate(layer)}
    layer_of = {node: index for index, layer in enumerate(result.layers) for node in layer}
    steps: dict[int, list[tuple[int, int]]] = {}
    for route in result.routes.values():
        for left, right in pairwise(route):
            steps.setdefault(layer_of[left], []).append((place[left], place[right]))
    total = 0
    for pairs in steps.values():
        pairs.sort()
        total += sum(1 for i, (_, a) in enumerate(pairs) for _, b in pairs[i + 1 :] if b < a)
    return total
