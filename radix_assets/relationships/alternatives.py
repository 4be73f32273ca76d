"""Links that repeat another through a second key of the same parent: another way to join, no second relationship."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from radix_assets.relationships.choose import Verdict
from radix_assets.relationships.evidence import Pair
from radix_assets.relationships.names import is_key_like
from radix_assets.relationships.values import Values

SAME = 0.95
"""Share of the rows found by both links that must find the same parent."""


def repeated_links(
    links: Sequence[Verdict], keys: Mapping[str, list[str]], values: Values
) -> dict[tuple[str, str], Verdict]:
    """Return, for each child column whose link repeats another, the link that it repeats.

    `customer_name` beside `customer_id` names the customer that the id already names. The link to a column that
    is named like a key stays, of several the one to the primary key, then the first.
    """
    by_tables: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for link in links:
        by_tables[link.pair.child.table, link.pair.parent.table].append(link)
    repeats: dict[tuple[str, str], Verdict] = {}
    for (child, parent), siblings in by_tables.items():
        if child == parent:
            continue
        ranked = sorted(siblings, key=lambda link: _rank(link, keys.get(parent, [])), reverse=True)
        for place, link in enumerate(ranked):
            for main in ranked[:place]:
                if main.pair.child.at in repeats or main.pair.parent.at == link.pair.parent.at:
                    continue
                if _same_rows(main.pair, link.pair, values):
                    repeats[link.pair.child.at] = main
                    break
    return repeats


def contradicted_links(
    links: Sequence[Verdict], keys: Mapping[str, list[str]], repeats: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return the child columns that number their rows as a parent numbers its own, beside a link to the parent's key.

    Invoices and orders are both numbered from 000001 by `increment_id`; `order_id` says of which order an invoice is.
    """
    main = {
        (link.pair.child.table, link.pair.parent.table): link
        for link in links
        if keys.get(link.pair.parent.table) == [link.pair.parent.name] and link.pair.child.at not in repeats
    }
    return {
        link.pair.child.at
        for link in links
        if link.pair.one_to_one
        and link.pair.child.at not in repeats
        and keys.get(link.pair.parent.table) != [link.pair.parent.name]
        and (link.pair.child.table, link.pair.parent.table) in main
    }


def _rank(link: Verdict, key: list[str]) -> tuple[float, ...]:
    parent = link.pair.parent
    to_key = float(key == [parent.name])
    return (float(is_key_like(parent.name)), to_key, float(parent.kind == "integer"), -parent.place, link.probability)


def _same_rows(main: Pair, other: Pair, values: Values) -> bool:
    child, parent = (main.child.name, other.child.name), (main.parent.name, other.parent.name)
    share = values.containment((main.child.table, child), (main.parent.table, parent))
    return share.rows >= SAME * min(main.rows, other.rows)
