"""`tags.yaml` as a person left it, checked for its form, with line numbers. What the data say is checked later."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from radix_assets.common.vocabulary import FeatureType, Problem, Role, Sensitivity
from radix_assets.question.horizon import Future, future_of
from radix_assets.question.target import nearest
from radix_assets.tags_file import nodes
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.ledger import Ledger, load_ledger
from radix_assets.tags_file.lines import Key, Line, lines_of, print_of
from radix_resources.errors import TagError

COLUMN_SETTINGS: dict[str, tuple[str, ...]] = {
    "role": get_args(Role),
    "type": get_args(FeatureType),
    "sensitivity": get_args(Sensitivity),
    "semantic_type": (),
    "unit": (),
    "human": ("true", "false"),
}
"""What a column's line may hold, and what may stand there; where nothing is named, any word."""
ALIASES: dict[str, dict[str, str]] = {
    "type": {
        "boolean": "categorical",
        "text": "sentence",
        "identifier": "not-generalizable",
        "other": "context-specific",
    }
}
"""Plain words that a person may write, to the benchmark's."""
_TOP = ("confirmed", "confirmed_by", "target", "problem", "relationships", "tables")
_TABLE = ("primary_key", "time_index", "columns")
_PERCENT = re.compile(r"#[^:\d]*(\d{1,3}) %")


@dataclass(frozen=True)
class Said:
    """A text and the line where it stands."""

    text: str
    line: int


@dataclass
class ColumnLine:
    """What is said of one column; None where nothing is."""

    line: int
    role: str | None = None
    type: str | None = None
    sensitivity: str | None = None
    semantic_type: str | None = None
    unit: str | None = None
    human: bool = False

    @property
    def said(self) -> dict[str, str]:
        """The settings that it holds."""
        held = {name: getattr(self, name) for name in COLUMN_SETTINGS if name != "human"}
        return {name: value for name, value in held.items() if value} | ({"human": "true"} if self.human else {})


@dataclass
class TableBlock:
    """What is said of one table."""

    line: int
    primary_key: list[str] | None = None
    primary_key_line: int = 0
    time_index: list[str] | None = None
    time_index_line: int = 0
    columns: dict[str, ColumnLine] = field(default_factory=dict)


@dataclass
class TagsFile:
    """The whole file."""

    path: Path
    text: str
    confirmed: bool = False
    confirmed_by: str | None = None
    target: Said | None = None
    target_confidence: float | None = None
    """As the comment beside the target says; None where it says nothing, as where a person wrote it."""
    problem: Said | None = None
    relationships: list[Said] | None = None
    tables: dict[str, TableBlock] = field(default_factory=dict)
    lines: dict[Key, Line] = field(default_factory=dict)
    """Where the entries stand that have a line of their own."""
    ledger: Ledger = field(default_factory=Ledger)
    """What Radix wrote, as far as it remembers."""

    @property
    def question(self) -> Future | None:
        """The target, where it is something that will happen."""
        return future_of(self.target.text) if self.target and self.target.text.startswith("{") else None

    @property
    def sha(self) -> str:
        """What the text is told apart by."""
        return sha_of(self.text)

    def print_of(self, key: Key) -> str:
        """What the line of an entry is known by; empty where it has none of its own."""
        line = self.lines.get(key)
        return print_of(self.text[line.start : line.stop]) if line else ""

    def untouched(self, key: Key) -> bool:
        """Whether an entry's line is as Radix wrote it."""
        return self.ledger.untouched(key, self.print_of(key))

    def suggested(self, key: Key) -> bool:
        """Whether an entry is only suggested: its line is as Radix wrote it, and nobody has confirmed it."""
        return self.ledger.suggested(key, self.print_of(key))


def sha_of(text: str) -> str:
    """The sha256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_text(path: Path) -> str:
    """The file's text, line ends as they are. Raises TagError RDX-TAG-001."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError:
        raise TagError("RDX-TAG-001", "there is no tags file", hint="radix run NAME writes it", file=path) from None
    except UnicodeDecodeError as error:
        raise TagError(
            "RDX-TAG-003",
            "the file is not UTF-8 text",
            hint="save it as UTF-8",
            file=path,
            line=error.object[: error.start].count(b"\n") + 1,
        ) from None


