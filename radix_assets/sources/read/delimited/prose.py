"""Refuse text that is no table: prose, program code and markup."""

import re
from pathlib import Path

from radix_assets.sources.read.delimited.source import take_sample
from radix_assets.sources.read.delimited.structure import Dialect
from radix_assets.sources.read.place import Place
from radix_resources.errors import SourceError

_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|\?xml|svg|head|body)\b", re.IGNORECASE)
_TABLES = (".csv", ".tsv", ".tab", ".psv", ".ssv")
_SENTENCES, _PARAGRAPHS = 0.4, 0.05
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
    name = place.file.lower().removesuffix(".gz")
    if dialect.width > 1 or name.endswith(_TABLES):
        return
    lines = [line for piece in sample.pieces for line in piece.split(sample.newline) if line.strip()]
    sentences = sum(len(line.split()) > 2 for line in lines)  # noqa: PLR2004 names have two words
    long = sum(len(line.split()) > _LONG for line in lines)
    if sentences >= _SENTENCES * len(lines) or long >= _PARAGRAPHS * len(lines):
        raise _no_table(place, "lines of words that no separator divides")


def _no_table(place: Place, content: str) -> SourceError:
    return SourceError(
        "RDX-SRC-005",
        f"the file is not a table: it holds {content}",
        expected="rows of cells: CSV, TSV or other delimited text",
        hint="declare `delimiter` (`none` for one column) if it is one, or name it .csv",
        **place.context(),
    )
