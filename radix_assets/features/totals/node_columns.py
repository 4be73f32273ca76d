"""The columns that a table's rows need so that nodes can be computed on them."""

from collections import defaultdict

from radix_assets.asof.plan import Aggregation, Direct, Identity, Node, Transform, walk


class NodeColumns:
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
