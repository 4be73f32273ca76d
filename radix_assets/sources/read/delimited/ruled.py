"""Tables drawn with bars and lines, as in Markdown and at the prompt of a database: `| a | b |` below `|---|---|`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

_HEAD: Final = 1 << 16
_RULE: Final = re.compile(rb"^\s*[|+](?:\s*:?[-=]{2,}:?\s*[|+])+\s*$|^\s*:?-{3,}:?\s*(?:[|+]\s*:?-{3,}:?\s*)+$")
_ROW: Final = re.compile(rb"^\s*\|(.*)\|\s*$")
_SOLID: Final = re.compile(rb"^\s*[-=+]{5,}\s*$")
_LEAST_ROWS: Final = 2
_DASHES: Final = re.compile(rb"^[ \t]*[-=]{2,}(?:[ \t]+[-=]{2,})+[ \t]*$")
_MARKED: Final = re.compile(rb"^[ \t]*(?:#[ \t]*Fields:|[#%]+(?=[ \t]))", re.IGNORECASE)
_TOP: Final = 30
_ROWS: Final = 200
_MOST: Final = 1 << 26
_HALF: Final = 0.5


def without_rules(path: Path) -> None:
    """Rewrite a UTF-8 file in which a table is drawn: bars only between the cells, a blank line for each line drawn.

    Other files stay as they are. Numbers of lines stay the same.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD).splitlines()
    filled = [line for line in head if line.strip()]
    if _without_marks(path, filled):
        return
    framed = [line for line in filled if _ROW.match(line) and not _RULE.match(line)]
    if len(framed) >= _LEAST_ROWS and all(_ROW.match(line) or _SOLID.match(line) for line in filled):
        pass  # bars at both ends of all lines
    elif not _is_ruled(filled):
        return
    target = path.with_suffix(".drawn")
    with path.open("rb") as source, target.open("wb") as out:
        out.writelines(_plain_lines(source))
    target.replace(path)


def _without_marks(path: Path, filled: Sequence[bytes]) -> bool:
    """Blank out a line of dashes below names, and the mark of a comment before names: `# year day`, `#Fields: date`."""
    replaced = {}
    for place, line in enumerate(filled[:_TOP]):
        if _DASHES.match(line) and 0 < place < len(filled) - 1:
            replaced[line] = b""
            break
    named = next((line for line in reversed(filled[:_TOP]) if _MARKED.match(line)), None)
    rows = [line.split() for line in filled if not line.lstrip().startswith((b"#", b"%"))][:_ROWS]
    if named is not None and len(rows) >= _LEAST_ROWS and not any(mark in named for mark in (b",", b";", b"\t", b"|")):
        blank = _MARKED.sub(lambda hit: b" " * len(hit[0]), named)
        if {len(row) for row in rows} == {len(blank.split())} and len(rows[0]) > 1:
            replaced |= {line: b"" for line in filled[:_TOP] if line.lstrip().startswith((b"#", b"%"))}
            replaced[named] = blank
    if not replaced:
        return False
    raw = path.read_bytes() if path.stat().st_size <= _MOST else b""
    for line, text in replaced.items():
        raw = raw.replace(line, text, 1)
    if raw:
        path.write_bytes(raw)
    return bool(raw)


def _is_ruled(filled: Sequence[bytes]) -> bool:
    """Return whether a line is drawn above or below the first row of a table, and most lines belong to it."""
    rules = [index for index, line in enumerate(filled) if _RULE.match(line)]
    rows = [index for index, line in enumerate(filled) if b"|" in line and index not in rules]
    if not rules or len(rows) < _LEAST_ROWS or abs(rules[0] - rows[0]) != 1:
        return False
    return len(rules) + len(rows) >= _HALF * len(filled)


def _plain_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        text = line.rstrip(b"\r\n")
        row = _ROW.match(text)
        if _RULE.match(text) or _SOLID.match(text):
            yield b"\n"
        elif b"|" in text:
            cells = re.split(rb"(?<!\\)\|", row[1] if row else text)
            yield b"|".join(map(_cell, cells)) + b"\n"
        else:
            yield text + b"\n"


def _cell(raw: bytes) -> bytes:
    cell = raw.strip()
    if b"\\|" not in cell and b'"' not in cell:
        return cell
    return b'"' + cell.replace(b"\\|", b"|").replace(b'"', b'""') + b'"'
