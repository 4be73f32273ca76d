"""`tags.yaml` as a person left it, checked for its form, with line numbers. What the data say is checked later."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from radix_assets.suggestions.model import FeatureType, Problem, Role, Sensitivity
from radix_assets.suggestions.question import nearest
from radix_assets.tags import nodes
from radix_resources.errors import TagError

COLUMN_SETTINGS: dict[str, tuple[str, ...]] = {
    "role": get_args(Role),
    "type": get_args(FeatureType),
    "sensitivity": get_args(Sensitivity),
    "human": ("true", "false"),
}
"""What a column's line may hold, and what may stand there."""
_TOP = ("confirmed", "confirmed_by", "target", "problem", "relationships", "tables")
_TABLE = ("primary_key", "time_index", "columns")
_PERCENT = re.compile(r"#\s*(\d{1,3}) %")


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
    human: bool = False


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

    @property
    def sha(self) -> str:
        """What the text is told apart by."""
        return sha_of(self.text)


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
    RDX-TAG-005 (a setting that does not exist, or twice), each with the line, what is allowed and the nearest of it.
    """
    return parse_tags(read_text(path), path)


def parse_tags(text: str, path: Path) -> TagsFile:
    """The same for a text that is at hand; `path` is named in errors."""
    root = nodes.compose(text, path)
    file = TagsFile(path, text)
    if root is None:
        return file
    reader = _Reader(path)
    for key, value in reader.entries(root, "the file", _TOP):
        match key:
            case "confirmed":
                file.confirmed = reader.flag(value, key)
            case "confirmed_by":
                file.confirmed_by = reader.text(value, key)
            case "target":
                said = reader.text(value, key)
                file.target = Said(said, nodes.line(value)) if said else None
                percent = _PERCENT.search(text[nodes.end(value) :].partition("\n")[0])
                file.target_confidence = int(percent[1]) / 100 if percent else None
            case "problem":
                said = reader.choice(value, key, get_args(Problem))
                file.problem = Said(said, nodes.line(value)) if said else None
            case "relationships":
                items = [] if nodes.is_null(value) else reader.items(value, key)
                file.relationships = [Said(reader.text(item, key) or "", nodes.line(item)) for item in items]
            case "tables" if not nodes.is_null(value):
                file.tables = {name: reader.table(name, block) for name, block in reader.entries(value, key)}
    return file


class _Reader:
    """Values of nodes, or an error that names the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, node: nodes.Node, where: str, allowed: tuple[str, ...] | None = None) -> list[tuple[str, Any]]:
        """Keys and values of a mapping; each key once, and one of those allowed."""
        if not nodes.is_mapping(node):
            raise self.wrong(node, f"{where} holds no settings", "key: value")
        found: dict[str, Any] = {}
        for key, value in nodes.pairs(node):
            if not nodes.is_scalar(key):
                raise self.wrong(key, f"a key of {where} is no text", "a name, in quotes where it holds signs")
            if allowed is not None and key.value not in allowed:
                raise self._unknown(key, where, allowed)
            if key.value in found:
                raise TagError(
                    "RDX-TAG-005",
                    f"{key.value!r} stands twice in {where}",
                    hint="remove one of the lines",
                    file=self.path,
                    line=nodes.line(key),
                )
            found[key.value] = value
        return list(found.items())

    def table(self, name: str, node: nodes.Node) -> TableBlock:
        """One table."""
        block = TableBlock(nodes.line(node))
        for key, value in self.entries(node, f"the table {name!r}", _TABLE) if not nodes.is_null(node) else []:
            if key == "columns":
                entries = [] if nodes.is_null(value) else self.entries(value, f"the columns of {name!r}")
                block.columns = {column: self.column(column, item) for column, item in entries}
                continue
            names = [] if nodes.is_null(value) else [self.text(item, key) or "" for item in self.items(value, key)]
            setattr(block, key, names)
            setattr(block, f"{key}_line", nodes.line(value))
        return block

    def column(self, name: str, node: nodes.Node) -> ColumnLine:
        """One column: a mapping, or its role alone."""
        if nodes.is_null(node):
            return ColumnLine(nodes.line(node))
        if nodes.is_scalar(node):
            return ColumnLine(nodes.line(node), role=self.choice(node, "role", COLUMN_SETTINGS["role"]))
        found = ColumnLine(nodes.line(node))
        for key, value in self.entries(node, f"the column {name!r}", tuple(COLUMN_SETTINGS)):
            if key == "human":
                found.human = self.flag(value, key)
            else:
                setattr(found, key, self.choice(value, key, COLUMN_SETTINGS[key]))
        return found

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
        """One of the values allowed; None where there is none."""
        said = self.text(node, where)
        if said is not None and said not in allowed:
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
