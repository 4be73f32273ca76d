"""Names and explanations of features, for people."""

from collections.abc import Iterable

from radix_assets.features.aggregations import AGGREGATIONS
from radix_assets.features.plan import Aggregation, Direct, Foreign, Identity, Link, Node, Transform, table_of, walk
from radix_assets.features.transforms import TRANSFORMS


def name(node: Node, links: list[Link]) -> str:
    """Featuretools' way of writing: `planes.MEAN(flights.distance)`, `airports[dest].lat`, `MONTH(time)`."""
    match node:
        case Identity():
            return node.columns[0] if len(node.columns) == 1 else "time"
        case Transform():
            return f"{node.primitive.upper()}({', '.join(name(base, links) for base in node.bases)})"
        case Direct():
            return f"{_upwards(links[node.link])}.{name(node.base, links)}"
        case Aggregation():
            inside = ".".join(_downwards(links[step]) for step in node.path)
            if node.base is not None:
                inside = f"{inside}.{name(node.base, links)}"
            return f"{node.primitive.upper()}({inside})"
        case Foreign():
            return "(featuretools)"


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, with a number behind those that were there before; none is empty."""
    seen = set(taken)
    result = []
    for wanted in names:
        base = wanted or "(no name)"
        if base == "*" or (base.startswith("^") and base.endswith("$")):
            base = f"column {base}"  # Polars would take it for a pattern
        found, number = base, 1
        while found in seen:
            number += 1
            found = f"{base} ({number})"
        seen.add(found)
        result.append(found)
    return result


def explain(node: Node, links: list[Link], target: str, *, static: bool) -> str:
    """One sentence that says what the feature is."""
    return _explain(node, links, target, "" if static else "earlier ", None)


def path(node: Node, links: list[Link]) -> list[str]:
    """The tables the node goes over, from its own to the farthest, each once."""
    found = [table_of(node, links)]
    for part in walk(node):
        if isinstance(part, Direct):
            found.append(links[part.link].parent)
        elif isinstance(part, Aggregation):
            found += [links[step].child for step in part.path]
    return list(dict.fromkeys(found))


def route(node: Node, links: list[Link]) -> str:
    """The way to the values: `flights → planes ← flights`."""
    text = table_of(node, links)
    for part in walk(node):
        if isinstance(part, Direct):
            text += f" → {_upwards(links[part.link])}"
        elif isinstance(part, Aggregation):
            text += "".join(f" ← {_downwards(links[step])}" for step in part.path)
    return text


def columns(node: Node, links: list[Link]) -> list[str]:
    """The raw columns the feature is made of, and those of the keys on its way, as `table.column`."""
    found: list[str] = []
    for part in walk(node):
        steps = [part.link] if isinstance(part, Direct) else part.path if isinstance(part, Aggregation) else ()
        found += [f"{links[step].child}.{column}" for step in steps for column in links[step].child_columns]
        if isinstance(part, Identity):
            found += [f"{part.table}.{column}" for column in part.columns]
    return list(dict.fromkeys(found))


def _upwards(link: Link) -> str:
    return f"{link.parent}[{link.label}]" if link.shared else link.parent


def _downwards(link: Link) -> str:
    return f"{link.child}[{link.label}]" if link.shared else link.child


def _explain(node: Node, links: list[Link], target: str, earlier: str, over: Link | None) -> str:
    match node:
        case Identity():
            return node.columns[0] if len(node.columns) == 1 else "the time"
        case Transform():
            return TRANSFORMS[node.primitive][2].format(
                *(_explain(base, links, target, earlier, None) for base in node.bases)
            )
        case Direct():
            link = links[node.link]
            inner = _explain(node.base, links, target, earlier, link)
            if isinstance(node.base, Aggregation):
                return inner
            return f"{inner} of the row of {link.parent} that {link.label} points to"
        case Aggregation():
            last = links[node.path[-1]]
            rows = f"the {earlier}rows of {last.child}"
            if over is not None and len(node.path) == 1 and last.child == over.child == target:
                rows += f" with the same {last.label}" if last == over else f" whose {last.label} is this {over.label}"
            elif over is not None:
                rows += f" that belong to the same row of {over.parent}"
            else:
                rows += " that belong to this row"
            words = AGGREGATIONS[node.primitive].words
            if node.base is None:
                return words.format(rows)
            return f"{words.format(_explain(node.base, links, target, earlier, None))} over {rows}"
        case Foreign():
            return "computed by featuretools"