def read_tags(path: Path) -> TagsFile:
    """Read the file and check its form.

    Raises TagError RDX-TAG-001 (no file), RDX-TAG-003 (not YAML), RDX-TAG-004 (a value that is not allowed) and
    RDX-TAG-005 (a setting that does not exist, or twice), each with the line, what is allowed and the nearest of it;
    of several mistakes all, as TagsError.
    """
    return parse_tags(read_text(path), path, load_ledger(path))


def parse_tags(text: str, path: Path, ledger: Ledger | None = None, mistakes: Mistakes | None = None) -> TagsFile:
    """The same for a text that is at hand; `path` is named in errors.

    With `mistakes` nothing is raised: they are gathered there, and the rest is read.
    """
    gathered = Mistakes() if mistakes is None else mistakes
    root = _root(text, path, gathered)
    file = TagsFile(path, text, ledger=ledger or Ledger())
    if root is not None:
        file.lines = lines_of(text, root)
        with gathered.kept():
            _read(file, root, _Reader(path, gathered))
    if mistakes is None:
        gathered.raise_if_any()
    return file


_TRIES = 5
"""Lines that are passed over to see what else is wrong with a file that is not YAML."""


def _root(text: str, path: Path, mistakes: Mistakes) -> nodes.Node | None:
    """The root node. Where a line is not YAML, what the file holds without it, if that is readable."""
    first: TagError | None = None
    found: list[TagError] = []
    for _ in range(_TRIES):
        try:
            root = nodes.compose(text, path)
        except TagError as error:
            first = first or error
            found.append(error)
            lines = text.split("\n")
            number = int(error.context.get("line", 0))
            if not 0 < number <= len(lines) or not lines[number - 1].strip():
                break
            lines[number - 1] = " " * len(lines[number - 1])
            text = "\n".join(lines)
        else:
            mistakes.found += found
            return root
    if first:
        mistakes.found.append(first)
    return None


def _read(file: TagsFile, root: nodes.Node, reader: "_Reader") -> None:
    for key, value, _ in reader.entries(root, "the file", _TOP):
        with reader.mistakes.kept():
            match key:
                case "confirmed":
                    file.confirmed = reader.flag(value, key)
                case "confirmed_by":
                    file.confirmed_by = reader.text(value, key)
                case "target":
                    said = reader.target(value)
                    file.target = Said(said, nodes.line(value)) if said else None
                    percent = _PERCENT.search(file.text[nodes.end(value) :].partition("\n")[0])
                    own = file.ledger.new or file.untouched(("target",))
                    file.target_confidence = int(percent[1]) / 100 if percent and own else None
                case "problem":
                    said = reader.choice(value, key, get_args(Problem))
                    file.problem = Said(said, nodes.line(value)) if said else None
                case "relationships":
                    items = [] if nodes.is_null(value) else reader.items(value, key)
                    file.relationships = []
                    for item in items:
                        with reader.mistakes.kept():
                            file.relationships.append(Said(reader.text(item, key) or "", nodes.line(item)))
                case "tables" if not nodes.is_null(value):
                    for name, block, line in reader.entries(value, key):
                        file.tables[name] = TableBlock(line)
                        reader.table(name, block, file.tables[name])


