"""Refuse text that is no table: prose, program code and markup."""

import re
from collections.abc import Sequence
from pathlib import Path

from radix_assets.sources.read.delimited.source import take_sample
from radix_assets.sources.read.delimited.structure import Dialect
from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|\?xml|svg|head|body)\b", re.IGNORECASE)
_TABLES = (".csv", ".tsv", ".tab", ".psv", ".ssv")
_SENTENCES, _PARAGRAPHS = 0.4, 0.05
_MOSTLY, _WORDS, _STATEMENTS = 0.8, 4, 0.6
_STATEMENT = re.compile(
    r"[{};]$|[)\]]:?$|^\s*[{}]|^\s*(?:import|from|def|class|return|if|elif|else|for|while|try|except|const|let|var|function|"
    r"public|private|static|void|int|float|double|char|using|namespace|package|end|print|select|insert|update|delete|"
    r"create|drop|alter|where|group by|order by|begin|commit)\b|^\s*#\s*(?:include|define|if|endif)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\w\(|\w \(|[{}]")
_LONG = 12
"""Words of a line of a paragraph."""


def require_table(path: Path, dialect: Dialect, place: Place) -> None:
    """Raise SourceError RDX-SRC-005 if a file is markup, or is prose and is not named like a table.

    One column of words is a table if its name says so: only lines of several words in a file of another name are prose.
    """
    sample = take_sample(path)
    if _MARKUP.match(sample.head):
        raise _no_table(place, "markup such as HTML or XML")
    if dialect.grammar.edges and not dialect.header:
        raise _no_table(place, "columns of fixed width without a header, whose places are uncertain")
    if place.file.lower().removesuffix(".gz").endswith(_TABLES):
        return
    lines = [line.rstrip() for piece in sample.pieces for line in piece.split(sample.newline) if line.strip()]
    if dialect.width > 1:
        if not _has_values(dialect) and _is_prose(lines, dialect.grammar.delimiter):
            raise _no_table(place, "sentences")
        if not _has_values(dialect) and _is_code(lines):
            raise _no_table(place, "program code")
        return
    sentences = sum(len(line.split()) > 2 for line in lines)  # noqa: PLR2004 names have two words
    long = sum(len(line.split()) > _LONG for line in lines)
    if sentences >= _SENTENCES * len(lines) or long >= _PARAGRAPHS * len(lines):
        raise _no_table(place, "lines of words that no separator divides")


def _has_values(dialect: Dialect) -> bool:
    """Return whether a column holds numbers or dates, as hardly any prose or code does."""
    return any(shape in {"number", "moment"} for shape in dialect.layout.shapes)


def _is_prose(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether lines are sentences: a blank behind nearly every mark, many words, full stops at their ends."""
    marks = sum(line.count(delimiter) for line in lines)
    spaced = sum(line.count(f"{delimiter} ") + line.endswith(delimiter) for line in lines)
    words = sum(len(line.split()) for line in lines)
    ended = sum(line.endswith((".", "!", "?", ":", '."', '?"', '!"')) for line in lines)
    widths = {line.count(delimiter) for line in lines}
    even = len(widths) == 1 and ended < len(lines)
    return (
        delimiter in {",", ";", ":"}
        and len(lines) > 1
        and spaced >= _MOSTLY * marks
        and words > _WORDS * len(lines)
        and ended >= _SENTENCES * len(lines)
        and not even
    )


def _is_code(lines: Sequence[str]) -> bool:
    """Return whether lines are statements of a programming language."""
    statements = sum(bool(_STATEMENT.search(line)) for line in lines)
    return statements >= _STATEMENTS * len(lines) and any(_BRACKET.search(line) for line in lines)


def _no_table(place: Place, content: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the file is not a table: it holds {content}",
        expected="rows of cells: CSV, TSV or other delimited text",
        hint="if it is one, declare `delimiter` (`none` for one column)",
        **place.context(),
    )
