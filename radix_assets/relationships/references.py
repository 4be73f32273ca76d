"""Parse relationships as a user writes them: `flights.carrier -> airlines.carrier`, several columns in brackets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from radix_assets.question.target import nearest
from radix_assets.relationships.schema import Relationship
from radix_assets.tags_file.schema import Located
from radix_resources.errors import TagError

Columns = Mapping[str, Sequence[str]]
_ARROW = re.compile(r"\s*(->|→)\s*")
_COMMA = re.compile(r"\s*,\s*")
_CLOSE = re.compile(r"\s*\)")


def parse_relationship(reference: Located, columns: Columns, file: Path | None = None) -> Relationship:
    """Return child and parent of a relationship, given the columns of every table.

    Names may hold spaces, dots, brackets and arrows; the longest matching names win. Raise TagError RDX-TAG-009, with
    the nearest names, if a side is not in the data or the sides differ in their number of columns.
    """
    text = reference.text
    for fold in (False, True):
        for child, child_columns, rest in read_columns(text.lstrip(), columns, fold=fold):
            arrow = _ARROW.match(rest)
            for parent, parent_columns, left in read_columns(rest[arrow.end() :], columns, fold=fold) if arrow else ():
                if not left.strip() and len(parent_columns) == len(child_columns):
                    return Relationship(
                        child=child, child_columns=child_columns, parent=parent, parent_columns=parent_columns
                    )
    raise _unknown(text.strip(), reference.line, columns, file)


def parse_columns(text: str, columns: Columns) -> tuple[str, list[str]] | None:
    """Return table and columns of `table.column` or `table.(column, column)`; None if they are not in the data."""
    for fold in (False, True):
        for table, names, rest in read_columns(text.strip(), columns, fold=fold):
            if not rest.strip():
                return table, names
    return None


def normalize(text: str) -> str:
    """Return a relationship's text with uniform spacing and arrows, for comparison."""
    return re.sub(r"\s*(->|→|,)\s*", r"\1", text.strip()).replace("→", "->")


def read_columns(text: str, columns: Columns, *, fold: bool) -> Iterator[tuple[str, list[str], str]]:
    """Yield all readings of `table.column` or `table.(column, column)` at the start, longest names first.

    Each is table, columns and the rest of the text. `fold` ignores capitals.
    """
    for table in sorted(columns, key=lambda name: (-len(name), name)):
        if not _starts_with(text, table + ".", fold=fold):
            continue
        rest = text[len(table) + 1 :]
        for name in _longest_prefixes(rest, columns[table], fold=fold):
            yield table, [name], rest[len(name) :]
        if rest.startswith("("):
            for names, left in _lists(rest[1:].lstrip(), columns[table], fold=fold):
                yield table, names, left


def _lists(text: str, names: Sequence[str], *, fold: bool) -> Iterator[tuple[list[str], str]]:
    for name in _longest_prefixes(text, names, fold=fold):
        rest = text[len(name) :]
        close, comma = _CLOSE.match(rest), _COMMA.match(rest)
        if close:
            yield [name], rest[close.end() :]
        if comma:
            for others, left in _lists(rest[comma.end() :], names, fold=fold):
                yield [name, *others], left


def _longest_prefixes(text: str, names: Sequence[str], *, fold: bool) -> list[str]:
    return sorted((name for name in names if _starts_with(text, name, fold=fold)), key=lambda name: (-len(name), name))


def _starts_with(text: str, name: str, *, fold: bool) -> bool:
    start = text[: len(name)]
    return start == name or (fold and start.casefold() == name.casefold())


def _unknown(text: str, line: int, columns: Columns, file: Path | None) -> TagError:
    columns_of_data = [f"{table}.{name}" for table, names in columns.items() for name in names]
    sides = [part.strip() for part in re.split(r"->|→", text)]
    expected = "child.column -> parent.column, or child.(a, b) -> parent.(a, b)"
    if len(sides) == 2:  # noqa: PLR2004 child and parent
        missing = [side for side in sides if side not in columns_of_data and not re.search(r"\.\(.*\)$", side)]
        near = [name for side in missing for name in nearest(side, columns_of_data, 1)]
        problem = f"{' and '.join(missing) or text} {'are' if len(missing) > 1 else 'is'} not in the data"
    else:
        near, problem = [], f"{text!r} is not a relationship"
    return TagError(
        "RDX-TAG-009",
        problem,
        expected=expected,
        hint=f"did you mean {' or '.join(near)}?" if near else "fix the line, or remove it",
        file=file,
        line=line or None,
    )
