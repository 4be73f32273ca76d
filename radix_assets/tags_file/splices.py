"""Edits of a YAML text that change the edited values only: every other byte, comment and order stays."""

from pathlib import Path

from radix_assets.tags_file import nodes
from radix_assets.tags_file.lines import Line, alike
from radix_assets.tags_file.yaml_text import aligned, quoted
from radix_resources.errors import TagError

NEW = "# new, "
"""Start of the comment of a column that was added after the file was first written."""


class Splices:
    """Edits of one text, collected and applied together."""

    def __init__(self, text: str, file: Path | None = None) -> None:
        self.text = text
        self.file = file
        self.root = nodes.compose(text, file)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._edits: list[tuple[int, int, str]] = []

    def applied(self) -> str:
        """Return the text with all edits."""
        parts, position = [], 0
        # A stable sort: insertions at the same position stay in the order of the calls.
        for start, end, text in sorted(self._edits, key=lambda edit: edit[:2]):
            parts += [self.text[position:start], text]
            position = end
        return "".join(parts) + self.text[position:]

    def find(self, *keys: str) -> tuple[nodes.Node, nodes.Node] | None:
        """Return key and value of an entry, by its path from the top; None if there is no such entry."""
        pair, node = None, self.root
        for key in keys:
            pair = nodes.child(node, key) if node is not None else None
            if pair is None:
                return None
            node = pair[1]
        return pair

    def set(self, pair: tuple[nodes.Node, nodes.Node], value: str) -> None:
        """Replace an entry's value; an empty text removes it."""
        key, node = pair
        self._demand_no_alias(pair)
        if nodes.is_null(node) and nodes.start(node) == nodes.end(node):
            colon = self.text.index(":", nodes.end(key))
            self._edits.append((colon + 1, colon + 1, f" {value}" if value else ""))
        else:
            self._edits.append((nodes.start(node), nodes.end(node), value))

    def add(
        self, pair: tuple[nodes.Node, nodes.Node] | None, entries: list[tuple[str, str, str]], indent: int = 0
    ) -> None:
        """Add entries (key, value, comment) at the end of an entry's mapping, or of the file (None).

        `indent` is used if the mapping is empty, so that it has no entries to align with.
        """
        node = self.root if pair is None else pair[1]
        if pair is not None:
            self._demand_no_alias(pair)
        if node is not None and nodes.is_mapping(node) and node.flow_style:
            inner = ", ".join(f"{quoted(key)}: {value}" for key, value, _ in entries)
            self.into_flow(node, inner)
            return
        filled = nodes.is_mapping(node) and bool(nodes.pairs(node))
        depth = nodes.pairs(node)[0][0].start_mark.column if filled else indent
        lines = [(f"{' ' * depth}{quoted(key)}: {value}".rstrip(), note) for key, value, note in entries]
        self.lines_after(self._insert_position(node, pair, filled=filled), aligned(lines))

    def block(self, pair: tuple[nodes.Node, nodes.Node] | None, lines: list[str], indent: int = 0) -> None:
        """Add formatted lines, which start in column 0, at the end of an entry's mapping or list, indented to fit."""
        node = self.root if pair is None else pair[1]
        if pair is not None:
            self._demand_no_alias(pair)
        filled = node is not None and not nodes.is_scalar(node) and bool(node.value) and not node.flow_style
        if node is not None and not nodes.is_scalar(node) and node.flow_style:
            raise self._cannot_edit(node, "the value is written in brackets")
        depth = nodes.column(node) if filled else indent
        self.lines_after(
            self._insert_position(node, pair, filled=filled), [" " * depth + line if line else "" for line in lines]
        )

    def remove_items(self, sequence: nodes.Node, indexes: list[int]) -> None:
        """Remove items from a list; in a block list, their lines go with the comments beside them."""
        items, removed = sequence.value, set(indexes)
        if not sequence.flow_style:
            for index in sorted(removed):
                begin = self.text.rfind("\n", 0, nodes.start(items[index])) + 1
                stop = self.text.find("\n", nodes.end(items[index]))
                self._edits.append((begin, len(self.text) if stop < 0 else stop + 1, ""))
            return
        remaining = [index for index in range(len(items)) if index not in removed]
        for index in sorted(removed):
            before = max((earlier for earlier in remaining if earlier < index), default=None)
            if before is not None:
                self._edits.append((nodes.end(items[index - 1]), nodes.end(items[index]), ""))
            else:
                last = index + 1 == len(items)
                stop = nodes.end(items[index]) if last else nodes.start(items[index + 1])
                self._edits.append((nodes.start(items[index]), stop, ""))

    def line(self, line: Line, body: str, note: str) -> None:
        """Rewrite an entry's line with its comment in the same column; do nothing if only the spacing differs."""
        old = self.text[line.start : line.stop]
        comment = self.text.find("#", line.value, line.stop)
        if comment >= 0 and self.text.startswith(NEW, comment):
            note = NEW.removeprefix("# ") + note
        width = max(comment - line.start if comment >= 0 else 0, len(body) + 2)
        new = f"{body.ljust(width)}# {note}" if note else body
        if not alike(new, old):
            self._edits.append((line.start, line.stop, new))

    def note(self, line: Line, note: str) -> None:
        """Rewrite the comment of an entry's line, or add one."""
        comment = self.text.find("#", line.value, line.stop)
        if comment < 0:
            self._edits.append((line.stop, line.stop, f"  # {note}"))
        else:
            self._edits.append((comment, line.stop, f"# {note}"))

    def comment_above(self, key: tuple[str, ...], comment: str) -> None:
        """Insert a comment on a line of its own above an entry, if the entry has its own line."""
        pair = self.find(*key)
        if pair is None:
            return
        position = nodes.start(pair[0])
        begin = self.text.rfind("\n", 0, position) + 1
        if not self.text[begin:position].strip(" "):
            self._edits.append((begin, begin, self.text[begin:position] + comment + self.newline))

    def remove_comment(self, comment: str) -> None:
        """Remove the lines that hold this comment and nothing else."""
        begin = 0
        for line in self.text.splitlines(keepends=True) if comment in self.text else ():
            if line.strip() == comment:
                self._edits.append((begin, begin + len(line), ""))
            begin += len(line)

    def into_flow(self, node: nodes.Node, inner: str) -> None:
        """Add formatted items or entries at the end of a list or a mapping in brackets."""
        if node.value:
            last = node.value[-1]
            position = nodes.end(last[1] if isinstance(last, tuple) else last)
            self._edits.append((position, position, f", {inner}"))
        else:
            self._edits.append((nodes.start(node) + 1, nodes.start(node) + 1, inner))

    def _insert_position(
        self, node: nodes.Node | None, pair: tuple[nodes.Node, nodes.Node] | None, *, filled: bool
    ) -> int:
        if filled:
            return nodes.end(node)
        return nodes.end(pair[0]) if pair is not None else len(self.text)

    def lines_after(self, position: int, lines: list[str]) -> None:
        """Insert lines after the line that holds a position."""
        if position and self.text[position - 1] == "\n":
            position -= 1
        stop = self.text.find("\n", position)
        stop = len(self.text) if stop < 0 else stop
        if stop and stop < len(self.text) and self.text[stop - 1] == "\r":
            stop -= 1
        first = self.newline if stop else ""
        if stop == len(self.text) and self.text.endswith(("\n", "\r")):
            first = ""
        self._edits.append((stop, stop, first + self.newline.join(lines) + ("" if first else self.newline)))

    def _demand_no_alias(self, pair: tuple[nodes.Node, nodes.Node]) -> None:
        """Raise if the value is an alias (`*name`): changing the value elsewhere would change more than asked for."""
        if nodes.start(pair[1]) < nodes.start(pair[0]):
            raise self._cannot_edit(pair[0], "its value is an alias")

    def _cannot_edit(self, node: nodes.Node, why: str) -> TagError:
        return TagError(
            "RDX-TAG-011",
            f"Radix cannot edit this entry without changing others: {why}",
            hint="edit the file by hand",
            file=self.file,
            line=nodes.line(node),
        )