class _Reader:
    """Values of nodes, or an error that names the line."""

    def __init__(self, path: Path, mistakes: Mistakes) -> None:
        self.path = path
        self.mistakes = mistakes

    def target(self, node: nodes.Node) -> str | None:
        """The target as text; of a question about the future its one line of YAML."""
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
        """Keys, values and lines of a mapping; each key once, and one of those allowed."""
        if not nodes.is_mapping(node):
            raise self.wrong(node, f"{where} holds no settings", "key: value")
        found: dict[str, tuple[Any, int]] = {}
        for key, value in nodes.pairs(node):
            with self.mistakes.kept():
                if not nodes.is_scalar(key):
                    raise self.wrong(key, f"a key of {where} is no text", "a name, in quotes where it holds signs")
                if allowed is not None and key.value not in allowed:
                    raise self._unknown(key, where, allowed)
                if key.value in found:
                    raise TagError(
                        "RDX-TAG-005",
                        f"{key.value!r} stands twice in {where}",
                        hint=f"remove one of the lines {found[key.value][1]} and {nodes.line(key)}",
                        file=self.path,
                        line=nodes.line(key),
                    )
                found[key.value] = value, nodes.line(key)
        return [(name, value, line) for name, (value, line) in found.items()]

    def table(self, name: str, node: nodes.Node, block: TableBlock) -> None:
        """One table."""
        if nodes.is_null(node):
            return
        with self.mistakes.kept():
            for key, value, line in self.entries(node, f"the table {name!r}", _TABLE):
                with self.mistakes.kept():
                    if key == "columns":
                        entries = [] if nodes.is_null(value) else self.entries(value, f"the columns of {name!r}")
                        for column, item, number in entries:
                            block.columns[column] = ColumnLine(number)
                            with self.mistakes.kept():
                                self.column(column, item, block.columns[column])
                        continue
                    items = [] if nodes.is_null(value) else self.items(value, key)
                    setattr(block, key, [self.text(item, key) or "" for item in items])
                    setattr(block, f"{key}_line", line)

    def column(self, name: str, node: nodes.Node, found: ColumnLine) -> None:
        """One column: a mapping, or its role alone."""
        if nodes.is_null(node):
            return
        if nodes.is_scalar(node):
            found.role = self.choice(node, "role", COLUMN_SETTINGS["role"])
            return
        for key, value, _ in self.entries(node, f"the column {name!r}", tuple(COLUMN_SETTINGS)):
            with self.mistakes.kept():
                if key == "human":
                    found.human = self.flag(value, key)
                else:
                    setattr(found, key, self.choice(value, key, COLUMN_SETTINGS[key]))

    def items(self, node: nodes.Node, where: str) -> list[Any]:
        """The items of a list; a single value is a list of one."""
        if nodes.is_scalar(node):
            return [node]
        if not nodes.is_sequence(node):
            raise self.wrong(node, f"{where} is no list", "a list, such as [a, b]")
        return list(node.value)

    def text(self, node: nodes.Node, where: str) -> str | None:
        """A single value as it is written; None where there is none."""
        if not nodes.is_scalar(node):
            raise self.wrong(node, f"{where} is no text", "one value on one line")
        return None if nodes.is_null(node) else str(node.value)

    def flag(self, node: nodes.Node, where: str) -> bool:
        """True or false; nothing is false."""
        said = (self.text(node, where) or "false").casefold()
        if said not in {"true", "false", "yes", "no"}:
            raise self.wrong(node, f"{where} is {node.value!r}", "true or false")
        return said in {"true", "yes"}

    def choice(self, node: nodes.Node, where: str, allowed: tuple[str, ...]) -> str | None:
        """One of the values allowed, by its own name or a plainer one; None where there is none."""
        said = self.text(node, where)
        if said is None or not allowed:
            return said
        said = ALIASES.get(where, {}).get(said, said)
        if said not in allowed:
            raise not_allowed(where, said, allowed, file=self.path, line=nodes.line(node))
        return said

    def wrong(self, node: nodes.Node, found: str, expected: str) -> TagError:
        """The error of a value that cannot be."""
        return TagError(
            "RDX-TAG-004", found, expected=expected, hint="mend the line", file=self.path, line=nodes.line(node)
        )

    def _unknown(self, key: nodes.Node, where: str, allowed: tuple[str, ...]) -> TagError:
        near = nearest(key.value, allowed, 1)
        return TagError(
            "RDX-TAG-005",
            f"{key.value!r} is no setting of {where}",
            expected=f"one of {', '.join(allowed)}",
            hint=f"did you mean {near[0]}?" if near else "remove the line",
            file=self.path,
            line=nodes.line(key),
        )


def not_allowed(setting: str, value: str, allowed: tuple[str, ...], **context: Any) -> TagError:
    """The error of a role, type … that does not exist, with the nearest that does."""
    near = nearest(value, allowed, 1)
    return TagError(
        "RDX-TAG-004",
        f"{setting} is {value!r}",
        expected=f"one of {', '.join(allowed)}",
        hint=f"did you mean {near[0]}?" if near else "choose one of them",
        **context,
    )
