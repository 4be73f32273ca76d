"""Read the values of YAML nodes, or raise an error that names the line."""

import json
from pathlib import Path
from typing import Any

from radix_assets.question.horizon import future_of
from radix_assets.question.target import nearest
from radix_assets.tags_file import nodes
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.schema import (
    ALIASES,
    COLUMN_SETTINGS,
    TABLE_SETTINGS,
    ColumnLine,
    Located,
    TableBlock,
)
from radix_resources.errors import TagError


class NodeReader:
    """Reader of node values; errors name the line."""

    def __init__(self, path: Path, mistakes: Mistakes) -> None:
        self.path = path
        self.mistakes = mistakes

    def target(self, node: nodes.Node) -> str | None:
        """Return the target as text; a question about the future as one line of YAML."""
        if nodes.is_mapping(node):
            settings = {key: self.text(value, key) for key, value, _ in self.entries(node, "the target")}
            text = json.dumps(settings)
        else:
            text = (self.text(node, "target") or "").strip()
        if not text.startswith("{"):
            return self.text(node, "target")
        try:
            return future_of(text).text
        except ValueError as error:
            raise self.wrong(node, f"the target cannot be read: {error}", "{for_each, predict, within}") from None

    def entries(
        self, node: nodes.Node, where: str, allowed: tuple[str, ...] | None = None
    ) -> list[tuple[str, Any, int]]:
        """Return keys, values and lines of a mapping whose keys are unique and among those allowed."""
        if not nodes.is_mapping(node):
            raise self.wrong(node, f"{where} is not a mapping", "key: value")
        entries: dict[str, tuple[Any, int]] = {}
        for key, value in nodes.pairs(node):
            with self.mistakes.collect():
                if not nodes.is_scalar(key):
                    raise self.wrong(key, f"a key of {where} is not text", "a name, in quotes if needed")
                if allowed is not None and key.value not in allowed:
                    raise self._unknown(key, where, allowed)
                if key.value in entries:
                    raise TagError(
                        "RDX-TAG-005",
                        f"{key.value!r} is defined twice in {where}",
                        hint=f"remove one of the lines {entries[key.value][1]} and {nodes.line(key)}",
                        file=self.path,
                        line=nodes.line(key),
                    )
                entries[key.value] = value, nodes.line(key)
        return [(name, value, line) for name, (value, line) in entries.items()]

    def table(self, name: str, node: nodes.Node, block: TableBlock) -> None:
        """Read one table into `block`."""
        if nodes.is_null(node):
            return
        with self.mistakes.collect():
            for key, value, line in self.entries(node, f"the table {name!r}", TABLE_SETTINGS):
                with self.mistakes.collect():
                    if key == "columns":
                        entries = [] if nodes.is_null(value) else self.entries(value, f"the columns of {name!r}")
                        for column, item, number in entries:
                            block.columns[column] = ColumnLine(number)
                            with self.mistakes.collect():
                                self.column(column, item, block.columns[column])
                        continue
                    items = [] if nodes.is_null(value) else self.items(value, key)
                    setattr(block, key, [self.text(item, key) or "" for item in items])
                    setattr(block, f"{key}_line", line)

    def column(self, name: str, node: nodes.Node, target: ColumnLine) -> None:
        """Read one column, a mapping or its role alone, into `target`."""
        if nodes.is_null(node):
            return
        if nodes.is_scalar(node):
            target.role = self.choice(node, "role", COLUMN_SETTINGS["role"])
            return
        for key, value, _ in self.entries(node, f"the column {name!r}", tuple(COLUMN_SETTINGS)):
            with self.mistakes.collect():
                if key == "human":
                    target.human = self.flag(value, key)
                else:
                    setattr(target, key, self.choice(value, key, COLUMN_SETTINGS[key]))

    def items(self, node: nodes.Node, where: str) -> list[Any]:
        """Return the items of a list; a single value counts as a list of one."""
        if nodes.is_scalar(node):
            return [node]
        if not nodes.is_sequence(node):
            raise self.wrong(node, f"{where} is not a list", "a list, such as [a, b]")
        return list(node.value)

    def located(self, node: nodes.Node, where: str, words: tuple[str, ...] = ()) -> list[Located]:
        """Return the texts of a list with their lines. An item may be `word: text` with one of these words."""
        items: list[Located] = []
        for item in [] if nodes.is_null(node) else self.items(node, where):
            with self.mistakes.collect():
                if words and nodes.is_mapping(item):
                    entries = self.entries(item, f"an item of {where}", words)
                    text = "; ".join(f"{word}: {self.text(value, where) or ''}" for word, value, _ in entries)
                else:
                    text = self.text(item, where) or ""
                items.append(Located(text, nodes.line(item)))
        return items

    def text(self, node: nodes.Node, where: str) -> str | None:
        """Return a single value as written; None if null."""
        if not nodes.is_scalar(node):
            raise self.wrong(node, f"{where} is not a single value", "one value on one line")
        return None if nodes.is_null(node) else str(node.value)

    def flag(self, node: nodes.Node, where: str) -> bool:
        """Return a truth value; null is false."""
        word = (self.text(node, where) or "false").casefold()
        if word not in {"true", "false", "yes", "no"}:
            raise self.wrong(node, f"{where} is {node.value!r}", "true or false")
        return word in {"true", "yes"}

    def choice(self, node: nodes.Node, where: str, allowed: tuple[str, ...]) -> str | None:
        """Return one of the allowed values, written by name or alias; None if null."""
        value = self.text(node, where)
        if value is None or not allowed:
            return value
        value = ALIASES.get(where, {}).get(value, value)
        if value not in allowed:
            raise not_allowed(where, value, allowed, file=self.path, line=nodes.line(node))
        return value

    def wrong(self, node: nodes.Node, found: str, expected: str) -> TagError:
        """Return the error for a value that is not allowed."""
        return TagError(
            "RDX-TAG-004", found, expected=expected, hint="fix the line", file=self.path, line=nodes.line(node)
        )

    def _unknown(self, key: nodes.Node, where: str, allowed: tuple[str, ...]) -> TagError:
        near = nearest(key.value, allowed, 1)
        return TagError(
            "RDX-TAG-005",
            f"{key.value!r} is not a setting of {where}",
            expected=f"one of {', '.join(allowed)}",
            hint=f"did you mean {near[0]}?" if near else "remove the line",
            file=self.path,
            line=nodes.line(key),
        )


def not_allowed(setting: str, value: str, allowed: tuple[str, ...], **context: Any) -> TagError:
    """Return the error for a role, type … that does not exist, with the nearest valid value as its hint."""
    near = nearest(value, allowed, 1)
    return TagError(
        "RDX-TAG-004",
        f"{setting} is {value!r}",
        expected=f"one of {', '.join(allowed)}",
        hint=f"did you mean {near[0]}?" if near else "choose one of them",
        **context,
    )
