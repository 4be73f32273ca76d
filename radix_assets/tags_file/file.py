"""`tags.yaml` as the user left it, with line numbers, checked for form. It is checked against the data later."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from radix_assets.common.vocabulary import Problem
from radix_assets.question.horizon import Future, future_of
from radix_assets.tags_file import nodes
from radix_assets.tags_file.errors import Mistakes
from radix_assets.tags_file.ledger import Ledger, load_ledger
from radix_assets.tags_file.lines import Key, Line, fingerprint, lines_of
from radix_assets.tags_file.reader import NodeReader
from radix_assets.tags_file.schema import TOP_SETTINGS, Located, TableBlock
from radix_resources.errors import TagError

_PERCENT = re.compile(r"#[^:\d]*(\d{1,3}) ?%")


@dataclass
class TagsFile:
    """The whole file."""

    path: Path
    text: str
    confirmed: bool = False
    confirmed_by: str | None = None
    target: Located | None = None
    target_confidence: float | None = None
    """From the comment beside the target; None without one, as when the user wrote the target."""
    problem: Located | None = None
    relationships: list[Located] | None = None
    rules: list[Located] | None = None
    """What must hold of the data, as written; `block: …` where a rule blocks."""
    tables: dict[str, TableBlock] = field(default_factory=dict)
    lines: dict[Key, Line] = field(default_factory=dict)
    """Positions of the entries that have a line of their own."""
    ledger: Ledger = field(default_factory=Ledger)
    """The record of the lines that Radix wrote."""

    @property
    def question(self) -> Future | None:
        """The target if it is a question about the future, else None."""
        return future_of(self.target.text) if self.target and self.target.text.startswith("{") else None

    @property
    def sha(self) -> str:
        """The sha256 of the text."""
        return sha_of(self.text)

    def fingerprint(self, key: Key) -> str:
        """Return the fingerprint of an entry's line; empty if it has no line of its own."""
        line = self.lines.get(key)
        return fingerprint(self.text[line.start : line.stop]) if line else ""

    def untouched(self, key: Key) -> bool:
        """Return whether an entry's line is as Radix wrote it."""
        return self.ledger.untouched(key, self.fingerprint(key))

    def suggested(self, key: Key) -> bool:
        """Return whether an entry is only suggested: its line is as Radix wrote it and has not been confirmed."""
        return self.ledger.suggested(key, self.fingerprint(key))


def sha_of(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_text(path: Path) -> str:
    """Read the file's text, with its line ends. Raise TagError RDX-TAG-001 (no file) or RDX-TAG-003 (not UTF-8)."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError:
        raise TagError(
            "RDX-TAG-001", "there is no tags file", hint="run `radix run NAME`, which writes it", file=path
        ) from None
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

    Raise TagError RDX-TAG-001 (no file), RDX-TAG-003 (not YAML), RDX-TAG-004 (a value that is not allowed) and
    RDX-TAG-005 (an unknown or repeated setting), each with the line, the allowed values and the nearest of them;
    several mistakes are raised together as TagsError.
    """
    return parse_tags(read_text(path), path, load_ledger(path))


def parse_tags(text: str, path: Path, ledger: Ledger | None = None, mistakes: Mistakes | None = None) -> TagsFile:
    """Parse the text of a tags file and check its form; `path` is named in errors.

    Raise what `read_tags` raises for the form. With `mistakes` nothing is raised: errors are collected there, and the
    rest is read.
    """
    collected = Mistakes() if mistakes is None else mistakes
    root = _root(text, path, collected)
    file = TagsFile(path, text, ledger=ledger or Ledger())
    if root is not None:
        file.lines = lines_of(text, root)
        with collected.collect():
            _read(file, root, NodeReader(path, collected))
    if mistakes is None:
        collected.raise_if_any()
    return file


_TRIES = 5
"""Lines that are skipped to find further mistakes in a file that is not valid YAML."""


def _root(text: str, path: Path, mistakes: Mistakes) -> nodes.Node | None:
    """Return the root node. If a line is not YAML, skip it and return the rest, if that can be parsed."""
    first: TagError | None = None
    errors: list[TagError] = []
    for _ in range(_TRIES):
        try:
            root = nodes.compose(text, path)
        except TagError as error:
            first = first or error
            errors.append(error)
            lines = text.split("\n")
            number = int(error.context.get("line", 0))
            if not 0 < number <= len(lines) or not lines[number - 1].strip():
                break
            lines[number - 1] = " " * len(lines[number - 1])
            text = "\n".join(lines)
        else:
            mistakes.errors += errors
            return root
    if first:
        mistakes.errors.append(first)
    return None


def _read(file: TagsFile, root: nodes.Node, reader: "NodeReader") -> None:
    for key, value, _ in reader.entries(root, "the file", TOP_SETTINGS):
        with reader.mistakes.collect():
            match key:
                case "confirmed":
                    file.confirmed = reader.flag(value, key)
                case "confirmed_by":
                    file.confirmed_by = reader.text(value, key)
                case "target":
                    text = reader.target(value)
                    file.target = Located(text, nodes.line(value)) if text else None
                    percent = _PERCENT.search(file.text[nodes.end(value) :].partition("\n")[0])
                    own = file.ledger.new or file.untouched(("target",))
                    file.target_confidence = int(percent[1]) / 100 if percent and own else None
                case "problem":
                    text = reader.choice(value, key, get_args(Problem))
                    file.problem = Located(text, nodes.line(value)) if text else None
                case "relationships":
                    file.relationships = reader.located(value, key)
                case "rules":
                    file.rules = reader.located(value, key, ("block", "warn"))
                case "tables" if not nodes.is_null(value):
                    for name, block, line in reader.entries(value, key):
                        file.tables[name] = TableBlock(line)
                        reader.table(name, block, file.tables[name])
