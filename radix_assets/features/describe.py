"""Names and explanations of features, for users.

Both are part of the snapshot: a change of a text is a change of its content.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from radix_assets.asof.plan import Aggregation, Direct, Identity, Link, Node, Transform, table_of, walk
from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.transforms import TRANSFORMS
from radix_assets.features.windows import words as span


def name(node: Node, links: list[Link]) -> str:
    """Return the name in featuretools' style: `planes.MEAN(flights.distance)`, `airports[dest].lat`, `MONTH(time)`."""
    match node:
        case Identity():
            if node.reading == "place":
                return f"({', '.join(node.columns)})"
            return node.columns[0] if len(node.columns) == 1 else "time"
        case Transform():
            return f"{node.primitive.upper()}({', '.join(name(base, links) for base in node.bases)})"
        case Direct():
            return f"{_upwards(links[node.link])}.{name(node.base, links)}"
        case Aggregation():
            inside = ".".join(_downwards(links[step]) for step in node.path)
            bases = [base for base in (node.base, *node.others) if base is not None]
            inside = ", ".join(f"{inside}.{name(base, links)}" for base in bases) or inside
            if node.where is not None:
                inside += f" WHERE {name(node.where.base, links)} = {node.where.value}"
            if node.window is not None:
                inside += f", last {span(node.window)}"
            several = AGGREGATIONS.get(node.primitive)
            part = f"[{node.part}]" if node.part or (several and several.several) else ""
            return f"{node.primitive.upper()}({inside}){part}"


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return the names, made unique by a number; none is empty."""
    seen = set(taken)
    result = []
    for original in names:
        base = original or "(no name)"
        if base == "*" or (base.startswith("^") and base.endswith("$")):
            base = f"column {base}"  # Polars would take it for a pattern
        candidate, number = base, 1
        while candidate in seen:
            number += 1
            candidate = f"{base} ({number})"
        seen.add(candidate)
        result.append(candidate)
    return result


def explain(node: Node, links: list[Link], target: str, *, static: bool) -> str:
    """Return one sentence that describes the feature."""
    return _explain(node, links, target, "" if static else "earlier ", None)


def path(node: Node, links: list[Link], copies: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return the tables of a node, from its own to the farthest, each once; `copies` maps copies to their tables."""
    tables = [table_of(node, links)]
    for part in walk(node):
        if isinstance(part, Direct):
            tables.append(links[part.link].parent)
        elif isinstance(part, Aggregation):
            tables += [links[step].child for step in part.path]
    return list(dict.fromkeys(copies.get(table, table) for table in tables))


def route(node: Node, links: list[Link]) -> str:
    """Return the path to the values: `flights → planes ← flights`."""
    text = table_of(node, links)
    for part in walk(node):
        if isinstance(part, Direct):
            text += f" → {_upwards(links[part.link])}"
        elif isinstance(part, Aggregation):
            text += "".join(f" ← {_downwards(links[step])}" for step in part.path)
    return text


def columns(node: Node, links: list[Link], copies: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Return the raw columns of the feature and of the keys on its path, as `table.column`."""
    names: list[str] = []
    for part in walk(node):
        steps = [part.link] if isinstance(part, Direct) else part.path if isinstance(part, Aggregation) else ()
        for step in steps:
            child = copies.get(links[step].child, links[step].child)
            names += [f"{child}.{column}" for column in links[step].child_columns]
        if isinstance(part, Identity):
            names += [f"{copies.get(part.table, part.table)}.{column}" for column in part.columns]
    return list(dict.fromkeys(names))


def _upwards(link: Link) -> str:
    return f"{link.parent}[{link.label}]" if link.shared else link.parent


def _downwards(link: Link) -> str:
    return f"{link.child}[{link.label}]" if link.shared else link.child


def _explain(node: Node, links: list[Link], target: str, earlier: str, over: Link | None) -> str:
    if isinstance(node, Identity):
        return _value(node)
    if isinstance(node, Transform):
        texts = [_explain(base, links, target, earlier, None) for base in node.bases]
        function = TRANSFORMS.get(node.primitive)
        words = function[2] if function else _plain(node.primitive) + " of " + ", ".join(["{}"] * len(texts))
        return words.format(*texts)
    if isinstance(node, Direct):
        link = links[node.link]
        inner = _explain(node.base, links, target, earlier, link)
        if isinstance(node.base, Aggregation):
            return inner
        return f"{inner} of the row of {link.parent} that {link.label} points to"
    kind = AGGREGATIONS.get(node.primitive)
    words = kind.words if kind else f"{_plain(node.primitive)} of {{}}"
    rows = _rows(node, links, target, earlier, over)
    if node.base is None:
        return words.format(rows)
    return f"{words.format(_explain(node.base, links, target, earlier, None))} over {rows}"


def _value(node: Identity) -> str:
    if node.reading == "place":
        return " and ".join(node.columns)
    return node.columns[0] if len(node.columns) == 1 else "the time"


def _rows(node: Aggregation, links: list[Link], target: str, earlier: str, over: Link | None) -> str:
    last = links[node.path[-1]]
    rows = f"the {earlier}rows of {last.child}"
    if over is not None and len(node.path) == 1 and last.child == over.child == target:
        rows += f" with the same {last.label}" if last == over else f" whose {last.label} is this {over.label}"
    elif over is not None:
        rows += f" that belong to the same row of {over.parent}"
    else:
        rows += " that belong to this row"
    if node.where is not None:
        rows += f" where {_explain(node.where.base, links, target, earlier, None)} is {node.where.value}"
    return rows if node.window is None else f"{rows} in the {span(node.window)} before"


def _plain(primitive: str) -> str:
    return primitive.replace("_", " ")
