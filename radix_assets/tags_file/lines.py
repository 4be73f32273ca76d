"""Which line of a tags file says what, so that a line is known again after a person has worked on the file."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from radix_assets.tags_file import nodes

Key = tuple[str, ...]
"""`("target",)`, `("relationships", name)`, `("tables", table)`, `("tables", table, "columns", column)` …"""

_SPACE = re.compile(r"[ \t]+")


class Line(NamedTuple):
    """Where an entry stands, in characters from the start of the text."""

    start: int
    """Of its key, or of its value in a list."""
    value: int
    """Where its value ends; where its key ends with the colon, if the value stands below."""
    stop: int
    """The end of the line, before the line break."""
    number: int
    """From 1."""


def lines_of(text: str, root: nodes.Node | None) -> dict[Key, Line]:
    """The lines of all entries that Radix may have written: one entry on a line of its own, ended by a comment."""
    found: dict[Key, Line] = {}
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
            found.setdefault(key, Line(start, end, stop, nodes.line(first)))
    return found


def _entries(root: nodes.Node | None) -> Iterator[tuple[Key, nodes.Node, nodes.Node | None]]:
    """Key, the node where it begins, and its value."""
    for key, value in _named(root):
        name = key.value
        if name in {"target", "problem"}:
            yield (name,), key, value
        elif name == "relationships" and nodes.is_sequence(value):
            for item in value.value:
                if nodes.is_scalar(item):
                    yield (name, item.value), item, item
        elif name == "tables":
            for table, block in _named(value):
                yield (name, table.value), table, block
                yield from _of_table((name, table.value), block)


def _of_table(table: Key, block: nodes.Node) -> Iterator[tuple[Key, nodes.Node, nodes.Node | None]]:
    for setting, held in _named(block):
        if setting.value != "columns":
            yield (*table, setting.value), setting, held
            continue
        for column, line in _named(held):
            yield (*table, "columns", column.value), column, line


def _named(node: nodes.Node | None) -> list[tuple[nodes.Node, nodes.Node]]:
    return [pair for pair in nodes.pairs(node) if nodes.is_scalar(pair[0])] if node is not None else []


def print_of(line: str) -> str:
    """What a line is known by. Another space makes it another line: it is then no longer as Radix wrote it."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def alike(one: str, other: str) -> bool:
    """Whether two lines say the same, however they are spaced."""
    return _SPACE.sub(" ", one).strip() == _SPACE.sub(" ", other).strip()


def written(key: Key) -> str:
    """A key as text."""
    return json.dumps(key, ensure_ascii=False)
