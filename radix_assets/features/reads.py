"""Which raw columns a feature matrix is computed from."""

from collections import Counter
from pathlib import Path

from radix_assets.asof.plan import Aggregation, Direct, Identity, Link, Node, Plan, walk
from radix_assets.common.plural import counted
from radix_assets.features.prepared import PLAN_FILE
from radix_assets.pipeline.reads import Reads


def columns_read(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Return, by table and column, what the plan in a snapshot of the features reads it for."""
    plan = Plan.model_validate_json((folder / PLAN_FILE).read_bytes())
    features: Counter[tuple[str, str]] = Counter()
    uses: dict[tuple[str, str], list[str]] = {}
    links: dict[int, Link] = {}
    for output in plan.outputs:
        nodes = list(walk(output.node))
        links |= {step: plan.links[step] for node in nodes for step in _steps(node)}
        own = [node for node in nodes if isinstance(node, Identity)]
        features.update({(plan.source(node.table), column) for node in own for column in node.columns})
    for place, number in features.items():
        uses[place] = [counted(number, "feature")]
    for link in links.values():
        child, parent = plan.source(link.child), plan.source(link.parent)
        places = [(child, column) for column in link.child_columns] + [(parent, name) for name in link.parent_columns]
        for place in places:
            uses.setdefault(place, []).append(f"the link {child} → {parent}")
    tables = {plan.source(plan.table), *(table for table, _ in uses)}
    for table, columns in plan.times.items():
        for column in columns if plan.source(table) in tables else ():
            uses.setdefault((plan.source(table), column), []).append("the time of a row")
    for table, columns in plan.known.items():
        for column in columns if plan.source(table) in tables else ():
            uses.setdefault((plan.source(table), column), []).append("the time from which a row is known")
    return {place: list(dict.fromkeys(texts)) for place, texts in uses.items()}


def _steps(node: Node) -> tuple[int, ...]:
    """Return the links that a node follows."""
    if isinstance(node, Direct):
        return (node.link,)
    return node.path if isinstance(node, Aggregation) else ()


def reads_of_features(folder: Path) -> Reads:
    """Return what a snapshot of the features reads."""
    return Reads("the features", columns_read(folder))
