"""Add whole lines to a tags file, or remove them."""

from collections.abc import Sequence

from radix_assets.question.target import nearest
from radix_assets.relationships.references import normalize
from radix_assets.tags_file import nodes
from radix_assets.tags_file.splices import Splices
from radix_assets.tags_file.yaml_text import aligned, quoted
from radix_resources.errors import TagError


def append_columns(splices: Splices, table: str, lines: list[tuple[str, str]]) -> None:
    """Add columns, given as `name: {…}` and comment, at the end of a table's columns."""
    pair, block = splices.find("tables", table, "columns"), splices.find("tables", table)
    if pair is None:
        splices.add(block, [("columns", "", "")], indent=4)
        splices.block(block, ["  " + line for line in aligned(lines)], indent=4)
    elif nodes.is_mapping(pair[1]) and pair[1].flow_style and pair[1].value:
        splices.into_flow(pair[1], ", ".join(line for line, _ in lines))
    elif nodes.is_mapping(pair[1]) and pair[1].flow_style:
        splices.set(pair, "")
        splices.block((pair[0], pair[0]), aligned(lines), indent=pair[0].start_mark.column + 2)
    else:
        splices.block(pair, aligned(lines), indent=pair[0].start_mark.column + 2)


def append_tables(splices: Splices, blocks: list[list[str]]) -> None:
    """Add formatted blocks at the end of `tables`."""
    pair = splices.find("tables")
    lines = [line[2:] for block in blocks for line in ["", *block]]
    if pair is None:
        splices.add(None, [("tables", "", "")])
        splices.block(None, ["  " + line if line else "" for line in lines])
    else:
        splices.block(pair, lines, indent=2)


def add_items(splices: Splices, setting: str, names: Sequence[str], lines: list[tuple[str, str]]) -> None:
    """Add formatted items, which hold these texts, at the end of `relationships` or `rules`."""
    pair = splices.find(setting)
    if pair is None:
        splices.add(None, [(setting, "", "")])
        splices.block(None, aligned(lines))
    elif nodes.is_sequence(pair[1]) and pair[1].flow_style and not pair[1].value:
        splices.set(pair, "")
        splices.block((pair[0], pair[0]), [line[2:] for line in aligned(lines)], indent=2)
    elif nodes.is_sequence(pair[1]) and pair[1].flow_style:
        splices.into_flow(pair[1], ", ".join(f'"{name}"' if '"' not in name else quoted(name) for name in names))
    else:
        splices.block(pair, [line[2:] for line in aligned(lines)], indent=2)


def remove_items(splices: Splices, setting: str, existing: Sequence[str], names: Sequence[str]) -> None:
    """Remove items from `relationships` or `rules`, which holds `existing`.

    Raise TagError RDX-TAG-009 (a relationship) or RDX-TAG-014 (a rule) if one is not in it.
    """
    pair = splices.find(setting)
    normalized = [normalize(name) for name in existing]
    code, thing = ("RDX-TAG-014", "rule") if setting == "rules" else ("RDX-TAG-009", "relationship")
    for name in names:
        if normalize(name) not in normalized or pair is None:
            near = nearest(name, existing, 1)
            raise TagError(
                code,
                f"{name!r} is not a {thing} in the file",
                expected=f"a {thing} as written in the file",
                hint=f"did you mean {near[0]}?" if near else "write it as in the file",
                file=splices.file,
            )
    if pair is not None:
        splices.remove_items(pair[1], [normalized.index(normalize(name)) for name in names])
