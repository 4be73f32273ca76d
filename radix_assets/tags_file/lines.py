"""Positions and fingerprints of the lines of a tags file, so that a line is recognized after the user has edited it."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from radix_assets.tags_file import nodes
from radix_assets.tags_file.schema import LISTS

Key = tuple[str, ...]
"""`("target",)`, `("relationships", name)`, `("rules", rule)`, `("tables", table, "columns", column)` …"""

_SPACE = re.compile(r"[ \t]+")


class Line(NamedTuple):
    """Position of an entry, in characters from the start of the text."""

    start: int
    """Start of its key, or of its value in a list."""
    value: int
    """End of its value, or of its key with the colon if the value is on the lines below."""
    stop: int
    """The end of the line, before the line break."""
    number: int
    """From 1."""


def lines_of(text: str, root: nodes.Node | None) -> dict[Key, Line]:
    """Return the lines that Radix may have written: one entry on its own line, then at most a comment."""
    lines: dict[Key, Line] = {}
    for key, first, value in _entries(root):
        start = nodes.start(first)
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        while stop > start and text[stop - 1] == "\r":
            stop -= 1
        here = value is not None and nodes.start(value) >= start and nodes.end(value) <= stop
        if value is not None and here:
            end = nodes.end(value)
            if nodes.start(value) == end:
                end = text.find(":", nodes.end(first)) + 1
        else:
            colon = text.find(":", nodes.end(first), stop)
            end = nodes.end(first) if colon < 0 else colon + 1
        alone = not text[text.rfind("\n", 0, start) + 1 : start].strip(" -")
        rest = text[end:stop].strip()
        if alone and (not rest or rest.startswith("#")):
            lines.setdefault(key, Line(start, end, stop, nodes.line(first)))
    return lines


def _entries(root: nodes.Node | None) -> Iterator[tuple[Key, nodes.Node, nodes.Node | None]]:
    """Yield the key of each entry, the node where it begins, and its value."""
    for key, value in _scalar_pairs(root):
        name = key.value
        if name in {"target", "problem"}:
            yield (name,), key, value
        elif name in LISTS and nodes.is_sequence(value):
            for item in value.value:
                if nodes.is_scalar(item):
                    yield (name, item.value), item, item
        elif name == "tables":
            for table, block in _scalar_pairs(value):
                yield (name, table.value), table, block
                yield from _of_table((name, table.value), block)


def _of_table(table: Key, block: nodes.Node) -> Iterator[tuple[Key, nodes.Node, nodes.Node | None]]:
    for setting, value in _scalar_pairs(block):
        if setting.value != "columns":
            yield (*table, setting.value), setting, value
            continue
        for column, line in _scalar_pairs(value):
            yield (*table, "columns", column.value), column, line


def _scalar_pairs(node: nodes.Node | None) -> list[tuple[nodes.Node, nodes.Node]]:
    return [pair for pair in nodes.pairs(node) if nodes.is_scalar(pair[0])] if node is not None else []


def fingerprint(line: str) -> str:
    """Return the fingerprint of a line. Even a changed space gives another one: the line is no longer as written."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def alike(first: str, second: str) -> bool:
    """Return whether two lines are equal apart from their spacing."""
    return _SPACE.sub(" ", first).strip() == _SPACE.sub(" ", second).strip()


def key_text(key: Key) -> str:
    """Return a key as text."""
    return json.dumps(key, ensure_ascii=False)
